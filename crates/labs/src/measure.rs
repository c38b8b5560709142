//! One name per figure: a goal or a prediction names a figure of the report, or a setting of the scenario.

use headroom_core::metrics::Report;
use headroom_core::scenario::{Scenario, Value};
use headroom_core::session::Session;

use crate::{Moment, recover};

/// The figure of this name over the requests sent from `from` (the end of warm-up) to `to` (the present): a path in
/// the report such as `latency_s.p99`, a setting such as `nodes.clients.arrivals.rate`, or the time to recover as
/// `recovery_s.within_200ms`. `None` if there is none of them, or too few requests to say: a percentile needs 10 beyond
/// it; nor of a system that has not recovered.
pub fn figure(session: &Session, metric: &str, from: Option<Moment>, to: Option<Moment>) -> Option<f64> {
    if let Some(limit) = recover::limit(metric) {
        let from = from.unwrap_or(Moment(session.origin().warmup));
        let to = to.map_or(session.now(), |to| to.0.min(session.now()));
        return recover::recovery(&session.rows(0, 1).rows, from.seconds(), Moment(to).seconds(), limit);
    }
    figure_of(session.scenario(), &report(session, from, to), metric)
}

/// The report over a window, as [`figure`] reads it.
pub fn report(session: &Session, from: Option<Moment>, to: Option<Moment>) -> Report {
    let from = from.map_or(session.origin().warmup, |moment| moment.0);
    session.report_between(from, to.map_or(u64::MAX, |moment| moment.0))
}

/// The figure of this name in a report or a scenario.
pub fn figure_of(scenario: &Scenario, report: &Report, metric: &str) -> Option<f64> {
    if !report.enough_for(metric) {
        return None;
    }
    report.metric(metric).or_else(|| number(&scenario.get(metric)?))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Whole(whole) => Some(*whole as f64),
        Value::Number(number) => Some(*number),
        Value::Flag(_) | Value::Text(_) | Value::List(_) | Value::Table(_) => None,
    }
}
