//! HTTP Digest client authentication (RFC 7616) as a pure state machine with one request in flight per nonce
