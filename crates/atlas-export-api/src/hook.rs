//! Where a generated method leaves for the seam.

use crate::{Client, OPERATIONS, Operation};

/// Which operation a generated method is of.
pub(crate) struct OperationInfo {
    /// The name of the method.
    pub(crate) operation_id: &'static str,
}

impl Client {
    /// What every generated method executes its request with.
    pub(crate) async fn exec(
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
