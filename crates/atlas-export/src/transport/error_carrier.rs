//! How an error crosses the generated code: in the extensions of a made-up response.
//!
//! progenitor's hook can only return the HTTP library's result, so there is no other way.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;

/// The status of the made-up response. No operation documents it.
const ERROR_STATUS: u16 = 999;

/// An error on its way through the generated code.
///
/// Extensions must be `Clone`, which an error is not; whoever takes it first has it.
#[derive(Clone)]
pub(crate) struct ErrorCarrier(Arc<Mutex<Option<Error>>>);

impl ErrorCarrier {
    /// A made-up response that carries an error.
    pub(super) fn response(error: Error) -> reqwest::Response {
        let mut response = http::Response::new(Vec::new());
        if let Ok(status) = http::StatusCode::from_u16(ERROR_STATUS) {
            *response.status_mut() = status;
        }
        response
            .extensions_mut()
            .insert(Self(Arc::new(Mutex::new(Some(error)))));
        response.into()
    }

    /// The error in a response, if it carries one.
    pub(crate) fn take(response: &reqwest::Response) -> Option<Error> {
        let Self(error) = response.extensions().get()?;
        error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
