//! The tool on a terminal: bars, a resize, Ctrl-C.

use std::{path::Path, sync::Arc, time::Duration};

use atlas_export::fleet::{FleetReport, FleetStatus};
use atlas_export_fake::{FakeAtlas, JobProgress, ManualClock};
use pty_process::{OwnedReadPty, OwnedWritePty, Size};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Child,
};
use vt100::Parser;

use crate::harness::{BUCKET, PROJECT, Tool, service, start};

const WATCHDOG: Duration = Duration::from_secs(60);

const CTRL_C: &[u8] = b"\x03";

/// A terminal, and the tool on it.
struct Terminal {
    child: Child,
    output: OwnedReadPty,
    input: OwnedWritePty,
    parser: Parser,
    /// All that was written to it.
    bytes: Vec<u8>,
}

impl Terminal {
    fn start(tool: &Tool, columns: u16, arguments: &[&str]) -> Self {
        let (pty, pts) = pty_process::open().unwrap();
        pty.resize(Size::new(50, columns)).unwrap();
        let (variables, strangers) = tool.environment();
        let mut command = pty_process::Command::new(env!("CARGO_BIN_EXE_atlas-export"))
            .args(arguments)
            .env("TERM", "xterm-256color")
            .current_dir(tool.path("."))
            .kill_on_drop(true);
        for name in strangers {
            command = command.env_remove(name);
        }
        let child = command.envs(variables).spawn(pts).unwrap();
        let (output, input) = pty.into_split();
        Self {
            child,
            output,
            input,
            parser: Parser::new(50, columns, 0),
            bytes: Vec::new(),
        }
    }

    /// Reads once; false at the end.
    async fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        // The end of a terminal is an error on Linux.
        let count = self.output.read(&mut buffer).await.unwrap_or_default();
        self.bytes.extend_from_slice(&buffer[..count]);
        self.parser.process(&buffer[..count]);
        count > 0
    }

    fn shown(&self) -> String {
        self.parser.screen().contents()
    }

    /// Reads until the screen shows what is looked for.
    async fn until(&mut self, shows: impl Fn(&Self) -> bool + Send + Sync) {
        let reading = async {
            while !shows(self) {
                assert!(self.read().await, "it ended: {}", self.shown());
            }
        };
        // Nothing waits for time: this ends what stands still.
        let outcome = tokio::time::timeout(WATCHDOG, reading).await;
        assert!(outcome.is_ok(), "it stands still: {}", self.shown());
    }

    /// The rows with bars: indicatif fills a row to its end, so where a row ends is what counts.
    fn bars(&self) -> Vec<String> {
        let screen = self.parser.screen();
        let (_, columns) = screen.size();
        let rows = screen.rows(0, columns);
        let bars = rows.filter(|row| row.contains("InProgress"));
        bars.map(|row| row.trim_end().to_owned()).collect()
    }

    /// Another size.
    fn resize(&mut self, columns: u16) {
        self.input.resize(Size::new(50, columns)).unwrap();
        self.parser.screen_mut().set_size(50, columns);
    }

    async fn press(&mut self, keys: &[u8]) {
        self.input.write_all(keys).await.unwrap();
    }

    /// Reads to the end.
    async fn end(&mut self) -> Option<i32> {
        let reading = async { while self.read().await {} };
        let outcome = tokio::time::timeout(WATCHDOG, reading).await;
        assert!(outcome.is_ok(), "it stands still: {}", self.shown());
        self.child.wait().await.unwrap().code()
    }
}

/// A service whose exports stand where the clock lets them.
async fn slow() -> (FakeAtlas, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::starting_at(start()));
    let progress = JobProgress::ByClock {
        queued: Duration::ZERO,
        in_progress: Duration::from_secs(600),
    };
    let fake = service()
        .clock(clock.clone())
        .job_progress(progress)
        .start()
        .await
        .unwrap();
    (fake, clock)
}

const RUN: [&str; 7] = [
    "fleet",
    "run",
    "--bucket",
    BUCKET,
    "--poll-interval",
    "0.01",
    "--yes",
];

/// What a run that was ended from outside has left, and how another goes on from there.
async fn assert_resumable(tool: &Tool, fake: &FakeAtlas, clock: &ManualClock) {
    let path = tool.path("fleet-report.json");
    let report = FleetReport::read(&path).unwrap();
    assert_eq!(report.count(FleetStatus::Started), 2, "{report:?}");
    assert!(!Path::new(&tool.path("fleet-report.json.new")).exists());
    clock.advance(Duration::from_secs(600));
    let resume = ["fleet", "resume", "fleet-report.json", "--yes"];
    let ended = tool.run(&resume).await;
    assert!(
        ended.success().contains("2 exported, 2 skipped, 0 failed"),
        "{ended:?}"
    );
    for cluster in ["Orders", "Users"] {
        assert_eq!(fake.jobs(PROJECT, cluster).len(), 1);
    }
}

