//! The table, a row as soon as it is known.

use crate::{
    calls::{CALLS, Measured, Mode},
    servers::Kind,
};

/// The titles of the columns.
pub(crate) fn header() -> String {
    let row = line(
        "server",
        "mode",
        [
            "calls",
            "requests/call",
            "401s",
            "false refusals",
            "bytes up, first call",
            "bytes up/call",
            "seconds",
        ]
        .map(str::to_owned),
    );
    format!("{row}\n{}", "-".repeat(row.len()))
}

/// One row.
pub(crate) fn row(kind: &Kind, mode: Mode, measured: &Measured) -> String {
    let first = measured.first_up.map(|up| up.to_string());
    line(
        kind.name,
        &mode.to_string(),
        [
            CALLS.to_string(),
            thousandths(measured.wire.requests),
            measured.wire.unauthorized.to_string(),
            measured.refused.to_string(),
            first.unwrap_or_default(),
            (measured.wire.up / CALLS).to_string(),
            format!("{:.1}", measured.elapsed.as_secs_f64()),
        ],
    )
}

/// A count for each call, to three places.
fn thousandths(count: usize) -> String {
    let thousandths = count * 1000 / CALLS;
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

fn line(server: &str, mode: &str, numbers: [String; 7]) -> String {
    let [calls, requests, challenges, refused, first, up, seconds] = numbers;
    format!(
        "{server:23}  {mode:17}  {calls:>5}  {requests:>13}  {challenges:>4}  {refused:>14}  \
         {first:>20}  {up:>13}  {seconds:>7}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_for_each_call_have_three_places() {
        assert_eq!(thousandths(CALLS + 8), "1.008");
        assert_eq!(thousandths(2 * CALLS + 130), "2.130");
    }
}
