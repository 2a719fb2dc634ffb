//! What `Ratelimit-Remaining` says without a limit.

use std::time::Duration;

/// The allowance that `Ratelimit-Remaining` counts down: per minute of the fake's clock. It is
/// never enforced, so it never says zero.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    window: u64,
    spent: u64,
}

impl Allowance {
    pub(crate) const LIMIT: u64 = 1200;

    pub(crate) fn spend(&mut self, now: Duration) -> u64 {
        let window = now.as_secs() / 60;
        if window != self.window {
            *self = Self { window, spent: 0 };
        }
        self.spent = self.spent.saturating_add(1);
        Self::LIMIT.saturating_sub(self.spent).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_counts_down_and_comes_back_each_minute() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.spend(Duration::ZERO), 1199);
        assert_eq!(allowance.spend(Duration::from_secs(59)), 1198);
        assert_eq!(allowance.spend(Duration::from_secs(60)), 1199);
        for _ in 0..2000 {
            allowance.spend(Duration::from_secs(60));
        }
        assert_eq!(allowance.spend(Duration::from_secs(60)), 1);
    }
}
