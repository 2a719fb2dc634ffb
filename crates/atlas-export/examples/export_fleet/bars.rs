//! A bar for each running export on a terminal; elsewhere a line for each change.

use std::{
    collections::HashMap,
    io::{IsTerminal as _, stderr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use atlas_export::{ClusterName, ClusterReport, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// At most 48 columns: 10 + 1 + 8 + 1 + 27.
const TEMPLATE: &str = "{prefix:10!} {bar:8} {msg:27!}";

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

    pub(crate) fn show(&self, cluster: &ClusterName, progress: &Progress) {
        let state = progress
            .job
            .state
            .as_ref()
            .map_or_else(|| "?".to_owned(), ToString::to_string);
        let mut shown = self.shown();
        if stderr().is_terminal() {
            let shown = &mut *shown;
            let bar = shown.bars.entry(cluster.clone()).or_insert_with(|| {
                let style = ProgressStyle::with_template(TEMPLATE);
                let bar = shown.all.add(ProgressBar::new(0));
                if let Ok(style) = style {
                    bar.set_style(style);
                }
                bar.with_prefix(cluster.to_string())
            });
            let (done, total) = progress.collections.unwrap_or_default();
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(match progress.remaining {
                Some(left) => format!("{done}/{total} {state} {} s", left.as_secs()),
                None => format!("{done}/{total} {state}"),
            });
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
