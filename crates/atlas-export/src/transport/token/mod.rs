//! Access tokens of service accounts (OAuth 2.0 client credentials, RFC 6749 §4.4).
//!
//! ```text
//! source.rs        one token for all clones, fetched, renewed and revoked on tasks of its own
//! stock.rs         what is known: the token, what is in flight, how long nothing is asked for
//! endpoint.rs      one request to the token endpoint
//! words.rs         what a person is told where there is no token
//! grant.rs         the answer that holds a token
//! access_token.rs  a token
//! token_error.rs   why there is none
//! ```

pub(super) mod access_token;
pub(super) mod endpoint;
mod grant;
pub(super) mod source;
mod stock;
#[cfg(test)]
pub(super) mod table;
pub(super) mod token_error;
mod words;
