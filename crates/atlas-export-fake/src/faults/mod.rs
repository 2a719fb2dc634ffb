//! What can be made to go wrong, and what a connection then does. Nothing here knows a socket, nor
//! what Atlas would have answered.

pub(crate) mod canned;
pub(crate) mod fault;
pub(crate) mod moment;
pub(crate) mod raw_answer;
pub(crate) mod reaction;
pub(crate) mod request_match;
pub(crate) mod script;
pub(crate) mod turnstile;
