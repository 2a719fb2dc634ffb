//! What a refusal makes of the queue: for fuzzers, which look for a panic.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::Notify;

use super::{
    family::{Family, QueueStatus},
    hint::{RateVerdict, allowance, rate_hint, retry_after},
};
use crate::{
    clock::later,
    transport::{caller::Caller, response::ReceivedResponse},
};

/// The longest step in time: a little more than a day.
const MAX_STEP: Duration = Duration::from_secs(100_000);

/// Has requests queue, go out and complete around a refusal.
pub(crate) fn admissions(response: &ReceivedResponse) {
    let mut now = Instant::now();
    let mut family = Family::default();
    let hint = rate_hint(response);
    if let Some(wait) = retry_after(response, SystemTime::UNIX_EPOCH) {
        family.hold(wait, now);
    }
    for round in 0..4_u32 {
        let sent = now;
        let verdict = if round % 2 == 0 {
            RateVerdict::Refused
        } else {
            RateVerdict::Admitted
        };
        for wait in [Duration::ZERO, Duration::MAX] {
            let id = family.enter(Caller::default(), later(now, wait), Arc::new(Notify::new()));
            if let QueueStatus::Wait { estimate, .. } = family.poll(id, now) {
                now = later(now, estimate.min(MAX_STEP));
            }
            if let Some(request) = family.spend(Some(id), now) {
                if let Some(allowance) = allowance(&response.headers) {
                    family.observe(allowance, request, sent, now);
                }
                family.completed(request.pass, verdict, now);
            }
        }
        if let Some(hint) = &hint {
            family.learn(hint, sent, now);
        }
        if let Some(allowance) = allowance(&response.headers) {
            family.compare(allowance);
        }
        family.exhausted(Duration::MAX, now);
    }
}
