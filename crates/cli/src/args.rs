//! What can be asked for.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
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
