//! The families of requests: each draws from a token bucket of its own.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::family::Family;

/// How many families are kept before idle ones are forgotten.
const MAX_IDLE_FAMILIES: usize = 1024;

/// Which bucket a request draws from: that of a project, and of the resource at the end of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    project: String,
    resource: &'static str,
}

impl Scope {
    /// The project in a path, and the resource at the end of its template, without the
    /// placeholder for one of its items.
    pub(crate) fn new(template: &'static str, path: &str) -> Self {
        let resource = template
            .rsplit('/')
            .find(|segment| !segment.starts_with('{'))
            .unwrap_or(template);
        let project = template
            .rsplit('/')
            .zip(path.rsplit('/'))
            .find_map(|(wanted, given)| (wanted == "{groupId}").then_some(given));
        Self {
            project: project.unwrap_or_default().to_owned(),
            resource,
        }
    }
}

/// A family, and the lock around it.
#[derive(Debug, Default)]
pub(super) struct LockedFamily(Mutex<Family>);

impl LockedFamily {
    pub(super) fn lock(&self) -> MutexGuard<'_, Family> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All families that something is known of.
#[derive(Debug, Default)]
pub(super) struct Families(Mutex<BTreeMap<Scope, Arc<LockedFamily>>>);

impl Families {
    /// The family of a scope, if something is known of it.
    pub(super) fn known(&self, scope: &Scope) -> Option<Arc<LockedFamily>> {
        self.lock().get(scope).cloned()
    }

    /// The family of a scope, of which something is known from now on.
    pub(super) fn get_or_add(&self, scope: &Scope, now: Instant) -> Arc<LockedFamily> {
        let mut families = self.lock();
        if families.len() >= MAX_IDLE_FAMILIES && !families.contains_key(scope) {
            families
                .retain(|_, family| Arc::strong_count(family) > 1 || !family.lock().is_idle(now));
        }
        families.entry(scope.clone()).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Scope, Arc<LockedFamily>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_for_items_draw_from_the_bucket_of_their_list() {
        let scope = |template, path| {
            let Scope { project, resource } = Scope::new(template, path);
            (project, resource)
        };
        let buckets = ("32b6".to_owned(), "exportBuckets");
        for (template, path) in [
            (
                "/groups/{groupId}/backup/exportBuckets",
                "/api/atlas/v2/groups/32b6/backup/exportBuckets",
            ),
            (
                "/groups/{groupId}/backup/exportBuckets/{exportBucketId}",
                "/api/atlas/v2/groups/32b6/backup/exportBuckets/604f",
            ),
        ] {
            assert_eq!(scope(template, path), buckets);
        }
        // A request of the caller's own making has no template.
        assert_eq!(scope("", "/anything"), (String::new(), ""));
    }
}
