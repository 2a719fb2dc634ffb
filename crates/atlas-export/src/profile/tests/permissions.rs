//! A file that others may read is a warning, and one that only its owner reads is none.

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::profile::system::warn_if_open;

/// Hears events, as one text each.
#[derive(Clone, Default)]
struct Heard {
    events: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl Subscriber for Heard {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(format!("{} ", event.metadata().level()));
        event.record(&mut words);
        self.events.lock().unwrap().push(words.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn a_file_that_others_may_read_is_a_warning() {
    let path = std::env::temp_dir().join(format!("atlas-export-{}.toml", std::process::id()));
    fs::write(&path, "private_api_key = \"s3cret\"").unwrap();
    for (mode, warns) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let heard = Heard::default();
        tracing::subscriber::with_default(heard.clone(), || warn_if_open(&path));
        let events = heard.events.lock().unwrap();
        assert_eq!(events.len(), usize::from(warns), "{mode:o}: {events:?}");
        for event in events.iter() {
            assert!(
                event.starts_with("WARN") && event.contains("chmod 600"),
                "{event}"
            );
            assert!(
                event.contains("atlas-export-") && !event.contains("s3cret"),
                "{event}"
            );
        }
    }
    fs::remove_file(&path).unwrap();
}
