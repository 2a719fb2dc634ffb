//! What every builder of a call has: a time-out and a retry policy of its own.

/// Methods that set them, for a builder whose field leads to the client.
macro_rules! call_options {
    ($field:ident) => {
        /// How long each call of it may take, with all attempts and waits, in place of
        /// [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout).
        pub fn timeout(mut self, timeout: ::std::time::Duration) -> Self {
            let options = $crate::request::CallOptions::new().call_timeout(timeout);
            self.$field = self
                .$field
                .map_client(|client| client.with_options(options));
            self
        }

        /// How often a failed request of it is repeated, in place of
        /// [`ClientBuilder::retry`](crate::ClientBuilder::retry).
        pub fn retry(mut self, policy: $crate::retry::RetryPolicy) -> Self {
            let options = $crate::request::CallOptions::new().retry(policy);
            self.$field = self
                .$field
                .map_client(|client| client.with_options(options));
            self
        }
    };
}

pub(crate) use call_options;
