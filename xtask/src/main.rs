//! `cargo xtask lint [--spec FILE] [--rules]`: judge the contract.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool prints"
)]

use std::{path::Path, process::ExitCode};

use xtask::{contract::Contract, finding::render, lint};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let spec = match words.as_slice() {
        ["lint", "--rules"] => {
            for rule in lint::RULES {
                println!("{:32} {}", rule.id, rule.doc);
            }
            return ExitCode::SUCCESS;
        }
        ["lint"] => "openapi/atlas-snapshot-export.yaml",
        ["lint", "--spec", spec] => spec,
        _ => {
            eprintln!("usage: cargo xtask lint [--spec FILE | --rules]");
            return ExitCode::from(2);
        }
    };
    let findings = Contract::load(Path::new(spec)).map_or_else(|found| found, |c| lint::lint(&c));
    if findings.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("{}", render(&findings));
    ExitCode::FAILURE
}
