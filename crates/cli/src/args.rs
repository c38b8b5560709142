//! What can be asked for.

use crate::contender::{self, Sizes};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use headroom_core::engine::cache::Capacity;
use headroom_core::race::Contender;
use headroom_core::trace::Format;
use std::path::PathBuf;

/// Scalability patterns as runs that can be repeated: scenario + seed + actions give the same run, bit for bit.
#[derive(Debug, Parser)]
#[command(name = "headroom", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario, a lab or a shared run and print its figures.
    Run(RunArguments),
    /// Run a system in several variants with the same seeds and say what differs, and how surely.
    Compare(CompareArguments),
    /// Replay a recorded trace of cache accesses and print how often each policy misses.
    ///
    /// A read that misses stores what it read. Several policies and capacities share one pass over the trace, whose
    /// length does not matter for memory; only `belady`, the optimum that knows the future, keeps it, in 8 to 17 bytes
    /// an access.
    Replay(ReplayArguments),
    /// Print the miss-ratio curve of a trace: how often caches of each size miss.
    ///
    /// LRU takes one pass for all sizes in entries; other policies are replayed at each size.
    Mrc(MrcArguments),
    /// Say everything that is wrong with scenario files.
    Check(CheckArguments),
    /// List the labs.
    Labs(LabsArguments),
    /// Print the JSON Schema of scenario files.
    ///
    /// It says what each setting means, its default, unit and range, so that an editor completes and checks a scenario
    /// while it is written. Save it (`headroom schema > headroom.schema.json`) and name it in the scenario's first
    /// line: `#:schema ./headroom.schema.json`.
    ///
    /// Keys of its own: `x-live` says when a change is felt in a run that goes on (now, next, drain, rebuild, restart),
    /// `x-unit` what a number counts, `x-min` and `x-max` the bounds of durations and sizes; `x-usual`, `x-scale` and
    /// `x-step` how a slider runs.
    Schema,
    /// Print a script that completes commands and options in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct SystemArguments {
    /// A scenario file (.toml), a run file (.json), the id of a lab, or a whole link that somebody shared; `-` reads
    /// a scenario from standard input.
    pub(crate) source: String,
    /// Start of all luck, below 2^53, in place of the scenario's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..1 << 53))]
    pub(crate) seed: Option<u64>,
    /// Length of the run, such as 60s, in place of the scenario's.
    #[arg(long)]
    pub(crate) duration: Option<String>,
    /// Change a setting, such as nodes.cache.capacity=100. May be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) system: SystemArguments,
    /// Print one JSON object in place of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write what happened in each 250 ms to a CSV file.
    #[arg(long, value_name = "FILE")]
    pub(crate) series: Option<PathBuf>,
    /// Print everything one request caused: its 16 hexadecimal digits, or `slowest`.
    #[arg(long, value_name = "ROOT", conflicts_with = "json")]
    pub(crate) trace: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    #[command(flatten)]
    pub(crate) system: SystemArguments,
    /// A setting and the values to try, such as nodes.lb.algorithm=round-robin,least-connections. The first variant is
    /// what the others are compared with; one value alone is compared with the system as it is. Given several times,
    /// every combination is run.
    #[arg(long, required = true, value_name = "PATH=VALUE,...")]
    pub(crate) vary: Vec<String>,
    /// How many seeds each variant runs with: the system's own and those after it.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) seeds: u32,
    /// A figure to compare, by its name in `headroom run --json`. May be given several times.
    #[arg(long, value_name = "FIGURE", default_values = ["latency_s.mean", "latency_s.p99", "requests.ok_ratio", "throughput_per_s", "cost_per_hour"])]
    pub(crate) metric: Vec<String>,
    /// Give each variant seeds of its own, to see what common random numbers are worth.
    #[arg(long)]
    pub(crate) independent: bool,
    /// Print one JSON object in place of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the figures of every single run to a CSV file.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
}

