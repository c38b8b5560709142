//! `--trace`: everything one request caused, as a waterfall of text.

use crate::failure::Failure;
use crate::table::{Align, Table, time};
use headroom_core::metrics::report::OUTCOME_NAMES;
use headroom_core::session::{Session, Trace};
use headroom_core::sim::record::{CallSpan, Lookup, NO_INSTANCE, NO_NODE, Operation};
use headroom_core::sim::time::seconds;

/// Width of the bars in characters.
const WIDTH: u64 = 40;

/// The waterfall of a request, given by its 16 hexadecimal digits or as `slowest`.
pub(crate) fn print(session: &Session, root: &str) -> Result<String, Failure> {
    let root = match root {
        "slowest" => {
            let slowest = session.notable().max_by_key(|request| request.ended - request.started);
            slowest
                .map(|request| request.root)
                .ok_or_else(|| Failure::Unusable("--trace: no request ended".into()))?
        }
        digits => u64::from_str_radix(digits, 16).map_err(|_| {
            Failure::Unusable(format!(
                "--trace {digits}: give the 16 hexadecimal digits of a request, or `slowest`"
            ))
        })?,
    };
    let trace = session.trace(root, None).ok_or_else(|| {
        Failure::Unusable(format!("--trace {root:016x}: there was no such request in this run"))
    })?;
    Ok(waterfall(session, &trace))
}

fn waterfall(session: &Session, trace: &Trace) -> String {
    let start = trace.started();
    let end = trace.calls.iter().map(|call| call.ended).max().unwrap_or(start).max(start + 1);
    let mut table = Table::new([
        ("call", Align::Left),
        ("starts", Align::Right),
        ("takes", Align::Right),
        ("ends", Align::Left),
        ("", Align::Left),
    ]);
    for (depth, call) in in_order(trace) {
        let column =
            |at: u64| ((u128::from(at - start) * u128::from(WIDTH)) / u128::from(end - start)) as usize;
        let (from, to) = (column(call.started), column(call.ended));
        let bar = format!("{}{}", " ".repeat(from), "=".repeat((to - from).max(1)));
        table.row([
            format!("{}{} {}", "  ".repeat(depth), operation(call), target(session, call)),
            time(Some(seconds(call.started - start))),
            time(Some(seconds(call.ended - call.started))),
            ending(call),
            bar,
        ]);
    }
    let open = if trace.open { ", still under way" } else { "" };
    format!("\nrequest {:016x}, sent at {:.6} s{open}\n{table}", trace.root, seconds(start))
}

/// The calls with their depth, each after its parent, by the time they started.
fn in_order(trace: &Trace) -> Vec<(usize, &CallSpan)> {
    let mut calls: Vec<&CallSpan> = trace.calls.iter().collect();
    calls.sort_by_key(|call| (call.started, call.path));
    let mut ordered = Vec::new();
    let is_root = |call: &&CallSpan| !trace.calls.iter().any(|other| other.path == call.parent);
    let mut pending: Vec<(usize, &CallSpan)> =
        calls.iter().rev().copied().filter(is_root).map(|call| (0, call)).collect();
    while let Some((depth, call)) = pending.pop() {
        ordered.push((depth, call));
        let children =
            calls.iter().rev().copied().filter(|child| child.parent == call.path && child.path != call.path);
        pending.extend(children.map(|child| (depth + 1, child)));
    }
    ordered
}

fn operation(call: &CallSpan) -> &'static str {
    match call.operation {
        Operation::Read => "read",
        Operation::Write => "write",
        Operation::Fill => "fill",
        Operation::Delete => "delete",
        Operation::Probe => "probe",
    }
}

fn target(session: &Session, call: &CallSpan) -> String {
    if call.node == NO_NODE {
        return "all attempts".to_owned();
    }
    let name = session.origin().nodes.get(usize::from(call.node)).map_or("?", |node| node.name.as_str());
    if call.to == NO_INSTANCE {
        return name.to_owned();
    }
    match session.instances().get(call.to as usize) {
        Some(instance) => format!("{name}[{}]", instance.slot),
        None => name.to_owned(),
    }
}

fn ending(call: &CallSpan) -> String {
    let outcome = OUTCOME_NAMES.get(call.outcome as usize).copied().unwrap_or("?");
    match call.lookup {
        Lookup::None => outcome.to_owned(),
        Lookup::Hit => format!("{outcome}, hit"),
        Lookup::Miss => format!("{outcome}, miss"),
    }
}
