//! The commands, and what they take.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use xtask::{drift, lint::told::Format, rule::Profile};

/// The workspace's own commands
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Xtask {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Generate bindings, mocks, tables and schemas from the contract
    ///
    /// Lints the contract first. Writes only files that change, and the same bytes for the
    /// same contract.
    Codegen {
        #[command(flatten)]
        spec: Spec,
        /// Write nothing; fail with a short diff if a file is stale
        #[arg(long)]
        check: bool,
        /// Write below this folder instead of the workspace; needed with another contract
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Name what the generator would stumble over, drop or misread, and which habits of the
    /// house a document breaks
    ///
    /// Each rule has a page in openapi/rules/. What is right in one place against a rule is
    /// allowed there by `x-lint-allow: [{rule: …, reason: …}]`.
    ///
    /// Ends with 0 if there is nothing to correct, 1 if there is (a file that cannot be read
    /// included), and 2 if the command line is wrong.
    Lint {
        #[command(flatten)]
        spec: Spec,
        /// `text` (findings on standard error), `json` or `sarif` (on standard output)
        #[arg(long, default_value = "text")]
        format: Format,
        /// List the rules instead, each with its class
        #[arg(long, conflicts_with = "write_pages")]
        rules: bool,
        /// Write the pages of the rules instead
        #[arg(long)]
        write_pages: bool,
        /// With `--write-pages`: write nothing; fail with a short diff if a page is stale
        #[arg(long, requires = "write_pages")]
        check: bool,
    },
    /// Compare the contract with the description that MongoDB publishes, or with its facts
    ///
    /// Each fact in which they differ is a row, which openapi/drift.yaml explains, or drift.
    /// Without `--upstream` the facts are those of openapi/upstream.lock. Ends with code 1 where a
    /// row is not explained or an explanation does not hold, and with 2 where a file is not what
    /// it has to be.
    Drift {
        #[command(flatten)]
        spec: Spec,
        #[command(flatten)]
        arguments: drift::command::Arguments,
    },
    /// Build a page of the API from the contract, in target/docs
    ///
    /// One file, which loads nothing. Needs npm, which fetches the library that draws it.
    Docs {
        #[command(flatten)]
        spec: Spec,
        /// Then open it in a headless Chromium, find everything, and take a picture
        #[arg(long)]
        check: bool,
    },
    /// Try the SDK's authentication against Apache httpd, lighttpd, Jetty and Tomcat
    ///
    /// Starts each of them on a free loopback port, counts what is on the wire, and stops them
    /// again. Names the Debian packages that it misses.
    Interop,
    /// List what the published crates make public, in api/
    ///
    /// rustdoc of the toolchain in use lists it, with all features; so what the feature
    /// `native-tls` needs has to be there.
    Api {
        /// Write nothing; fail with a short diff if a list is stale
        #[arg(long)]
        check: bool,
    },
    /// Have clippy look at each feature of each published crate alone, and each crate without any
    ///
    /// Then compares the crates that each choice of TLS brings with what it may bring, and with
    /// the table in docs/tls.md. A warning is a failure. The feature `native-tls` needs OpenSSL's
    /// headers.
    Features,
    /// Measure the SDK beside hand-written code and its peers, on a loopback Atlas
    ///
    /// Prints a table and writes it, JSON and a chart to target/bench. Fails where a count
    /// (requests, connections, bytes, allocations) is higher than it may be, never over a time.
    Bench {
        /// Look at the counts alone, once each, without the peers
        #[arg(long)]
        quick: bool,
        /// Leave the peers out, and the crates that they bring
        #[arg(long)]
        no_peers: bool,
        /// Measure these scenarios alone, by their ids in bench.json
        #[arg(long, value_name = "ID")]
        scenario: Vec<String>,
    },
    /// Hold the workspace against its own habits: lengths, circles of files, words
    Tidy,
    /// Try whether the crates can be published: manifests, tarballs, a consumer of them
    ///
    /// Builds each crate from its tarball, and has a crate outside of the workspace compile the
    /// README's program with them and run it on FakeAtlas. That takes minutes.
    Package {
        /// Build nothing: look at manifests and at what the tarballs hold
        #[arg(long)]
        list: bool,
    },
    /// Say what stands in the way of a release, all at once, and what its tag would say
    ///
    /// Wants `cargo-deny` and, where there is a tag, `cargo-semver-checks`. Changes nothing.
    Release {
        /// The version, such as 1.2.3
        version: String,
        /// Required: tags and uploads are made by people
        #[arg(long, required = true)]
        dry_run: bool,
    },
}

#[derive(Args)]
pub(crate) struct Spec {
    /// The contract to read [default: openapi/atlas-snapshot-export.yaml]
    #[arg(long = "spec", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The rules to hold it against: `generator` or `house` [default: what its
    /// `x-lint-profile` says, else `generator`]
    #[arg(long)]
    pub(crate) profile: Option<Profile>,
}
