//! The kinds of [`Error`](super::Error). Each has a page, with its cause and the remedy.

macro_rules! kinds {
    ($($name:ident,)*) => {
        /// The kinds of [`Error`](crate::Error), each of which calls for a different reaction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $(
                #[doc = include_str!(concat!("../../docs/errors/kinds/", stringify!($name), ".md"))]
                $name,
            )*
        }

        impl ErrorKind {
            /// All of them.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    Config,
    Connect,
    Timeout,
    Transport,
    Authentication,
    Api,
    Decode,
    RateLimited,
    Ambiguous,
    Ended,
    MaxWait,
}
