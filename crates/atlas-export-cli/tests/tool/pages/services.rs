//! What each page is about: a FakeAtlas with what it takes for granted.

use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder, JobProgress};

use crate::harness::{PROJECT, ROLE, Tool, service};

/// A project with the clusters Orders and Users, and with what the page needs besides. Exports end
/// at the first look, so that no test waits for the next.
pub(super) fn of(page: &str) -> FakeAtlasBuilder {
    let service = service().job_progress(JobProgress::ByPolls {
        queued: 0,
        in_progress: 0,
    });
    match page {
        "docs/first-export.md" => service,
        _ => service.bucket(PROJECT, Bucket::aws("nightly", ROLE)),
    }
}

/// The tool with the credentials that the page is about.
pub(super) fn tool(page: &str, fake: &FakeAtlas) -> Tool {
    if !["docs/first-export.md", "docs/service-accounts.md"].contains(&page) {
        return Tool::of(fake);
    }
    let (client_id, client_secret) = fake.service_account();
    Tool::bare()
        .set("MONGODB_ATLAS_CLIENT_ID", client_id)
        .set("MONGODB_ATLAS_CLIENT_SECRET", client_secret)
        .set("MONGODB_ATLAS_BASE_URL", &fake.url())
        .set("MONGODB_ATLAS_PROJECT_ID", PROJECT)
}
