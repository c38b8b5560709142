//! What a figure beside a chart leads to: a percentile to a request that took longer, failures to one that failed.

use super::Page;
use crate::charts::Ask;
use crate::page::format;
use crate::page::store::Action;
use crate::page::words::say;
use headroom_labs::Chart;

const SECOND: f64 = 1e6;

/// The figures of this chart that can be asked for a request.
pub(super) fn asks(page: &Page, chart: Chart) -> Vec<Ask> {
    let now = page.state.head.time;
    let rows = page.stage.rows();
    let end = ((now / crate::protocol::WINDOW).floor() as usize).min(rows.len());
    let recent = &rows[end.saturating_sub((SECOND / crate::protocol::WINDOW) as usize)..end];
    let from = now - SECOND;
    let ended: u32 = recent.iter().map(|row| row.ok + row.failed).sum();
    let failed: u32 = recent.iter().map(|row| row.failed).sum();
    let count = |number: f64| ("count", format::number(number));
    match chart {
        Chart::Latency => {
            let Some(p99) = recent.iter().rev().find_map(|row| row.p99) else { return Vec::new() };
            let figures =
                [("time", format::duration(p99)), count((f64::from(ended) / 100.0).round().max(1.0))];
            let wanted = format!("slower:{p99}:{from}:{now}");
            vec![Ask {
                line: "chart-p99",
                tip: say("ask-p99", &figures),
                on_ask: page.on(Action::Trace(wanted)),
            }]
        }
        Chart::Requests if failed > 0 => {
            let figures = [count(f64::from(failed)), ("all", format::number(f64::from(ended)))];
            let wanted = format!("failed:0:{from}:{now}");
            vec![Ask {
                line: "chart-failed",
                tip: say("ask-failed", &figures),
                on_ask: page.on(Action::Trace(wanted)),
            }]
        }
        _ => Vec::new(),
    }
}
