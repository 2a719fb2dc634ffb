//! Private endpoints for object storage.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::clock::Clock;
use crate::world::ids::{lowered, same};
use crate::world::progress::{Lifecycle, Phase};

/// A private endpoint of AWS.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    id: String,
    region: String,
    vpc_region: String,
    /// What the builder says that it is; else it moves.
    status: Option<String>,
    /// The clock's age at its beginning.
    born: Duration,
    polls: u32,
}

impl Endpoint {
    /// One that stays in a status.
    pub(crate) fn resting(id: &str, region: &str, status: &str) -> Self {
        Self {
            status: Some(status.to_owned()),
            ..Self::begun(id, region, None, Duration::ZERO)
        }
    }

    /// One that Atlas begins to make.
    pub(crate) fn begun(id: &str, region: &str, vpc_region: Option<&str>, born: Duration) -> Self {
        Self {
            id: lowered(id),
            region: region.to_owned(),
            vpc_region: vpc_region.unwrap_or(region).to_owned(),
            status: None,
            born,
            polls: 0,
        }
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        same(&self.id, id)
    }

    pub(crate) fn is_between(&self, region: &str, vpc_region: &str) -> bool {
        self.region == region && self.vpc_region == vpc_region
    }

    /// Counts one GET of this endpoint.
    pub(crate) fn poll(&mut self) {
        self.polls = self.polls.saturating_add(1);
    }

    fn status_now(&self, lifecycle: &Lifecycle, clock: &dyn Clock) -> &str {
        if let Some(status) = &self.status {
            return status;
        }
        let age = clock.now().saturating_sub(self.born);
        match lifecycle.endpoint_progress.phase(self.polls, age) {
            Phase::Queued => "INITIATING",
            Phase::InProgress { .. } => "PENDING_ACCEPTANCE",
            Phase::Ended if lifecycle.endpoints_fail => "FAILED",
            Phase::Ended => "ACTIVE",
        }
    }

    /// The endpoint as it is now.
    pub(crate) fn body(&self, lifecycle: &Lifecycle, clock: &dyn Clock) -> Value {
        let status = self.status_now(lifecycle, clock);
        let failed = (status == "FAILED").then_some("The service could not be reached.");
        let connection = (status == "ACTIVE").then(|| format!("vpce-{}", self.id));
        json!({
            "id": self.id,
            "cloudProvider": "AWS",
            "regionName": self.region,
            "vpcRegionName": self.vpc_region,
            "status": status,
            "errorMessage": failed,
            "privateEndpointConnectionName": connection,
        })
    }
}
