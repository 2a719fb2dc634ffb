//! A wait that did not end with a success.

use std::{error::Error as StdError, fmt, time::Duration};

use atlas_export_types::{InvalidClusterName, InvalidId, InvalidPageSize};

use super::waitable::{End, Waitable};
use crate::{Error, ErrorKind, error::one_line};

/// A wait that did not end with a success.
///
/// A job that failed is never a success and never a time-out, and each has its variant. `?` turns
/// this into an [`Error`], of the kind [`ErrorKind::Ended`] or [`ErrorKind::MaxWait`] or that of
/// the failed look, and turns an [`Error`] into this; nothing is lost on the way, in either
/// direction:
///
/// ```no_run
/// use atlas_export::{Cluster, Error, ErrorKind, models::ExportJob, wait::WaitError};
///
/// async fn newest(cluster: &Cluster) -> Result<(), Error> {
///     for job in cluster.export_jobs().list().await? {
///         cluster.export_jobs().wait_until_finished(&job.id).await?;
///     }
///     Ok(())
/// }
///
/// # async fn example(cluster: Cluster) {
/// if let Err(error) = newest(&cluster).await
///     && error.kind() == ErrorKind::Ended
///     && let WaitError::Failed(job) = WaitError::<ExportJob>::from(error)
/// {
///     println!("{} failed: {:?}", job.id, job.reason());
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError<T> {
    /// It had not ended when the time was up. It goes on without us.
    MaxWaitExceeded {
        /// As last seen, if it was.
        last: Option<Box<T>>,
        /// How long the wait took.
        waited: Duration,
        /// Why the last poll gave nothing, if it did not.
        last_error: Option<Error>,
    },
    /// It ended without success.
    Failed(Box<T>),
    /// Somebody cancelled it.
    Cancelled(Box<T>),
    /// It has ended, in a state that this version of the SDK does not know, or in none. Nobody can
    /// tell whether it succeeded.
    UnknownEnd(Box<T>),
    /// It could not be looked at.
    Poll(Error),
}

impl<T: Waitable> WaitError<T> {
    /// What an end other than success is.
    pub(super) fn of_end(end: End, item: T) -> Result<T, Self> {
        match end {
            End::Success => Ok(item),
            End::Failure => Err(Self::Failed(Box::new(item))),
            End::Cancellation => Err(Self::Cancelled(Box::new(item))),
            End::Unknown => Err(Self::UnknownEnd(Box::new(item))),
        }
    }
}

impl<T: Waitable> fmt::Display for WaitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (noun, unfinished) = (T::NOUN, T::UNFINISHED);
        let named = |item: &T| format!("{noun} {}", item.id());
        match self {
            Self::MaxWaitExceeded {
                last,
                waited,
                last_error,
            } => {
                match last {
                    Some(last) => write!(f, "{}", named(last))?,
                    None => write!(f, "the {noun}")?,
                }
                write!(f, " {unfinished} after {} s", seconds(*waited))?;
                match last.as_ref().map(|last| last.state()) {
                    Some(Some(state)) => write!(f, ", last seen {}", one_line(&state))?,
                    Some(None) => f.write_str(", last seen without a state")?,
                    None => f.write_str(", and was never seen")?,
                }
                match last_error {
                    Some(error) => write!(f, "; the last poll failed: {error}"),
                    None => f.write_str(": it goes on in Atlas; wait again, or raise max_wait"),
                }
            }
            Self::Failed(item) => match item.reason() {
                Some(reason) => write!(f, "{} failed: {}", named(item), one_line(&reason)),
                None => write!(f, "{} failed without a reason", named(item)),
            },
            Self::Cancelled(item) => write!(f, "{} was cancelled", named(item)),
            Self::UnknownEnd(item) => {
                write!(f, "{} has ended ", named(item))?;
                match item.state() {
                    Some(state) => write!(f, "in state {}", one_line(&state))?,
                    None => f.write_str("without a state")?,
                }
                write!(
                    f,
                    ", which does not tell whether it succeeded: look at the {noun} in \
                     Atlas"
                )
            }
            Self::Poll(error) => write!(f, "the {noun} could not be looked at: {error}"),
        }
    }
}

/// Whole seconds, or what there is of the first one.
fn seconds(waited: Duration) -> f64 {
    let whole = Duration::from_secs(waited.as_secs());
    if whole.is_zero() { waited } else { whole }.as_secs_f64()
}

impl<T: Waitable> StdError for WaitError<T> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Poll(error)
            | Self::MaxWaitExceeded {
                last_error: Some(error),
                ..
            } => Some(error),
            _ => None,
        }
    }
}

/// The failed look itself; anything else with the whole `WaitError` as its source.
impl<T: Waitable> From<WaitError<T>> for Error {
    fn from(error: WaitError<T>) -> Self {
        match error {
            WaitError::Poll(error) => error,
            WaitError::MaxWaitExceeded { waited, .. } => {
                Self::of_cause(ErrorKind::MaxWait, error).with(|inner| inner.elapsed = waited)
            }
            _ => Self::of_cause(ErrorKind::Ended, error),
        }
    }
}

/// What is invalid is a failed look, as it is of a call.
macro_rules! from_other {
    ($($other:ty),*) => {
        $(
            impl<T: Waitable> From<$other> for WaitError<T> {
                fn from(other: $other) -> Self {
                    Error::from(other).into()
                }
            }
        )*
    };
}

from_other!(InvalidId, InvalidClusterName, InvalidPageSize);

/// The `WaitError` that the error was made of, or else a failed look.
impl<T: Waitable> From<Error> for WaitError<T> {
    fn from(error: Error) -> Self {
        error.downcast().unwrap_or_else(Self::Poll)
    }
}
