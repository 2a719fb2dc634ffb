//! The contenders of `cargo xtask bench`, each measured in a process of its own, and the Atlas
//! on loopback that they run against.
//!
//! ```text
//! contenders serve ROUND_TRIP_MS plain|tls
//! contenders run CONTENDER WORK URL [ROOT_CERTIFICATE_FILE]
//! contenders list
//! ```
//!
//! `serve` prints its address, where it tells what it has seen, and with TLS the file of its root
//! certificate, in a line; it ends when standard input does. `run` prints what it measured as one line of JSON.

mod contenders;
mod figures;
mod server;
mod work;

use std::{env, process::ExitCode};

use crate::{contenders::CONTENDERS, work::Work};

#[global_allocator]
static ALLOCATOR: figures::Counted = figures::Counted::new();

/// What may go wrong here is told and ends the program.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["serve", round_trip, security] => server::serve(round_trip, security),
        ["run", contender, work, url] => run(contender, work, url, None),
        ["run", contender, work, url, root] => run(contender, work, url, Some(root)),
        ["list"] => {
            for contender in CONTENDERS {
                println!("{}\t{}", contender.name, contender.what);
            }
            Ok(())
        }
        _ => Err("usage: contenders serve|run|list, see the first lines of src/main.rs".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(contender: &str, work: &str, url: &str, root: Option<&str>) -> Result<(), Failure> {
    let named = |name: &str| CONTENDERS.iter().find(|known| known.name == name);
    let contender = named(contender).ok_or_else(|| format!("there is no contender {contender}"))?;
    let work: Work = work.parse()?;
    let place = work::Place::new(url, root)?;
    let figures = contender.run(work, &place)?;
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}
