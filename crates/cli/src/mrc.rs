//! `headroom mrc`: miss-ratio curves, the miss ratio of each policy over the size of the cache.
//!
//! The trace is read once. LRU by entries takes one pass for all sizes (Mattson); everything else is replayed at each
//! size, spread over the cores of the machine. With `--sample` the same is done for several samples of the keys, each
//! with caches as much smaller, and what they differ by tells the error (SHARDS, and miniature simulations).

use crate::accesses::{Accesses, Summary};
use crate::args::MrcArguments;
use crate::contender::{self, Sizes};
use crate::failure::Failure;
use crate::replay::{capacity_members, keep, ratio};
use crate::table::{Align, Table};
use crate::{output, plot};
use headroom_core::engine::cache::{
    Access, Belady, Counts, Future, Operation, Policy, Replay, Sample, Settings, StackDistances,
};
use headroom_core::metrics::Interval;
use headroom_core::race::Contender;
use rayon::prelude::*;
use serde_json::{Value, json};

/// Samples that are taken, each of the rate asked for: enough to tell how far one may be off.
const SAMPLES: u64 = 8;

/// A scaled cache of fewer entries than this is not like a large one.
const FEWEST_SCALED: u64 = 100;

/// All caches that see the same keys.
struct Pass {
    /// None for the whole trace.
    sample: Option<Sample>,
    /// Reads and bytes of the whole trace.
    requests: u64,
    sampled: Vec<Access>,
    distances: Option<StackDistances>,
    /// By contender, then by size, of those that are replayed.
    replays: Vec<Replay>,
    future: Option<Future>,
}

/// The miss ratio of one policy at one size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) size: u64,
    pub(crate) miss_ratio: f64,
    /// How far the true one may lie from it, with 95 % confidence; none if it is exact.
    pub(crate) half_width: Option<f64>,
    byte_miss_ratio: Option<f64>,
}

/// One policy.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<Point>,
}

pub(crate) fn mrc(arguments: &MrcArguments) -> Result<(), Failure> {
    let sizes = &arguments.sizes;
    let ttl = arguments.ttl.as_deref().map(crate::replay::time_to_live).transpose()?;
    if ttl.is_some() && arguments.policies.contains(&Contender::Belady) {
        return Err(Failure::Unusable("belady knows no time to live; leave out --ttl".to_owned()));
    }
    let in_one_pass = |contender: Contender| {
        contender == Contender::Policy(Policy::Lru) && !sizes.in_bytes && ttl.is_none()
    };
    let samples = match arguments.sample {
        None => vec![None],
        Some(rate) => (0..SAMPLES).map(|salt| Some(Sample::new(rate, salt))).collect(),
    };
    let pass = |sample: Option<Sample>| {
        let replayed = arguments.policies.iter().filter(|contender| !in_one_pass(**contender));
        let settings = replayed.flat_map(|contender| {
            let policy = if let Contender::Policy(policy) = contender { Some(*policy) } else { None };
            policy.into_iter().flat_map(|policy| {
                sizes.numbers.iter().map(move |size| {
                    let capacity = sizes.capacity(sample.map_or(*size, |sample| sample.scaled(*size)));
                    Settings { policy, capacity, ttl }
                })
            })
        });
        Pass {
            sample,
            requests: 0,
            sampled: Vec::new(),
            distances: arguments.policies.iter().any(|it| in_one_pass(*it)).then(StackDistances::new),
            replays: settings.map(|settings| Replay::new(settings, 1)).collect(),
            future: arguments.policies.contains(&Contender::Belady).then(Future::new),
        }
    };
    let mut passes: Vec<Pass> = samples.into_iter().map(pass).collect();
    let accesses = Accesses::open(&arguments.trace, ttl.is_some())?;
    let summary =
        accesses.for_each_batch(|batch| passes.par_iter_mut().try_for_each(|pass| pass.feed(batch)))?;
    passes.par_iter_mut().filter_map(|pass| pass.future.as_mut()).for_each(Future::close);

    let mut replayed = 0;
    let mut curves = Vec::new();
    for &contender in &arguments.policies {
        let first = replayed;
        let of_pass = |pass: &Pass| match contender {
            Contender::Belady => pass.foresee(sizes),
            _ if in_one_pass(contender) => pass.in_one_pass(sizes),
            _ => pass.replays[first..first + sizes.numbers.len()].iter().map(Replay::counts).collect(),
        };
        let counts: Vec<Vec<Counts>> = passes.par_iter().map(of_pass).collect();
        if contender != Contender::Belady && !in_one_pass(contender) {
            replayed += sizes.numbers.len();
        }
        curves.push(Curve { name: contender.name().to_owned(), points: points(sizes, &passes, &counts) });
    }
    write_files(arguments, &curves)?;
    let text = if arguments.json {
        object(&curves, arguments, &summary)
    } else {
        table(&curves, arguments, &summary)
    };
    output::print(&text)
}