#[tokio::test]
async fn a_fleet_has_a_bar_for_each_export_and_ctrl_c_leaves_a_report_to_resume_from() {
    let (fake, clock) = slow().await;
    let tool = Tool::of(&fake);
    let mut terminal = Terminal::start(&tool, 100, &RUN);
    let two_bars = |number: &'static str| {
        move |terminal: &Terminal| {
            let bars = terminal.bars();
            let newest: Vec<_> = bars.iter().rev().take(2).collect();
            newest.len() == 2 && newest.iter().all(|bar| bar.contains(number))
        }
    };
    terminal.until(two_bars(" 0/12 InProgress")).await;

    // Narrower: each bar still is one row. What was drawn just before may be above it.
    terminal.resize(48);
    clock.advance(Duration::from_secs(300));
    terminal.until(two_bars(" 6/12 InProgress")).await;
    let mut bars = terminal.bars();
    let mut bars = bars.split_off(bars.len() - 2);
    bars.sort();
    let [one, other] = bars.try_into().unwrap();
    for (bar, cluster) in [(one, "Orders "), (other, "Users ")] {
        assert!(
            bar.starts_with(cluster) && bar.chars().count() <= 48,
            "{bar}"
        );
    }

    terminal.press(CTRL_C).await;
    assert_eq!(terminal.end().await, Some(130));
    let shown = terminal.shown().replace('\n', "");
    assert!(
        shown.contains("0 exported, 2 skipped, 0 failed, 2 still being exported"),
        "{shown}"
    );
    assert!(
        shown.contains("`atlas-export fleet resume fleet-report.json --yes`"),
        "{shown}"
    );
    assert_resumable(&tool, &fake, &clock).await;
}

#[tokio::test]
async fn a_service_manager_that_ends_it_leaves_a_report_too() {
    let (fake, clock) = slow().await;
    let tool = Tool::of(&fake);
    let mut terminal = Terminal::start(&tool, 100, &RUN);
    terminal.until(|terminal| terminal.bars().len() >= 2).await;
    let pid = terminal.child.id().and_then(|id| i32::try_from(id).ok());
    kill_process(pid.and_then(Pid::from_raw).unwrap(), Signal::TERM).unwrap();
    assert_eq!(terminal.end().await, Some(130));
    assert_resumable(&tool, &fake, &clock).await;
}

#[tokio::test]
async fn a_watch_that_is_interrupted_says_how_to_go_on() {
    let (fake, _clock) = slow().await;
    let tool = Tool::of(&fake);
    let start = ["jobs", "start", "Orders", "--bucket", "exports", "--yes"];
    tool.run(&start).await.success();
    let job = fake.jobs(PROJECT, "Orders")[0]["id"].clone();
    let job = job.as_str().unwrap();
    let mut terminal = Terminal::start(&tool, 100, &["jobs", "watch", "Orders", job]);
    terminal.until(|terminal| !terminal.bars().is_empty()).await;
    terminal.press(CTRL_C).await;
    assert_eq!(terminal.end().await, Some(130));
    let shown = terminal.shown().replace('\n', "");
    assert!(
        shown.contains(&format!("atlas-export jobs watch Orders {job}")),
        "{shown}"
    );
}

/// Whether something is coloured.
fn is_coloured(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    (30..38).any(|colour| text.contains(&format!("\u{1b}[{colour}m")))
}

#[tokio::test]
async fn a_bar_is_coloured_unless_somebody_does_not_want_it() {
    let mut terminal = Terminal::start(&Tool::bare(), 48, &["demo"]);
    assert_eq!(terminal.end().await, Some(0));
    assert!(is_coloured(&terminal.bytes), "{}", terminal.shown());

    let tool = Tool::bare().set("NO_COLOR", "1");
    let mut terminal = Terminal::start(&tool, 48, &["demo"]);
    assert_eq!(terminal.end().await, Some(0));
    assert!(!is_coloured(&terminal.bytes), "{}", terminal.shown());
    assert!(terminal.shown().contains("Successful"));
}

#[tokio::test]
async fn a_table_is_cut_to_the_terminal_and_help_is_wrapped() {
    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake);
    for (arguments, cut) in [
        (&["clusters", "list"][..], "…"),
        (&["fleet", "run", "--help"], "--or-resume"),
    ] {
        let mut terminal = Terminal::start(&tool, 48, arguments);
        assert_eq!(terminal.end().await, Some(0));
        let screen = terminal.parser.screen();
        assert!(screen.contents().contains(cut), "{}", screen.contents());
        let wrapped = (0..50).filter(|row| screen.row_wrapped(*row)).count();
        // Of the help, the examples alone are longer: they are to be copied.
        assert!(
            wrapped == 0 || arguments.len() == 3,
            "{}",
            screen.contents()
        );
    }
}
