//! The handle of a running fake.

pub(crate) mod fake;
mod faults;
mod rates;
mod service_account;
