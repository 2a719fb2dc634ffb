//! Creations that are safe to repeat.
//!
//! A creation is not idempotent, and nobody hands Atlas a key that would make it so. So this
//! looks first, and creates only what is not there. Where the answer to a creation is lost,
//! it looks, waits for the effect to settle, looks again, and only then decides.
//!
//! What this cannot promise: an effect that shows later than the settle time is doubled, and
//! so is what two processes create at the same moment.

use std::{future::Future, ops::Deref, sync::Arc, time::Duration};

use crate::{Error, ErrorKind, clock::Clock};

/// How long an effect may take to show, by default.
pub(crate) const SETTLE: Duration = Duration::from_secs(30);

/// How often a creation is sent, each time after nothing came of the one before.
const MAX_CREATIONS: u32 = 3;

/// What came of an `ensure`.
///
/// ```
/// use atlas_export::{Ensured, models::ExportBucket};
///
/// fn tell(ensured: &Ensured<ExportBucket>) -> String {
///     match ensured {
///         Ensured::Created(bucket) => format!("registered as {}", bucket.id),
///         Ensured::Existing(bucket) if bucket.count > 1 => {
///             format!("{} of {}, the oldest", bucket.id, bucket.count)
///         }
///         Ensured::Existing(bucket) => format!("{} was there", bucket.id),
///     }
/// }
/// # let _ = tell;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Ensured<T> {
    /// It was there; nothing was created.
    Existing(Existing<T>),
    /// It was created, by this call as far as can be told: where the answer to the creation
    /// was lost, it was found afterwards.
    Created(T),
}

impl<T> Ensured<T> {
    /// What there is now.
    pub fn get(&self) -> &T {
        match self {
            Self::Existing(existing) => &existing.item,
            Self::Created(created) => created,
        }
    }

    /// What there is now.
    pub fn into_inner(self) -> T {
        match self {
            Self::Existing(existing) => existing.item,
            Self::Created(created) => created,
        }
    }

    /// Whether it was created.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

/// Something that was there already.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Existing<T> {
    /// The one that was chosen.
    pub item: T,
    /// How many there are that would do, this one included.
    pub count: usize,
    /// The fields that do not count for equality and are not as asked for, for instance
    /// `customData`.
    pub differences: Vec<&'static str>,
}

impl<T> Deref for Existing<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

/// Something that can be looked for and created.
pub(crate) trait Ensure: Sync {
    type Item: Send;

    /// What makes a creation needless, if it is there.
    fn look(&self) -> impl Future<Output = Result<Option<Existing<Self::Item>>, Error>> + Send;

    /// What came of a creation whose answer was lost, if it is there.
    fn look_for_lost(&self) -> impl Future<Output = Result<Option<Self::Item>, Error>> + Send;

    fn create(&self) -> impl Future<Output = Result<Self::Item, Error>> + Send;

    /// Whether a refusal means that somebody else was faster.
    fn is_race(&self, refusal: &Error) -> bool;
}

/// Looks, and creates what is not there.
pub(crate) async fn ensure<E: Ensure>(
    wanted: &E,
    clock: Arc<dyn Clock>,
    settle: Duration,
) -> Result<Ensured<E::Item>, Error> {
    if let Some(existing) = wanted.look().await? {
        return Ok(Ensured::Existing(existing));
    }
    let mut creations = 0;
    loop {
        creations += 1;
        let error = match wanted.create().await {
            Ok(created) => return Ok(Ensured::Created(created)),
            Err(refusal) if wanted.is_race(&refusal) => {
                return match wanted.look().await {
                    Ok(Some(existing)) => Ok(Ensured::Existing(existing)),
                    _ => Err(refusal),
                };
            }
            Err(error) if !error.may_have_taken_effect() => return Err(error),
            Err(error) => error,
        };
        tracing::warn!(%error, "the answer to a creation was lost; looking for what came of it");
        for pause in [Duration::ZERO, settle] {
            if !pause.is_zero() {
                clock.sleep(pause).await;
            }
            match wanted.look_for_lost().await {
                Ok(Some(created)) => return Ok(Ensured::Created(created)),
                Ok(None) => {}
                Err(unseen) => return Err(unresolved(error, &unseen)),
            }
        }
        if creations == MAX_CREATIONS {
            return Err(error);
        }
    }
}

/// Nobody can tell, and looking did not help: calling again looks first.
fn unresolved(error: Error, unseen: &Error) -> Error {
    error.with(|inner| {
        inner.kind = ErrorKind::Ambiguous;
        inner.message = format!(
            "{}; and looking for it failed ({unseen}): call ensure again, which looks first",
            inner.message
        );
    })
}
