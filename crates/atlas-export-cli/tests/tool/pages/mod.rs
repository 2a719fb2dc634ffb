//! The commands of `docs/` and of the tool's own README: run as they stand, in the order of the page, each page on a FakeAtlas
//! and in a folder of its own. What a page shows of an output is what there is.

mod markdown;
mod services;

use std::{fs, path::Path};

use self::markdown::{Block, Command, blocks};
#[cfg(unix)]
use self::markdown::{difference, told};
#[cfg(unix)]
use crate::harness::{BUCKET, Tool};

/// What is not run, by its first word, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("aws", "it changes or reads an account of AWS"),
    ("cargo", "it builds or tests: the steps of CI do that"),
    ("kubectl", "it needs a cluster"),
    ("export", "a test has credentials of its own"),
    ("systemctl", "it changes the machine"),
];

/// The pages of `docs/` and those of the errors, by path.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = Vec::new();
    for folder in [
        "docs",
        "crates/atlas-export/docs/errors",
        "crates/atlas-export/docs/errors/kinds",
    ] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|it| it == "md") {
                let name = path.file_name().unwrap().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                pages.push((format!("{folder}/{name}"), text));
            }
        }
    }
    pages.sort();
    pages
}

/// All that has commands: the pages, and what the registry shows of the tool.
#[cfg(unix)]
fn with_commands() -> Vec<(String, String)> {
    let readme = include_str!("../../../README.md");
    let mut all = pages();
    all.push((
        "crates/atlas-export-cli/README.md".to_owned(),
        readme.to_owned(),
    ));
    all
}

/// A page that is gone through: the service, the folder and the variables that its commands share.
#[cfg(unix)]
struct Reader {
    tool: Tool,
    assignments: String,
    /// What the last command of the block before printed.
    output: Option<String>,
    /// Where the page and the tool differ.
    wrong: Vec<String>,
}

#[cfg(unix)]
impl Reader {
    fn show(&mut self, place: &str, shown: &[String]) {
        if let Some(output) = self.output.take()
            && let Some(line) = difference(shown, &output)
        {
            let wrong = format!("{place} shows: {line}\nThe output is:\n{output}");
            self.wrong.push(wrong);
        }
    }

    async fn run(&mut self, place: &str, command: &Command) {
        // Together, in the order in which a person sees them.
        let line = format!("{}{{ {}\n}} 2>&1", self.assignments, command.text);
        let ended = self.tool.shell(&line).await;
        if ended.code != Some(command.code) {
            self.wrong.push(format!("{place}: {command:?}\n{ended:?}"));
        }
        self.output = Some(ended.stdout);
    }

    async fn read(&mut self, name: &str, blocks: &[Block]) {
        for block in blocks {
            let place = format!("{name}:{}", block.line);
            if block.language == "text" {
                self.show(&place, &block.lines);
            }
            self.output = None;
            for command in block.commands() {
                if command.is_assignment() {
                    self.assignments += &command.text;
                    self.assignments.push('\n');
                } else if !is_not_run(&command) {
                    self.run(&place, &command).await;
                }
            }
        }
    }
}

fn is_not_run(command: &Command) -> bool {
    let mut all = NOT_RUN.iter();
    all.any(|(program, _)| *program == command.program())
}

#[cfg(unix)]
#[tokio::test]
async fn every_command_of_a_page_does_what_the_page_says() {
    let mut wrong = Vec::new();
    for (name, page) in with_commands() {
        let blocks = blocks(&page);
        if blocks.iter().all(|block| block.commands().is_empty()) {
            continue;
        }
        let fake = services::of(&name).start().await.unwrap();
        let mut reader = Reader {
            tool: services::tool(&name, &fake),
            assignments: String::new(),
            output: None,
            wrong: Vec::new(),
        };
        reader.read(&name, &blocks).await;
        wrong.extend(reader.wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

#[test]
fn what_is_not_run_is_what_pages_have() {
    let pages = pages();
    let blocks = pages.iter().flat_map(|(_, page)| blocks(page));
    let commands: Vec<_> = blocks.flat_map(|block| block.commands()).collect();
    for (program, why) in NOT_RUN {
        let is_there = commands.iter().any(|it| it.program() == *program);
        assert!(
            is_there,
            "no page has {program}, which is not run because {why}"
        );
    }
}

/// What stands for a value in a command that is told within a sentence.
#[cfg(unix)]
fn filled(told: &str) -> String {
    let fill = |word: &str| match word {
        "BUCKET_ID" | "JOB_ID" | "ROLE_ID" => BUCKET.to_owned(),
        word => word.trim_matches('…').to_owned(),
    };
    told.split(' ').map(fill).collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
#[tokio::test]
async fn every_command_in_a_sentence_is_one_that_the_tool_takes() {
    // Without credentials it gets no further than its arguments.
    let tool = Tool::bare();
    let mut count = 0;
    for (name, page) in with_commands() {
        for told in told(&page) {
            let ended = tool.shell(&filled(told)).await;
            assert!(
                !ended.stderr.contains("Usage:"),
                "{name}: {told}: {ended:?}"
            );
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_service_of_the_night_runs_and_is_not_begun_again_in_vain() {
    let page = include_str!("../../../../../docs/nightly.md");
    let blocks = blocks(page);
    let unit = blocks.iter().find(|block| block.language == "ini").unwrap();
    let value = |key: &str| {
        let mut lines = unit.lines.iter();
        lines
            .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))
            .unwrap()
    };
    // systemd takes two for one.
    let start = value("ExecStart").replace("$$", "$").replace("%%", "%");
    let fake = services::of("docs/nightly.md").start().await.unwrap();
    let ended = Tool::of(&fake).shell(&start).await;
    assert!(ended.success().contains("2 exported"), "{ended:?}");

    let kubernetes = include_str!("../../../../../docs/kubernetes.md");
    let codes = value("RestartPreventExitStatus").replace(' ', ", ");
    assert!(
        kubernetes.contains(&format!("values: [{codes}]")),
        "{codes}"
    );
}

/// What an index has to say of each page: where it is, and of an error its first sentence too.
#[test]
fn every_page_is_in_the_index_and_every_error_has_its_row() {
    let index = include_str!("../../../../../docs/README.md");
    let errors = include_str!("../../../../../docs/errors.md");
    let programs = include_str!("../../../../../tests/src/pages.rs");
    for (path, page) in pages() {
        let (_, name) = path.rsplit_once('/').unwrap();
        if path.starts_with("crates/") {
            let title = name.trim_end_matches(".md");
            let first = page.lines().next().unwrap();
            let row = format!("| [`{title}`](../{path}) | {first} |");
            assert!(errors.contains(&row), "docs/errors.md has no row {row}");
        } else if name != "README.md" {
            assert!(
                index.contains(&format!("]({name})")),
                "{path} is in no index"
            );
            let has_programs = blocks(&page)
                .iter()
                .any(|it| it.language.starts_with("rust"));
            let is_run = programs.contains(&format!("\"{path}\""));
            assert_eq!(
                has_programs, is_run,
                "the programs of {path} in tests/src/pages.rs"
            );
        }
    }
}
