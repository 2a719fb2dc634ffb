//! How an answer is decoded, in place of what the generator calls for it.

use crate::{Error, Model, ResponseValue, from_slice};

pub(crate) async fn response<T: Model>(
    response: reqwest::Response,
) -> Result<ResponseValue<T>, Error> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
    match from_slice(&body) {
        Ok(read) => Ok(ResponseValue::new(read, status, headers)),
        Err(cause) => match T::of_nothing().filter(|_| body.is_empty()) {
            Some(nothing) => Ok(ResponseValue::new(nothing, status, headers)),
            None => Err(Error::InvalidResponsePayload(body, cause)),
        },
    }
}
