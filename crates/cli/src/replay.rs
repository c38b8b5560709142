//! `headroom replay`: a recorded stream of accesses over caches of several policies and capacities at once.
//!
//! The trace is read once, batch by batch, and each batch goes through all caches, spread over the cores of the machine.
//! Memory is that of the caches, except for Belady's optimum, which keeps the trace.

use crate::accesses::{Accesses, Summary};
use crate::args::ReplayArguments;
use crate::contender;
use crate::failure::Failure;
use crate::output;
use crate::table::{Align, Table, count, number};
use headroom_core::engine::cache::{
    Access, Belady, Capacity, Counts, Future, MOST_ENTRIES, Policy, Replay, Settings,
};
use headroom_core::race::Contender;
use headroom_core::scenario::{format_duration, read_duration};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Windows are this wide at first; the engine widens them as the trace goes on.
const WINDOW: u64 = 1;

/// One cache of a policy, and how long it worked.
struct Run {
    contender: Contender,
    capacity: Capacity,
    /// None for the optimum, which runs at the end.
    replay: Option<Replay>,
    counts: Counts,
    busy: Duration,
}

pub(crate) fn replay(arguments: &ReplayArguments) -> Result<(), Failure> {
    let ttl = arguments.ttl.as_deref().map(time_to_live).transpose()?;
    let has_belady = arguments.policy.contains(&Contender::Belady);
    if has_belady && ttl.is_some() {
        return Err(Failure::Unusable("belady knows no time to live; leave out --ttl".to_owned()));
    }
    let mut runs = Vec::new();
    for &contender in &arguments.policy {
        for &capacity in &arguments.capacity {
            let settings = |policy: Policy| Settings { policy, capacity, ttl };
            let replay = match contender {
                Contender::Policy(policy) => Some(Replay::new(settings(policy), WINDOW)),
                Contender::Belady => None,
            };
            runs.push(Run { contender, capacity, replay, counts: Counts::default(), busy: Duration::ZERO });
        }
    }
    let mut future = has_belady.then(Future::new);
    let accesses = Accesses::open(&arguments.trace, ttl.is_some())?;
    let summary = accesses.for_each_batch(|batch| {
        let (kept, ()) = rayon::join(
            || keep(future.as_mut(), batch),
            || runs.par_iter_mut().for_each(|run| run.feed(batch)),
        );
        kept
    })?;
    if let Some(future) = &mut future {
        future.close();
        let future = &*future;
        runs.par_iter_mut().for_each(|run| run.foresee(future));
    }
    if let Some(file) = &arguments.series {
        let text = series(&runs, &summary);
        std::fs::write(file, text)
            .map_err(|error| Failure::Unusable(format!("{}: {error}", file.display())))?;
    }
    let text =
        if arguments.json { objects(&runs, &summary) } else { table(&runs, &summary, future.as_ref(), ttl) };
    output::print(&text)
}

impl Run {
    fn feed(&mut self, batch: &[Access]) {
        let Some(replay) = &mut self.replay else { return };
        let start = Instant::now();
        replay.feed(batch);
        self.busy += start.elapsed();
        self.counts = replay.counts();
    }

    fn foresee(&mut self, future: &Future) {
        if self.replay.is_some() {
            return;
        }
        let start = Instant::now();
        let mut belady = Belady::new(self.capacity, future);
        while belady.advance(future, usize::MAX) {}
        self.busy = start.elapsed();
        self.counts = belady.counts();
    }

    /// Accesses per second while this cache worked.
    fn speed(&self) -> Option<f64> {
        let Counts { requests, writes, deletes, .. } = self.counts;
        let seconds = self.busy.as_secs_f64();
        (seconds > 0.0).then(|| (requests + writes + deletes) as f64 / seconds)
    }

    /// Something to know before one trusts the figures.
    fn remark(&self, has_times: bool) -> Option<String> {
        let replay = self.replay.as_ref()?;
        let name = format!("{} of {}", self.contender.name(), contender::written(self.capacity));
        if !has_times && matches!(self.contender, Contender::Policy(policy) if policy.goes_by_the_clock()) {
            return Some(format!(
                "{name}: goes by the clock, and the trace has no times, so it drew by chance; give it a trace with times"
            ));
        }
        if matches!(self.capacity, Capacity::Bytes(_)) && replay.cache().len() >= MOST_ENTRIES {
            return Some(format!(
                "{name}: reached the {MOST_ENTRIES} entries that can be replayed before its capacity"
            ));
        }
        let too_large = replay.too_large();
        (too_large > 0)
            .then(|| format!("{name}: {too_large} values were larger than the whole cache and not stored"))
    }
}

