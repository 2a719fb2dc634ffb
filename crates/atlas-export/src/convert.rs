//! The one place where an error crosses from the generated code into ours.
//!
//! Almost every failure was made by the transport and only passes through; what arises
//! within the generated code itself is that a body does not fit. The generated error's own
//! text is never used: it repeats bodies and headers.

use atlas_export_api::{Error as Generated, Payload};
use atlas_export_types::without_values;

use crate::{
    Error, ErrorKind,
    transport::{Call, ErrorCarrier},
};

/// Our error for the generated code's.
pub(crate) fn error(generated: Generated, call: &Call) -> Error {
    let stats = call.stats();
    let error = match generated {
        Generated::UnexpectedResponse(response) => match ErrorCarrier::take(&response) {
            // Knows everything about itself.
            Some(error) => return error,
            None => Error::of_status(response.status().as_u16(), None, None),
        },
        Generated::Payload(Payload { cause, .. }) => Error::new(
            ErrorKind::Decode,
            // The cause itself would repeat values of the body.
            format!(
                "the answer does not fit the contract: {}",
                without_values(&cause)
            ),
        ),
        Generated::Request(cause) | Generated::Body(cause) => {
            let cause = cause.without_url();
            Error::config(format!("the request cannot be built: {cause}"))
                .with(|inner| inner.source = Some(Box::new(cause)))
        }
        other => Error::config(format!("the request cannot be built: {other}")),
    };
    let created = stats.status.is_some()
        && stats
            .operation
            .is_some_and(|operation| operation.method == "POST");
    let error = if created && error.kind() == ErrorKind::Decode {
        // Something was created, and nobody can read what.
        Error::new(
            ErrorKind::Ambiguous,
            format!("the creation succeeded, but its answer does not decode: {error}; look before repeating it, or use ensure"),
        )
        .with(|inner| {
            inner.effect = true;
            inner.source = Some(Box::new(error));
        })
    } else {
        error
    };
    error.with(|inner| {
        inner.operation = stats.operation.map(|operation| operation.id);
        inner.attempts = stats.attempts;
        inner.elapsed = stats.elapsed;
        inner.status = inner.status.or(stats.status);
    })
}