impl Pass {
    fn feed(&mut self, batch: &[Access]) -> Result<(), Failure> {
        self.requests += batch.iter().filter(|access| access.operation == Operation::Read).count() as u64;
        let seen = match &self.sample {
            None => batch,
            Some(sample) => {
                self.sampled.clear();
                self.sampled.extend(batch.iter().filter(|access| sample.takes(access.key)));
                &self.sampled
            }
        };
        let (distances, replays, future) = (&mut self.distances, &mut self.replays, &mut self.future);
        let ((), (kept, ())) = rayon::join(
            || distances.iter_mut().for_each(|distances| seen.iter().for_each(|it| _ = distances.access(it))),
            || {
                rayon::join(
                    || keep(future.as_mut(), seen),
                    || replays.par_iter_mut().for_each(|replay| replay.feed(seen)),
                )
            },
        );
        kept
    }

    fn scaled(&self, sizes: &Sizes) -> Vec<u64> {
        let scaled = |size: &u64| self.sample.map_or(*size, |sample| sample.scaled(*size));
        sizes.numbers.iter().map(scaled).collect()
    }

    fn in_one_pass(&self, sizes: &Sizes) -> Vec<Counts> {
        self.distances.as_ref().map_or_else(Vec::new, |distances| distances.curve(self.scaled(sizes)))
    }

    fn foresee(&self, sizes: &Sizes) -> Vec<Counts> {
        let Some(future) = &self.future else { return Vec::new() };
        let counts = |size: u64| {
            let mut belady = Belady::new(sizes.capacity(size), future);
            while belady.advance(future, usize::MAX) {}
            belady.counts()
        };
        self.scaled(sizes).into_par_iter().map(counts).collect()
    }

    fn miss_ratio(&self, counts: &Counts) -> Option<f64> {
        match &self.sample {
            None => counts.miss_ratio(),
            Some(sample) => sample.miss_ratio(counts.misses, self.requests),
        }
    }
}

/// One curve from the counts of every pass; a trace without reads has none.
fn points(sizes: &Sizes, passes: &[Pass], counts: &[Vec<Counts>]) -> Vec<Point> {
    let point = |(at, size): (usize, &u64)| {
        let of_pass = |(pass, counts): (&Pass, &Vec<Counts>)| pass.miss_ratio(&counts[at]);
        let ratios: Vec<f64> = passes.iter().zip(counts).map(of_pass).collect::<Option<_>>()?;
        let interval = Interval::of(&ratios);
        let is_exact = passes.len() == 1;
        Some(Point {
            size: *size,
            miss_ratio: interval.mean,
            half_width: (!is_exact).then_some(interval.half_width),
            byte_miss_ratio: counts[0][at].byte_miss_ratio().filter(|_| is_exact),
        })
    };
    sizes.numbers.iter().enumerate().filter_map(point).collect()
}

