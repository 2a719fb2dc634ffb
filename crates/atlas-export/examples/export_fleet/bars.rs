//! A bar for each running export on a terminal; elsewhere a line for each change.

use std::{
    collections::HashMap,
    io::{IsTerminal as _, stderr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use atlas_export::{ClusterName, fleet::ClusterReport, models::ExportJob, wait::Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// At most 48 columns: 10 + 1 + 8 + 1 + 27.
const TEMPLATE: &str = "{prefix:10!} {bar:8} {msg:27!}";

fn style(bar: ProgressBar, cluster: &ClusterName) -> ProgressBar {
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    bar.with_prefix(cluster.to_string())
}

fn move_to(bar: &ProgressBar, (done, total): (u64, u64), state: &str, left: Option<Duration>) {
    bar.set_length(total);
    bar.set_position(done);
    bar.set_message(match left {
        Some(left) => format!("{done}/{total} {state} {} s", left.as_secs()),
        None => format!("{done}/{total} {state}"),
    });
}

#[derive(Clone, Default)]
pub(crate) struct Bars(Arc<Mutex<Shown>>);

#[derive(Default)]
struct Shown {
    all: MultiProgress,
    bars: HashMap<ClusterName, ProgressBar>,
    lines: HashMap<ClusterName, String>,
}

impl Bars {
    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, cluster: &ClusterName, progress: &Progress<ExportJob>) {
        let state = progress
            .item
            .state
            .as_ref()
            .map_or_else(|| "?".to_owned(), ToString::to_string);
        let mut shown = self.shown();
        if stderr().is_terminal() {
            let shown = &mut *shown;
            let bar = shown.bars.entry(cluster.clone()).or_insert_with(|| {
                let bar = shown.all.add(ProgressBar::new(0));
                style(bar, cluster)
            });
            let numbers = progress.collections.unwrap_or_default();
            move_to(bar, numbers, &state, progress.remaining);
            return;
        }
        let line = match progress.collections {
            Some((done, total)) => format!("{cluster}: {state}, {done} of {total} collections"),
            None => format!("{cluster}: {state}"),
        };
        if shown.lines.insert(cluster.clone(), line.clone()).as_ref() != Some(&line) {
            println!("{line}");
        }
    }

    pub(crate) fn end(&self, report: &ClusterReport) {
        let mut shown = self.shown();
        if let Some(bar) = shown.bars.remove(&report.cluster) {
            bar.finish_and_clear();
            shown.all.remove(&bar);
        }
        shown.all.suspend(|| println!("{report}"));
    }
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::*;

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]
    fn a_bar_fits_48_columns_whatever_the_export_tells() {
        let terminal = InMemoryTerm::new(10, 200);
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let name = "x".repeat(64).parse().unwrap();
        let bar = style(ProgressBar::with_draw_target(None, target), &name);
        for (numbers, left, told) in [
            ((0, 0), None, "0/0 InProgress"),
            (
                (u64::MAX, u64::MAX),
                Some(Duration::MAX),
                "18446744073709551615/",
            ),
        ] {
            move_to(&bar, numbers, &"InProgress".repeat(9), left);
            bar.tick();
            let shown = terminal.contents();
            assert!(shown.starts_with("xxx") && shown.contains(told), "{shown}");
            assert!(
                shown.lines().all(|line| line.chars().count() <= 48),
                "{shown}"
            );
            assert_eq!(shown.lines().count(), 1, "{shown}");
        }
    }
}
