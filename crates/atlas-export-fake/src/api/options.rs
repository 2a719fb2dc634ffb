//! What the builder says about answers.

use std::time::Duration;

use crate::api::response::EnvelopeSpelling;
use crate::rules::page::ListOptions;
use crate::rules::schedule::PUBLISHED_FREQUENCIES;

/// How a fake answers where Atlas may answer in several ways.
#[derive(Debug, Clone)]
pub(crate) struct AnswerOptions {
    pub(crate) lists: ListOptions,
    pub(crate) spelling: EnvelopeSpelling,
    /// Whether a schedule whose export is switched off still names the bucket.
    pub(crate) schedules_keep_export: bool,
    /// How often the organization may export by itself.
    pub(crate) export_frequencies: Vec<String>,
    /// How long what was created is not seen.
    pub(crate) creation_lag: Duration,
}

impl Default for AnswerOptions {
    fn default() -> Self {
        Self {
            lists: ListOptions::default(),
            spelling: EnvelopeSpelling::default(),
            schedules_keep_export: false,
            export_frequencies: PUBLISHED_FREQUENCIES.map(str::to_owned).to_vec(),
            creation_lag: Duration::ZERO,
        }
    }
}