/// Keeps the trace if the optimum is asked for.
pub(crate) fn keep(future: Option<&mut Future>, batch: &[Access]) -> Result<(), Failure> {
    let Some(future) = future else { return Ok(()) };
    batch
        .iter()
        .try_for_each(|access| future.push(access))
        .map_err(|error| Failure::Unusable(error.to_string()))
}

/// Reads `--ttl`.
pub(crate) fn time_to_live(text: &str) -> Result<u64, Failure> {
    let read = read_duration(text).filter(|ttl| *ttl > 0);
    read.ok_or_else(|| Failure::Unusable(format!("--ttl {text}: give a duration such as 30s or 1h")))
}

fn table(runs: &[Run], summary: &Summary, future: Option<&Future>, ttl: Option<u64>) -> String {
    let mut text = summary.line();
    if let Some(ttl) = ttl {
        text.push_str(&format!("time to live {}\n", format_duration(ttl)));
    }
    text.push('\n');
    let mut table = Table::new([
        ("policy", Align::Left),
        ("capacity", Align::Right),
        ("requests", Align::Right),
        ("misses", Align::Right),
        ("miss ratio", Align::Right),
        ("byte miss ratio", Align::Right),
        ("accesses/s", Align::Right),
    ]);
    for run in runs {
        table.row([
            run.contender.name().to_owned(),
            contender::written(run.capacity),
            count(run.counts.requests),
            count(run.counts.misses),
            ratio(run.counts.miss_ratio()),
            ratio(run.counts.byte_miss_ratio()),
            number(run.speed()),
        ]);
    }
    text.push_str(&table.to_string());
    let remarks: Vec<String> = runs
        .iter()
        .filter_map(|run| run.remark(summary.has_times))
        .chain(future.map(|future| {
            format!(
                "belady: looked ahead over the whole trace, which took {} MB",
                future.memory() / 1_000_000
            )
        }))
        .collect();
    if !remarks.is_empty() {
        text.push_str(&format!("\n{}\n", remarks.join("\n")));
    }
    text
}

/// A ratio with the digits that published ones have; `-` for nothing.
pub(crate) fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.5}"))
}

/// A capacity in two members, a number and what it counts.
pub(crate) fn capacity_members(capacity: Capacity) -> (u64, &'static str) {
    match capacity {
        Capacity::Entries(entries) => (entries, "entries"),
        Capacity::Bytes(bytes) => (bytes, "bytes"),
    }
}

/// One object, or a list of them if there are several caches.
fn objects(runs: &[Run], summary: &Summary) -> String {
    let object = |run: &Run| {
        let (capacity, unit) = capacity_members(run.capacity);
        let mut object = json!({
            "policy": run.contender.name(),
            "capacity": capacity,
            "capacity_unit": unit,
            "requests": run.counts.requests,
            "misses": run.counts.misses,
            "miss_ratio": run.counts.miss_ratio(),
            "byte_miss_ratio": run.counts.byte_miss_ratio(),
            "writes": run.counts.writes,
            "deletes": run.counts.deletes,
            "requests_per_s": run.speed(),
            "format": summary.format.name(),
            "skipped": summary.skipped,
        });
        if let Some(remark) = run.remark(summary.has_times) {
            object["remark"] = json!(remark);
        }
        object
    };
    let mut objects: Vec<Value> = runs.iter().map(object).collect();
    let all = if objects.len() == 1 { objects.remove(0) } else { Value::Array(objects) };
    format!("{all:#}\n")
}

/// What was counted in each window, for spreadsheets.
fn series(runs: &[Run], summary: &Summary) -> String {
    let (start, scale) = if summary.has_times { ("start_s", 1e9) } else { ("start_record", 1.0) };
    let mut text = format!("policy,capacity,{start},requests,misses,miss_ratio,byte_miss_ratio\n");
    let cell = |ratio: Option<f64>| ratio.map_or_else(String::new, |ratio| ratio.to_string());
    for (run, replay) in runs.iter().filter_map(|run| Some((run, run.replay.as_ref()?))) {
        let (capacity, _) = capacity_members(run.capacity);
        for window in replay.windows() {
            let counts = &window.counts;
            text.push_str(&format!(
                "{},{capacity},{},{},{},{},{}\n",
                run.contender.name(),
                window.start as f64 / scale,
                counts.requests,
                counts.misses,
                cell(counts.miss_ratio()),
                cell(counts.byte_miss_ratio()),
            ));
        }
    }
    text
}
