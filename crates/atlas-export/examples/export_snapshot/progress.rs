//! How far the export is: a bar on a terminal, a line for each change elsewhere.

use std::{
    io::{IsTerminal as _, stdout},
    sync::{Arc, Mutex, PoisonError},
};

use atlas_export::{models::ExportJob, wait::Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// 10 + 1 + 14 + 1 + 13 + 1 + 8 columns: 48.
const WITH_NUMBERS: &str = "{msg:10!} [{bar:12}] {prefix:13!} {elapsed:8!}";
const WITHOUT_NUMBERS: &str = "{msg:10!} {spinner}  {elapsed:8!}";

/// A view of the progress. Clones show the same.
#[derive(Clone)]
pub(crate) enum ProgressView {
    Bar(ProgressBar),
    /// The last line printed.
    Lines(Arc<Mutex<String>>),
}

impl ProgressView {
    pub(crate) fn new() -> Self {
        if !stdout().is_terminal() {
            return Self::Lines(Arc::default());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
        set_style(&bar, WITHOUT_NUMBERS);
        Self::Bar(bar)
    }

    pub(crate) fn show(&self, progress: &Progress<ExportJob>) {
        let state = state(&progress.item);
        match self {
            Self::Bar(bar) => {
                // Without numbers there is no bar: 0 of 0 is not 0 %.
                if let Some((exported, total)) = progress.collections {
                    if bar.length() != Some(total) {
                        set_style(bar, WITH_NUMBERS);
                        bar.set_length(total);
                    }
                    bar.set_position(exported);
                    bar.set_prefix(format!("{exported}/{total}"));
                }
                bar.set_message(state);
                bar.tick();
            }
            Self::Lines(last) => {
                let line = match progress.collections {
                    Some((exported, total)) => {
                        format!("{state}, {exported} of {total} collections")
                    }
                    None => state,
                };
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if *last != line {
                    say!("{line}");
                    *last = line;
                }
            }
        }
    }

    pub(crate) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.abandon();
        }
    }
}

/// Styles a bar; a template that does not parse leaves the plain one.
fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}

/// The state of a job, for a person.
pub(crate) fn state(job: &ExportJob) -> String {
    job.state
        .as_ref()
        .map_or_else(|| "without a state".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    #[test]
    fn a_bar_fits_48_columns_whatever_the_export_tells() {
        for (template, shown_number) in [(WITH_NUMBERS, true), (WITHOUT_NUMBERS, false)] {
            let terminal = InMemoryTerm::new(10, 200);
            let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
            let bar = ProgressBar::with_draw_target(Some(u64::MAX), target);
            set_style(&bar, template);
            bar.set_position(u64::MAX - 1);
            bar.set_prefix(format!("{}/{}", u64::MAX - 1, u64::MAX));
            bar.set_message("InProgress".repeat(9));
            bar.set_elapsed(std::time::Duration::from_secs(u32::MAX.into()));
            bar.tick();
            let shown = terminal.contents();
            assert!(shown.starts_with("InProgress"), "{shown}");
            assert_eq!(shown.contains("18446744"), shown_number, "{shown}");
            assert!(
                shown.lines().all(|line| line.chars().count() <= 48),
                "{shown}"
            );
            assert_eq!(shown.lines().count(), 1, "{shown}");
        }
    }
}
