//! How far exports are: a bar for each on a terminal, a line for each change elsewhere.

use std::{
    collections::HashMap,
    fmt::{Display, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use atlas_export::wait::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::channel::Channel;

/// At most 48 columns: 10 + 1 + 8 + 1 + 27.
const WITH_NUMBERS: &str = "{prefix:10!} {bar:8.green} {msg:27!}";

/// Without numbers there is no bar: 0 of 0 is not 0 %.
const WITHOUT_NUMBERS: &str = "{prefix:10!} {spinner:8} {msg:27!}";

/// A view of everything that is waited for. Clones show the same.
#[derive(Clone)]
pub(crate) struct Bars {
    channel: Channel,
    shown: Arc<Mutex<Shown>>,
}

#[derive(Default)]
struct Shown {
    all: MultiProgress,
    bars: HashMap<String, ProgressBar>,
    lines: HashMap<String, String>,
}

impl Bars {
    pub(crate) fn on(channel: Channel) -> Self {
        let shown = Shown::default();
        shown.all.set_draw_target(channel.draw_target());
        Self {
            channel,
            shown: Arc::new(Mutex::new(shown)),
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what a poll saw, of what goes by this name. A bar has the last part of it.
    pub(crate) fn show<T>(&self, name: &str, state: &str, progress: &Progress<T>) {
        let mut shown = self.shown();
        if self.channel.is_terminal() {
            let shown = &mut *shown;
            let bar = shown.bars.entry(name.to_owned()).or_insert_with(|| {
                let bar = shown.all.add(ProgressBar::no_length());
                set_style(&bar, WITHOUT_NUMBERS);
                let short = name.rsplit('/').next().unwrap_or(name);
                bar.with_prefix(short.to_owned())
            });
            draw(bar, progress.collections, state, progress.remaining);
            return;
        }
        let line = match progress.collections {
            Some((done, total)) => format!("{name}: {state}, {done} of {total} collections"),
            None => format!("{name}: {state}"),
        };
        if shown.lines.get(name) != Some(&line) {
            self.channel.line(&line);
            shown.lines.insert(name.to_owned(), line);
        }
    }

    /// Takes the bar away, and says what came of it.
    pub(crate) fn end(&self, name: &str, line: impl Display) {
        let mut shown = self.shown();
        shown.lines.remove(name);
        if let Some(bar) = shown.bars.remove(name) {
            bar.finish_and_clear();
            shown.all.remove(&bar);
        }
        shown.all.suspend(|| self.channel.line(line));
    }

    /// Leaves the bars as they are, because nobody looks any more.
    pub(crate) fn leave(&self) {
        for (_, bar) in self.shown().bars.drain() {
            bar.abandon();
        }
    }
}

fn draw(bar: &ProgressBar, numbers: Option<(u64, u64)>, state: &str, left: Option<Duration>) {
    let mut message = state.to_owned();
    if let Some((done, total)) = numbers {
        if bar.length() != Some(total) {
            set_style(bar, WITH_NUMBERS);
            bar.set_length(total);
        }
        bar.set_position(done);
        message = format!("{done}/{total} {state}");
    }
    if let Some(left) = left {
        let _ = write!(message, " {} s", left.as_secs());
    }
    bar.set_message(message);
    bar.tick();
}

/// Styles a bar; a template that does not parse leaves the plain one.
fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::*;

    #[test]
    fn a_bar_fits_48_columns_whatever_the_export_tells() {
        for (numbers, left, told) in [
            (None, None, "InProgress"),
            (Some((0, 0)), None, "0/0 InProgress"),
            (
                Some((u64::MAX, u64::MAX)),
                Some(Duration::MAX),
                "18446744073709551615/",
            ),
        ] {
            let terminal = InMemoryTerm::new(10, 200);
            let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
            let bar = ProgressBar::with_draw_target(None, target).with_prefix("x".repeat(64));
            set_style(&bar, WITHOUT_NUMBERS);
            draw(&bar, numbers, &"InProgress".repeat(9), left);
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
