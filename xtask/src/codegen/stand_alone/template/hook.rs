//! Where a generated method leaves for the seam.

use progenitor_client::{ClientHooks, OperationInfo};

use crate::{Client, OPERATIONS, Operation, Seam};

impl ClientHooks<Seam> for Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let operation = OPERATIONS
            .iter()
            .find(|operation| operation.function == info.operation_id)
            .unwrap_or(Operation::UNLISTED);
        self.inner.0.execute(request, operation).await
    }
}
