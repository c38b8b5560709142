//! How long a system took to recover: the figure `recovery_s.within_200ms`.
//!
//! Recovered is a system once, from then on and to the end of what was measured, at most 1 % of the requests of each
//! window fail and its p99 stays within the limit. Costs one pass over the windows. Left out: a window in which nothing
//! ended counts as bad only while requests wait.

use headroom_core::metrics::Row;

/// Share of a window's requests that may fail.
const FAILED: f64 = 0.01;

/// The limit in seconds that `metric` names, if it is this figure.
pub(crate) fn limit(metric: &str) -> Option<f64> {
    let millis = metric.strip_prefix("recovery_s.within_")?.strip_suffix("ms")?;
    Some(millis.parse::<u32>().ok()? as f64 / 1e3)
}

/// Seconds from `from` to the end of the last bad window before `to`. `None` if that is the last there is: it has not
/// recovered.
pub(crate) fn recovery(rows: &[Row], from: f64, to: f64, limit: f64) -> Option<f64> {
    let mut measured = rows.iter().filter(|row| row.to_s > from && row.to_s <= to).rev().peekable();
    if is_bad(measured.peek()?, limit) {
        return None;
    }
    Some(measured.find(|row| is_bad(row, limit)).map_or(0.0, |row| row.to_s - from))
}

fn is_bad(row: &Row, limit: f64) -> bool {
    let ended = row.ok + row.failed;
    if ended == 0 {
        return row.open > 0;
    }
    row.failed as f64 > FAILED * ended as f64 || row.latency_s.p99.is_none_or(|p99| p99 > limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup;
    use headroom_core::session::Session;
    use std::sync::Arc;

    /// Windows a quarter of a second apart: how many ended well, how many not, p99 in milliseconds.
    fn rows(windows: &[(u64, u64, f64)]) -> Vec<Row> {
        let lab = crate::lab("busy-is-not-full").unwrap();
        let scenario = setup::scenario(lab, &crate::Settings::new()).unwrap();
        let mut session = Session::new(Arc::new(scenario), Vec::new()).unwrap();
        session.advance(2_000_000_000, u64::MAX);
        let model = session.rows(0, 1).rows[0].clone();
        let row = |(index, (ok, failed, p99)): (usize, &(u64, u64, f64))| {
            let mut row = model.clone();
            row.to_s = 0.25 * (index + 1) as f64;
            (row.ok, row.failed, row.open) = (*ok, *failed, 1);
            row.latency_s.p99 = Some(p99 / 1e3);
            row
        };
        windows.iter().enumerate().map(row).collect()
    }

    #[test]
    fn recovered_is_what_stays_good() {
        let (good, slow, failing, silent) =
            ((100, 1, 50.0), (100, 0, 201.0), (97, 3, 50.0), (0, 0, f64::NAN));
        for (windows, expected) in [
            (vec![good, good, good], Some(0.0)),
            (vec![slow, failing, good], Some(0.5)),
            (vec![good, silent, good, good], Some(0.5)),
            (vec![slow, good, failing], None),
            (vec![good, good, silent], None),
            (vec![], None),
        ] {
            assert_eq!(recovery(&rows(&windows), 0.0, 9.0, 0.2), expected, "{windows:?}");
        }
        let relapse = rows(&[slow, good, slow, good]);
        assert_eq!(recovery(&relapse, 0.25, 9.0, 0.2), Some(0.5), "counted from there");
        assert_eq!(recovery(&relapse, 0.0, 0.5, 0.2), Some(0.25), "as far as it had come then");
    }

    #[test]
    fn the_figure_names_its_limit() {
        for (metric, expected) in [
            ("recovery_s.within_200ms", Some(0.2)),
            ("recovery_s.within_ms", None),
            ("recovery_s", None),
            ("latency_s.p99", None),
        ] {
            assert_eq!(limit(metric), expected, "{metric}");
        }
    }
}
