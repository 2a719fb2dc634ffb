//! `cargo xtask`: the workspace's own commands.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool prints"
)]

mod arguments;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::Parser as _;
use xtask::{
    api,
    bench::{self, Depth, Options, Peers},
    codegen,
    contract::Contract,
    docs, drift, features,
    finding::render,
    interop,
    lint::{
        self, Judgement,
        pages::pages,
        told::{self, Format},
    },
    output::{self, Output, Written},
    package, release,
    rule::{Profile, Rule},
    tidy,
};

use crate::arguments::{Command, Spec, Xtask};

/// The contract, below the workspace.
const SPEC: &str = "openapi/atlas-snapshot-export.yaml";

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
            for rule in lint::all_rules() {
                let class = rule.class.name();
                let Rule {
                    id,
                    title,
                    otherwise,
                    ..
                } = rule;
                println!("{id:28} {class:9} {title}; otherwise: {otherwise}");
            }
            ExitCode::SUCCESS
        }
        Command::Drift { spec, arguments } => compared(&spec.path(), &arguments),
        Command::Lint {
            write_pages: true,
            check,
            ..
        } => made(&pages(), check, lint::pages::REMEDY, "pages of rules"),
        Command::Lint { spec, format, .. } => judge(spec, format),
        Command::Docs { spec, check } => match docs(spec, check) {
            Ok(said) => {
                println!("{said}");
                ExitCode::SUCCESS
            }
            Err(message) => fail(&message),
        },
        Command::Interop => {
            let error = interop::start(&workspace());
            fail(&format!("cargo could not be started: {error}"))
        }
        Command::Api { check } => api(check),
        Command::Features => match features::check(&workspace(), |line| println!("{line}")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => fail(&message),
        },
        Command::Bench {
            quick,
            no_peers,
            scenario,
        } => {
            let options = Options {
                scenarios: scenario,
                depth: if quick { Depth::Quick } else { Depth::Full },
                peers: if quick || no_peers {
                    Peers::Out
                } else {
                    Peers::In
                },
            };
            match bench::run(&workspace(), &options, |line| println!("{line}")) {
                Ok(()) => ExitCode::SUCCESS,
                Err(message) => fail(&message),
            }
        }
        Command::Tidy => match tidy::Tree::read(&workspace()).map(|tree| tidy::check(&tree)) {
            Ok(findings) if findings.is_empty() => {
                println!("tidy");
                ExitCode::SUCCESS
            }
            Ok(findings) => fail(&render(&findings)),
            Err(error) => fail(&error.to_string()),
        },
        Command::Package { list } => {
            let depth = if list {
                package::Depth::Listed
            } else {
                package::Depth::Built
            };
            match package::check(&workspace(), depth, |line| println!("{line}")) {
                Ok(()) => ExitCode::SUCCESS,
                Err(faults) => fail(&faults.join("\n")),
            }
        }
        Command::Release { version, .. } => {
            match release::dry_run(&workspace(), &version, |line| println!("{line}")) {
                Ok(message) => {
                    println!(
                        "\nnothing stands in the way of v{version}; its tag says:\n\n{message}"
                    );
                    ExitCode::SUCCESS
                }
                Err(faults) => fail(&format!(
                    "\nv{version} cannot be released:\n- {}",
                    faults.join("\n- ")
                )),
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

/// Reads a contract, and holds it against the rules of a profile, or of its own.
fn judged(path: &Path, profile: Option<Profile>) -> (Option<Contract>, Judgement) {
    match Contract::load(path) {
        Ok(contract) => {
            let profile = profile.unwrap_or_else(|| lint::profile_of(&contract));
            let judgement = lint::judge(&contract, profile);
            (Some(contract), judgement)
        }
        Err(findings) => {
            let judgement = Judgement::unread(profile.unwrap_or_default(), findings);
            (None, judgement)
        }
    }
}

/// A contract without findings, or the findings as text.
fn sound(path: &Path, profile: Option<Profile>) -> Result<Contract, String> {
    let (contract, judgement) = judged(path, profile);
    contract
        .filter(|_| judgement.findings.is_empty())
        .ok_or_else(|| told::findings(&judgement.findings))
}

fn judge(spec: Spec, format: Format) -> ExitCode {
    let profile = spec.profile;
    let path = spec.path();
    let (_, judgement) = judged(&path, profile);
    let text = told::told(
        &judgement,
        &path.display().to_string(),
        format,
        &workspace(),
    );
    let is_clean = judgement.findings.is_empty();
    if is_clean || format != Format::Text {
        print!("{text}");
    } else {
        eprint!("{text}");
    }
    if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn codegen(spec: Spec, out: Option<PathBuf>, check: bool) -> ExitCode {
    let started = Instant::now();
    let is_own = spec.is_own();
    let profile = spec.profile;
    let spec = spec.path();
    let outputs = match sound(&spec, profile).and_then(|contract| generate(&contract)) {
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

fn docs(spec: Spec, check: bool) -> Result<String, String> {
    let contract = sound(&spec.path(), None)?.to_json();
    let page = docs::build(&workspace(), &contract)?;
    if check {
        docs::check(&workspace(), &contract)
    } else {
        Ok(page.display().to_string())
    }
}

fn compared(spec: &Path, arguments: &drift::command::Arguments) -> ExitCode {
    let started = Instant::now();
    match drift::command::run(&workspace(), spec, arguments) {
        Ok(outcome) => {
            print!("{}", outcome.text);
            let ms = started.elapsed().as_millis();
            eprintln!("{}compared in {ms} ms", outcome.remarks);
            if outcome.is_clean {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(message) => {
            fail(&message);
            ExitCode::from(2)
        }
    }
}

fn api(check: bool) -> ExitCode {
    match api::generate(&workspace()) {
        Ok(outputs) => made(&outputs, check, api::REMEDY, "lists of what is public"),
        Err(message) => fail(&message),
    }
}

/// Writes files of the workspace or compares them, and says how many there are.
fn made(outputs: &[Output], check: bool, remedy: &str, what: &str) -> ExitCode {
    let outcome = if check {
        compare(&workspace(), outputs, remedy)
    } else {
        write(&workspace(), outputs)
    };
    match outcome {
        Ok(()) => {
            println!("{} {what}", outputs.len());
            ExitCode::SUCCESS
        }
        Err(message) => fail(&message),
    }
}

/// The files of the workspace from a contract of the house, and a crate that stands alone from
/// any other.
fn generate(contract: &Contract) -> Result<Vec<Output>, String> {
    let json = contract.to_json();
    let generate = match lint::profile_of(contract) {
        Profile::House => codegen::generate,
        Profile::Generator => codegen::stand_alone::generate,
    };
    lint::guard(contract.file(), || generate(&json))
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