fn write_files(arguments: &MrcArguments, curves: &[Curve]) -> Result<(), Failure> {
    let write = |file: &std::path::Path, text: String| {
        std::fs::write(file, text).map_err(|error| Failure::Unusable(format!("{}: {error}", file.display())))
    };
    if let Some(file) = &arguments.csv {
        write(file, csv(curves, &arguments.sizes))?;
    }
    if let Some(file) = &arguments.svg {
        let axis = if arguments.sizes.in_bytes { "cache size, bytes" } else { "cache size, entries" };
        write(file, plot::curves(curves, axis)?)?;
    }
    Ok(())
}

/// A row for each size, a column for each policy.
fn table(curves: &[Curve], arguments: &MrcArguments, summary: &Summary) -> String {
    let mut text = summary.line();
    if let Some(rate) = arguments.sample {
        text.push_str(&format!(
            "estimated from {SAMPLES} samples of {} of the keys; +- is an interval of 95 %\n",
            crate::table::percent(Some(rate))
        ));
    }
    text.push('\n');
    let sizes = &arguments.sizes;
    let names = curves.iter().map(|curve| (curve.name.as_str(), Align::Right));
    let mut table = Table::with_columns([("size", Align::Right)].into_iter().chain(names));
    for (at, size) in sizes.numbers.iter().enumerate() {
        let cell = |curve: &Curve| match curve.points.get(at) {
            None => "-".to_owned(),
            Some(point) => {
                let width = point.half_width.map_or_else(String::new, |width| format!(" +-{width:.5}"));
                format!("{}{width}", ratio(Some(point.miss_ratio)))
            }
        };
        let cells = curves.iter().map(cell);
        table.row_of([contender::written_short(sizes.capacity(*size))].into_iter().chain(cells).collect());
    }
    text.push_str(&table.to_string());
    let too_few = |rate: f64| !sizes.in_bytes && sizes.numbers[0] as f64 * rate < FEWEST_SCALED as f64;
    if arguments.sample.is_some_and(too_few) {
        let least = (FEWEST_SCALED as f64 / arguments.sample.unwrap_or(1.0)).ceil() as u64;
        text.push_str(&format!(
            "\nbelow {} entries a sample stands for too few; what that does is not in the interval\n",
            crate::table::count(least)
        ));
    }
    text
}

fn object(curves: &[Curve], arguments: &MrcArguments, summary: &Summary) -> String {
    let point = |point: &Point| {
        let mut object = json!({ "capacity": point.size, "miss_ratio": point.miss_ratio });
        if let Some(width) = point.half_width {
            object["half_width"] = json!(width);
        }
        if let Some(ratio) = point.byte_miss_ratio {
            object["byte_miss_ratio"] = json!(ratio);
        }
        object
    };
    let curve = |curve: &Curve| -> Value {
        json!({ "policy": curve.name, "points": curve.points.iter().map(point).collect::<Vec<_>>() })
    };
    let (_, unit) = capacity_members(arguments.sizes.capacity(1));
    let all = json!({
        "format": summary.format.name(),
        "accesses": summary.accesses,
        "skipped": summary.skipped,
        "sample": arguments.sample,
        "capacity_unit": unit,
        "curves": curves.iter().map(curve).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn csv(curves: &[Curve], sizes: &Sizes) -> String {
    let (_, unit) = capacity_members(sizes.capacity(1));
    let mut text = format!("policy,capacity_{unit},miss_ratio,half_width,byte_miss_ratio\n");
    let cell = |figure: Option<f64>| figure.map_or_else(String::new, |figure| figure.to_string());
    for curve in curves {
        for point in &curve.points {
            text.push_str(&format!(
                "{},{},{},{},{}\n",
                curve.name,
                point.size,
                point.miss_ratio,
                cell(point.half_width),
                cell(point.byte_miss_ratio)
            ));
        }
    }
    text
}
