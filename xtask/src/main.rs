//! `cargo xtask`: the workspace's own commands.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool prints"
)]

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Args, Parser, Subcommand};
use xtask::{
    api, codegen,
    contract::{self, Contract},
    features,
    finding::render,
    interop, lint,
    output::{self, Output, Written},
    tidy,
};

/// The contract, below the workspace.
const SPEC: &str = "openapi/atlas-snapshot-export.yaml";

/// The workspace's own commands
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
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
    /// Name what the generator would stumble over, drop or misread
    Lint {
        #[command(flatten)]
        spec: Spec,
        /// List the rules instead
        #[arg(long)]
        rules: bool,
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
    /// Build each feature of each published crate alone, and each crate without any
    ///
    /// Then compares the crates that each choice of TLS brings with what it may bring, and with
    /// the table in docs/tls.md. A warning is a failure. The feature `native-tls` needs OpenSSL's
    /// headers.
    Features,
    /// Hold the workspace against its own habits: lengths, circles of files, words
    Tidy,
}

#[derive(Args)]
struct Spec {
    /// The contract to read [default: openapi/atlas-snapshot-export.yaml]
    #[arg(long = "spec", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Spec {
    /// Whether this is the contract of which the files of the workspace are made.
    fn is_own(&self) -> bool {
        let own = workspace().join(SPEC).canonicalize();
        let given = self.file.as_ref().map(|file| file.canonicalize());
        given.is_none_or(|given| matches!((given, own), (Ok(given), Ok(own)) if given == own))
    }

    fn path(self) -> PathBuf {
        self.file.unwrap_or_else(|| {
            let path = workspace().join(SPEC);
            // Shorter in messages, where the command is run from the workspace.
            match env::current_dir().map(|here| path.strip_prefix(here).map(Path::to_owned)) {
                Ok(Ok(relative)) => relative,
                _ => path,
            }
        })
    }
}

fn main() -> ExitCode {
    if let Some(code) = api::as_rustdoc() {
        return code;
    }
    match Xtask::parse().command {
        Command::Codegen { spec, check, out } => codegen(spec, out, check),
        Command::Lint { rules: true, .. } => {
            let rules = lint::RULES.iter().map(|rule| (rule.id, rule.doc));
            for (id, doc) in contract::LOADING.iter().copied().chain(rules) {
                println!("{id:32} {doc}");
            }
            ExitCode::SUCCESS
        }
        Command::Interop => {
            let error = interop::start(&workspace());
            fail(&format!("cargo could not be started: {error}"))
        }
        Command::Api { check } => api(check),
        Command::Features => match features::check(&workspace(), |line| println!("{line}")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => fail(&message),
        },
        Command::Tidy => match tidy::Tree::read(&workspace()).map(|tree| tidy::check(&tree)) {
            Ok(findings) if findings.is_empty() => {
                println!("tidy");
                ExitCode::SUCCESS
            }
            Ok(findings) => fail(&render(&findings)),
            Err(error) => fail(&error.to_string()),
        },
        Command::Lint { spec, .. } => {
            let path = spec.path();
            match sound(&path) {
                Ok(_) => {
                    println!("{}: nothing to correct", path.display());
                    ExitCode::SUCCESS
                }
                Err(findings) => fail(&findings),
            }
        }
    }
}

/// The folder above this crate; where cargo does not say, the current one.
fn workspace() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .and_then(|xtask| xtask.parent().map(Path::to_owned))
        .unwrap_or_else(|| PathBuf::from("."))
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{}", message.trim_end());
    ExitCode::FAILURE
}

/// A contract without findings, or the findings as text.
fn sound(path: &Path) -> Result<Contract, String> {
    let contract = Contract::load(path).map_err(|findings| render(&findings))?;
    let findings = lint::lint(&contract);
    if findings.is_empty() {
        Ok(contract)
    } else {
        Err(render(&findings))
    }
}

fn codegen(spec: Spec, out: Option<PathBuf>, check: bool) -> ExitCode {
    let started = Instant::now();
    let is_own = spec.is_own();
    let spec = spec.path();
    let outputs = match sound(&spec).and_then(|contract| generate(&contract)) {
        Ok(outputs) => outputs,
        Err(message) => return fail(&message),
    };
    let outcome = match out {
        Some(out) if check => compare(&out, &outputs, codegen::REMEDY),
        None if check => compare(&workspace(), &outputs, codegen::REMEDY),
        Some(out) => write(&out, &outputs),
        None if is_own => write(&workspace(), &outputs),
        None => Err(format!(
            "{}: without `--out` the code of this contract would replace the SDK's own files; \
             write it below another folder with `--out DIR`",
            spec.display()
        )),
    };
    if let Err(message) = outcome {
        return fail(&message);
    }
    println!(
        "{} files from {} in {} ms",
        outputs.len(),
        spec.display(),
        started.elapsed().as_millis()
    );
    ExitCode::SUCCESS
}

fn api(check: bool) -> ExitCode {
    let workspace = workspace();
    let outcome = api::generate(&workspace).and_then(|outputs| {
        if check {
            compare(&workspace, &outputs, api::REMEDY)?;
        } else {
            write(&workspace, &outputs)?;
        }
        Ok(outputs.len())
    });
    match outcome {
        Ok(number) => {
            println!("{number} lists of what is public");
            ExitCode::SUCCESS
        }
        Err(message) => fail(&message),
    }
}

fn generate(contract: &Contract) -> Result<Vec<Output>, String> {
    let json = contract.to_json();
    lint::guard(contract.file(), || codegen::generate(&json))
        .map_err(|finding| render(&[*finding]))?
        .map_err(|failure| format!("{}: {failure}", contract.file()))
}

fn write(out: &Path, outputs: &[Output]) -> Result<(), String> {
    for output in outputs {
        let written = output::write(out, output)
            .map_err(|error| format!("{}: {error}", out.join(&output.path).display()))?;
        let word = match written {
            Written::Unchanged => "unchanged",
            Written::Changed => "wrote",
        };
        println!(
            "{word:9} {} ({} lines)",
            output.path.display(),
            output.text.lines().count()
        );
    }
    Ok(())
}

fn compare(out: &Path, outputs: &[Output], remedy: &str) -> Result<(), String> {
    let message: String = outputs
        .iter()
        .filter_map(|output| {
            let difference = output::difference(out, output)?;
            Some(format!("{} is stale:\n{difference}", output.path.display()))
        })
        .collect();
    if message.is_empty() {
        Ok(())
    } else {
        Err(format!("{message}help: run {remedy}"))
    }
}
