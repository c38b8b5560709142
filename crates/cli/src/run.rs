//! `headroom run`: makes a run and prints its figures.

use crate::args::RunArguments;
use crate::failure::Failure;
use crate::source::{self, Source};
use crate::table::{Align, Table, count, number, percent, time};
use crate::{output, progress, series, trace};
use headroom_core::metrics::{Latency, Report};
use headroom_core::session::{Ended, Session};
use headroom_core::sim::time::{Time, seconds};
use indicatif::ProgressBar;

/// Events between two looks at the progress bar: about 50 ms.
const SLICE: u64 = 500_000;

/// Units of the progress bar.
const STEPS: u64 = 1000;

pub(crate) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let bar = progress::bar(STEPS, "{bar:40} {percent:>3} %  {msg}");
    let source = source::load(&arguments.system)?;
    let mut session = Session::new(source.scenario.clone(), source.actions.clone())
        .map_err(|problems| Failure::Problems { name: source.name.clone(), text: None, problems })?;
    let until = source.until.unwrap_or(Time::MAX);
    advance(&mut session, until, &bar);
    let report = session.report();
    let traced = arguments.trace.as_deref().map(|root| trace::print(&session, root)).transpose()?;
    if let Some(file) = &arguments.series {
        series::write(&session, file)?;
    }
    if let Some(warning) = &source.warning {
        eprintln!("headroom: {}: {warning}", source.name);
    }
    if arguments.json {
        output::print(&json(&report)?)?;
    } else {
        output::print(&tables(&source, &session, &report))?;
    }
    output::print(&traced.unwrap_or_default())?;
    judge(&source, &report)
}

/// Runs to `until`.
fn advance(session: &mut Session, until: Time, bar: &ProgressBar) {
    let end = until.min(session.duration());
    loop {
        let progress = session.advance(end, SLICE);
        if progress.ended != Ended::No || progress.now >= end {
            break;
        }
        bar.set_position((u128::from(progress.now) * u128::from(STEPS) / u128::from(end.max(1))) as u64);
        bar.set_message(format!("{:.1} of {:.1} s", seconds(progress.now), seconds(end)));
    }
    bar.finish_and_clear();
}

fn json(report: &Report) -> Result<String, Failure> {
    let json = serde_json::to_string_pretty(report).map_err(|error| Failure::Unusable(error.to_string()))?;
    Ok(json + "\n")
}

/// Whether the run is what was expected.
fn judge(source: &Source, report: &Report) -> Result<(), Failure> {
    if let Some(overloaded) = &report.overloaded {
        return Err(Failure::Missed(format!("overloaded after {} s: {overloaded}", report.duration_s)));
    }
    match &source.digest {
        Some(expected) if *expected != report.digest => {
            Err(Failure::Missed(format!("the digest is {}, not {expected} as the run says", report.digest)))
        }
        _ => Ok(()),
    }
}

fn tables(source: &Source, session: &Session, report: &Report) -> String {
    let origin = session.origin();
    let mut text = format!("{}\n", origin.title);
    text.push_str(&format!(
        "seed {}, {} of simulated time, figures from {} on, engine {}\n\n",
        report.seed,
        time(Some(report.duration_s)),
        time(Some(report.window_s.from)),
        report.engine,
    ));
    text.push_str(&requests(report));
    text.push('\n');
    text.push_str(&latencies(report));
    text.push('\n');
    text.push_str(&nodes(session, report));
    text.push_str(&moves(report));
    text.push('\n');
    if report.cost_per_hour > 0.0 {
        text.push_str(&format!("cost    ${:.2} an hour\n", report.cost_per_hour));
    }
    text.push_str(&format!("digest  {}", report.digest));
    if source.digest.as_ref() == Some(&report.digest) {
        text.push_str("  (as the run says)");
    }
    text.push('\n');
    text
}

fn requests(report: &Report) -> String {
    let requests = &report.requests;
    let mut text = format!(
        "requests    {} sent, {} ok ({}), {} failed, {} still open; {} ok per second\n",
        count(requests.sent),
        count(requests.ok),
        percent(requests.ok_ratio),
        count(requests.failed),
        count(requests.open),
        number(Some(report.throughput_per_s)),
    );
    for (name, failed) in &requests.by_error {
        text.push_str(&format!("            {} {name}\n", count(*failed)));
    }
    text
}

fn latencies(report: &Report) -> String {
    let columns = ["latency", "mean", "p50", "p95", "p99", "max"].map(|name| (name, Align::Right));
    let mut table = Table::new(columns);
    let mut row = |name: &str, latency: &Latency| {
        let shown = |name: &str, value| {
            format!("{}{}", time(value), if latency.too_few.contains(&name) { "?" } else { "" })
        };
        table.row([
            name.to_owned(),
            time(latency.mean),
            shown("p50", latency.p50),
            shown("p95", latency.p95),
            shown("p99", latency.p99),
            time(latency.max),
        ]);
    };
    row("all", &report.latency_s);
    row("ok", &report.latency_ok_s);
    report.paths.iter().for_each(|(path, of)| row(path, &of.latency_s));
    for (name, node) in &report.nodes {
        if let Some(latency) = &node.latency_s {
            row(name, latency);
        }
    }
    let mut text = table.to_string();
    let of_paths = report.paths.values().map(|of| &of.latency_s);
    if of_paths.chain([&report.latency_s, &report.latency_ok_s]).any(|of| !of.too_few.is_empty()) {
        text.push_str("?  fewer than 10 requests beyond it: not enough to say\n");
    }
    text
}

/// What became of the keys when servers behind a hashing balancer came or went.
fn moves(report: &Report) -> String {
    let mut text = String::new();
    for (name, figures) in &report.nodes {
        if let Some(moved) = figures.keys_moved.filter(|moved| *moved > 0.0) {
            text.push_str(&format!("{name}: {} of the keys moved to another server\n", percent(Some(moved))));
        }
    }
    text
}

fn nodes(session: &Session, report: &Report) -> String {
    let mut table = Table::new([
        ("node", Align::Left),
        ("kind", Align::Left),
        ("calls", Align::Right),
        ("failed", Align::Right),
        ("busy", Align::Right),
        ("wait", Align::Right),
        ("time", Align::Right),
        ("queue", Align::Right),
        ("hits", Align::Right),
    ]);
    for node in &session.origin().nodes {
        let Some(figures) = report.nodes.get(&node.name) else { continue };
        let counted = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), count);
        table.row([
            node.name.clone(),
            figures.kind.to_owned(),
            counted(figures.calls),
            counted(figures.failed),
            percent(figures.utilisation),
            time(figures.mean_wait_s),
            time(figures.mean_time_s),
            number(figures.mean_queue),
            percent(figures.hit_ratio),
        ]);
    }
    table.to_string()
}