/// A trace and how it is read.
#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// A file of recorded accesses, packed by Zstandard if its name ends in .zst; `-` reads standard input, packed or not.
    pub(crate) trace: String,
    /// How accesses are written: u32le and u64le (little-endian keys), csv, oracle-general (libCacheSim's 24-byte
    /// records). Without it the name tells: .u32le, .u64le, .csv, .oracleGeneral.
    #[arg(long, value_parser = Format::ALL.map(Format::name))]
    pub(crate) format: Option<String>,
    /// Leave out records that cannot be read, and count them, in place of stopping at the first.
    #[arg(long)]
    pub(crate) skip_bad: bool,
    /// CSV: the column of keys, by name or by number from 1. What is no number is hashed.
    #[arg(long, value_name = "COLUMN", help_heading = "CSV")]
    pub(crate) key_column: Option<String>,
    /// CSV: the column of sizes in bytes.
    #[arg(long, value_name = "COLUMN", help_heading = "CSV")]
    pub(crate) size_column: Option<String>,
    /// CSV: the column of times.
    #[arg(long, value_name = "COLUMN", help_heading = "CSV")]
    pub(crate) time_column: Option<String>,
    /// CSV: the column of lifetimes; 0 or nothing for none.
    #[arg(long, value_name = "COLUMN", help_heading = "CSV")]
    pub(crate) ttl_column: Option<String>,
    /// CSV: the column of operations, such as get, set and delete.
    #[arg(long, value_name = "COLUMN", help_heading = "CSV")]
    pub(crate) operation_column: Option<String>,
    /// CSV: the first line is no header; columns are told by number, the key is the first one.
    #[arg(long, help_heading = "CSV")]
    pub(crate) no_header: bool,
    /// CSV: what is between fields, one character or `tab`.
    #[arg(long, default_value = ",", value_parser = delimiter, help_heading = "CSV")]
    pub(crate) delimiter: u8,
    /// CSV: what times and lifetimes are counted in.
    #[arg(long, default_value = "s", help_heading = "CSV")]
    pub(crate) time_unit: TimeUnit,
}

/// What times are counted in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TimeUnit {
    S,
    Ms,
    Us,
    Ns,
}

impl TimeUnit {
    pub(crate) fn nanos(self) -> u64 {
        match self {
            TimeUnit::S => 1_000_000_000,
            TimeUnit::Ms => 1_000_000,
            TimeUnit::Us => 1_000,
            TimeUnit::Ns => 1,
        }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text == "tab" => Ok(b'\t'),
        [byte] if !matches!(byte, b'"' | b'\n' | b'\r' | b' ') => Ok(*byte),
        _ => Err("give one character such as ; or |, or tab".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) trace: TraceArguments,
    /// Who leaves when the cache is full: the policies of scenarios, or belady. Several are compared.
    #[arg(long, required = true, value_delimiter = ',', value_parser = contender::contender, value_name = "POLICY,...")]
    pub(crate) policy: Vec<Contender>,
    /// Room in entries, such as 1000, or in bytes, such as 64MiB. Several are compared.
    #[arg(long, required = true, value_delimiter = ',', value_parser = contender::capacity, value_name = "CAPACITY,...")]
    pub(crate) capacity: Vec<Capacity>,
    /// Age at which an entry no longer counts, such as 30s; what a record says goes before it.
    #[arg(long, value_name = "DURATION")]
    pub(crate) ttl: Option<String>,
    /// Print one JSON object in place of a table; a list of them for several caches.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write what happened over time, in at most 1,024 windows, to a CSV file; not of belady.
    #[arg(long, value_name = "FILE")]
    pub(crate) series: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MrcArguments {
    #[command(flatten)]
    pub(crate) trace: TraceArguments,
    /// The policies of scenarios, or belady.
    #[arg(long, default_value = "lru", value_delimiter = ',', value_parser = contender::contender, value_name = "POLICY,...")]
    pub(crate) policies: Vec<Contender>,
    /// Sizes in entries or bytes, such as 100,1000,10000, or a range such as 100..1000000:13, of 13 sizes each larger
    /// by the same factor.
    #[arg(long, default_value = "100..1000000:13", value_parser = contender::sizes)]
    pub(crate) sizes: Sizes,
    /// Estimate from samples of the keys, such as 0.01 of them, and say how surely.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) sample: Option<f64>,
    /// Age at which an entry no longer counts, such as 30s; LRU then takes a replay for each size.
    #[arg(long, value_name = "DURATION")]
    pub(crate) ttl: Option<String>,
    /// Print one JSON object in place of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the curves to a CSV file.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Draw the curves to an SVG file.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "give a share of the keys between 0 and 1, such as 0.01".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Scenario files; `-` reads standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LabsArguments {
    /// Print a JSON array in place of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
