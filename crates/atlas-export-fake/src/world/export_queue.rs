//! How long a job waits because Atlas is exporting enough already: five replica sets at once, and a
//! sharded cluster counts once for each shard (Atlas's documentation of exports). Whether Atlas
//! counts by project or by organization is unconfirmed; a fake counts all of its projects.
//!
//! Jobs begin in the order in which they were created and all take the same time, so that when one
//! begins is known when it is created.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// How many replica sets Atlas exports at once.
const AT_ONCE: u32 = 5;

/// The exports that have been scheduled.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExportQueue {
    /// When each ends, by the clock's age, and of how many replica sets it is.
    running: BinaryHeap<Reverse<(Duration, u32)>>,
    replica_sets: u32,
    last_begin: Duration,
}

impl ExportQueue {
    /// Schedules an export that could begin at `earliest` and takes `takes`. Returns when it begins.
    pub(crate) fn schedule(
        &mut self,
        earliest: Duration,
        takes: Duration,
        replica_sets: u32,
    ) -> Duration {
        let mut begin = earliest.max(self.last_begin);
        while let Some(Reverse((end, of))) = self.running.peek().copied() {
            if end > begin && self.replica_sets < AT_ONCE {
                break;
            }
            begin = begin.max(end);
            self.replica_sets = self.replica_sets.saturating_sub(of);
            self.running.pop();
        }
        self.running
            .push(Reverse((begin.saturating_add(takes), replica_sets)));
        self.replica_sets = self.replica_sets.saturating_add(replica_sets);
        self.last_begin = begin;
        begin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(60 * minutes)
    }

    #[test]
    fn five_replica_sets_are_exported_at_once_and_the_rest_waits_its_turn() {
        let mut queue = ExportQueue::default();
        let begins: Vec<Duration> = (0..12)
            .map(|_| queue.schedule(minutes(1), minutes(10), 1))
            .collect();
        let expected = [[1; 5], [11; 5]].concat().into_iter().chain([21, 21]);
        assert_eq!(begins, expected.map(minutes).collect::<Vec<_>>());
        // Much later all have ended.
        assert_eq!(queue.schedule(minutes(90), minutes(10), 1), minutes(90));
    }

    #[test]
    fn a_sharded_cluster_counts_once_for_each_shard_and_begins_while_fewer_than_five_run() {
        let mut queue = ExportQueue::default();
        assert_eq!(queue.schedule(minutes(0), minutes(10), 4), minutes(0));
        assert_eq!(queue.schedule(minutes(2), minutes(10), 3), minutes(2));
        assert_eq!(queue.schedule(minutes(3), minutes(10), 1), minutes(10));
        assert_eq!(queue.schedule(minutes(3), minutes(10), 1), minutes(10));
        assert_eq!(queue.schedule(minutes(3), minutes(10), 1), minutes(12));
    }
}
