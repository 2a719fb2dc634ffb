//! The programs of the README and of the pages of `docs/`, compiled and, where they say so, run.

macro_rules! pages {
    ($($name:ident: $page:literal,)*) => {
        $(
            #[doc = include_str!(concat!("../../", $page))]
            struct $name;
        )*
    };
}

pages! {
    Readme: "README.md",
    AnyOperation: "docs/any-operation.md",
    FirstExport: "docs/first-export.md",
    Fleets: "docs/fleets.md",
    Limits: "docs/limits.md",
    Lists: "docs/lists.md",
    Nightly: "docs/nightly.md",
    PrivateNetworking: "docs/private-networking.md",
    ReadingExports: "docs/reading-exports.md",
    ResourceVersions: "docs/resource-versions.md",
    ServiceAccounts: "docs/service-accounts.md",
    Testing: "docs/testing.md",
    Tls: "docs/tls.md",
    Watching: "docs/watching.md",
}
