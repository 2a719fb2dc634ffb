//! The moment at which a fault strikes.

/// When a fault strikes.
///
/// ```
/// use atlas_export_fake::{Fault, Moment};
///
/// // The request is acted on, and its answer is lost:
/// let lost = Fault::close().at(Moment::Acted);
/// # drop(lost);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Once the head of the request is read, and nothing of its body. An answer that is given then
    /// may be the last one of an HTTP/1.1 connection, since the body is still in the way.
    Head,
    /// Once the request is read whole, and before anything is done about it.
    Read,
    /// Once the request is acted on, exactly as without a fault, and before a byte is answered.
    Acted,
}
