//! Help, completions, the man page.

use crate::harness::Tool;

/// Every command, as it is called.
const COMMANDS: &[&[&str]] = &[
    &["demo"],
    &["buckets", "list"],
    &["buckets", "get"],
    &["buckets", "ensure"],
    &["buckets", "delete"],
    &["jobs", "list"],
    &["jobs", "get"],
    &["jobs", "start"],
    &["jobs", "watch"],
    &["snapshots", "list"],
    &["snapshots", "take"],
    &["clusters", "list"],
    &["roles", "list"],
    &["roles", "create-aws"],
    &["roles", "authorize"],
    &["auto-export", "get"],
    &["auto-export", "enable"],
    &["auto-export", "disable"],
    &["fleet", "plan"],
    &["fleet", "run"],
    &["fleet", "resume"],
    &["fleet", "merge"],
    &["fleet", "report"],
    &["preflight"],
    &["request"],
    &["completions"],
    &["man"],
];

#[tokio::test]
async fn every_command_has_help_with_an_example() {
    let tool = Tool::bare();
    for command in COMMANDS {
        let arguments = [command, &["--help"][..]].concat();
        let ended = tool.run(&arguments).await;
        let example = format!("  atlas-export {}", command.join(" "));
        let text = ended.success();
        let (_, examples) = text.split_once("Example").unwrap_or_default();
        assert!(examples.contains(&example), "{command:?}: {text}");
    }
}

#[tokio::test]
async fn help_lists_the_exit_codes_by_name() {
    let ended = Tool::bare().run(&["--help"]).await;
    for row in ["  0  done", "  3  not-confirmed", "130  interrupted"] {
        assert!(ended.success().contains(row), "{row}: {ended:?}");
    }
}

#[tokio::test]
async fn each_shell_has_completions() {
    let tool = Tool::bare();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = tool.run(&["completions", shell]).await;
        for word in ["auto-export", "resume", "price-per-gb"] {
            assert!(ended.success().contains(word), "{shell}: {word}");
        }
    }
    let ended = tool.run(&["completions", "csh"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[tokio::test]
async fn there_is_a_man_page_for_the_tool_and_one_for_each_command() {
    let tool = Tool::bare();
    let ended = tool.run(&["man"]).await;
    assert!(ended.success().contains(".TH atlas-export 1"), "{ended:?}");
    assert!(ended.stdout.contains("Exit codes"), "{ended:?}");

    std::fs::create_dir(tool.path("man")).unwrap();
    tool.run(&["man", "--directory", "man"]).await.success();
    for page in ["atlas-export.1", "atlas-export-fleet-run.1"] {
        assert!(tool.path("man").join(page).exists(), "{page}");
    }
    let ended = tool.run(&["man", "--directory", "nowhere"]).await;
    assert!(ended.refusal(1).contains("nowhere"), "{ended:?}");
}

#[tokio::test]
async fn a_command_that_is_none_is_a_mistake_in_the_arguments() {
    let ended = Tool::bare().run(&["exports"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
