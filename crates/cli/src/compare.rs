//! `headroom compare`: a system in several variants with the same seeds, and what differs between them.
//!
//! Runs are spread over the cores of the machine; which one ends first changes nothing, since each is a value.

use crate::args::CompareArguments;
use crate::failure::Failure;
use crate::source::{self, Source};
use crate::table::{Align, Table, figure};
use crate::{output, progress, vary};
use headroom_core::metrics::Interval;
use headroom_core::session::compare::{Cell, Compared, Variant};
use headroom_core::sim::time::Time;
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde_json::{Value, json};

/// What one run gave: its figures, and the limit it reached if it did.
struct Outcome {
    figures: Vec<Option<f64>>,
    overloaded: Option<String>,
}

/// All runs: by variant, then by seed.
struct Runs {
    variants: Vec<Variant>,
    seeds: Vec<Vec<u64>>,
    outcomes: Vec<Vec<Outcome>>,
}

pub(crate) fn compare(arguments: &CompareArguments) -> Result<(), Failure> {
    let bar = progress::bar(0, "{bar:40} {pos} of {len} runs");
    let source = source::load(&arguments.system)?;
    let runs = make(&source, arguments, &bar)?;
    check_names(&runs, &arguments.metric)?;
    if let Some(file) = &arguments.csv {
        std::fs::write(file, csv(&runs, &arguments.metric))
            .map_err(|error| Failure::Unusable(format!("{}: {error}", file.display())))?;
    }
    let text = if arguments.json { summary(&runs, arguments) } else { tables(&source, &runs, arguments) };
    output::print(&text)?;
    let overloaded = runs.outcomes.iter().flatten().find_map(|outcome| outcome.overloaded.as_ref());
    overloaded.map_or(Ok(()), |limit| Err(Failure::Missed(format!("a run was overloaded: {limit}"))))
}

/// Makes every run of every variant.
fn make(source: &Source, arguments: &CompareArguments, bar: &ProgressBar) -> Result<Runs, Failure> {
    let mut variants = vary::variants(&arguments.vary)?;
    for variant in &mut variants {
        variant.actions.clone_from(&source.actions);
        // What cannot be is said before anything is run.
        cell(source, variant, source.scenario.seed)?;
    }
    let count = u64::from(arguments.seeds);
    let first = |variant: usize| {
        source.scenario.seed + if arguments.independent { variant as u64 * count } else { 0 }
    };
    let seeds: Vec<Vec<u64>> =
        (0..variants.len()).map(|variant| (first(variant)..first(variant) + count).collect()).collect();
    bar.set_length(count * variants.len() as u64);
    let outcome = |variant: &Variant, seed: u64| -> Result<Outcome, Failure> {
        let mut cell = cell(source, variant, seed)?;
        while !cell.advance(u64::MAX) {}
        bar.inc(1);
        Ok(Outcome { figures: cell.figures(&arguments.metric), overloaded: cell.overloaded() })
    };
    let outcomes: Result<Vec<Vec<Outcome>>, Failure> = variants
        .par_iter()
        .zip(&seeds)
        .map(|(variant, seeds)| seeds.par_iter().map(|seed| outcome(variant, *seed)).collect())
        .collect();
    bar.finish_and_clear();
    Ok(Runs { outcomes: outcomes?, variants, seeds })
}

fn cell(source: &Source, variant: &Variant, seed: u64) -> Result<Cell, Failure> {
    let until = source.until.unwrap_or(Time::MAX);
    Cell::new(&source.scenario, variant, seed, until).map_err(|problems| Failure::Problems {
        name: format!("--vary {}", variant.name),
        text: None,
        problems: problems.into_iter().map(source::unplaced).collect(),
    })
}

/// A name that no run knows is a slip of the pen, not an absent figure.
fn check_names(runs: &Runs, names: &[String]) -> Result<(), Failure> {
    let known = |index: usize| runs.outcomes.iter().flatten().any(|outcome| outcome.figures[index].is_some());
    match names.iter().enumerate().find(|(index, _)| !known(*index)) {
        None => Ok(()),
        Some((_, name)) => Err(Failure::Unusable(format!(
            "--metric {name}: no run has this figure; `headroom run --json` shows the names there are"
        ))),
    }
}

/// One figure of all runs.
fn compared(runs: &Runs, metric: usize) -> Option<Compared> {
    let of_variant = |seeds: &Vec<Outcome>| seeds.iter().map(|outcome| outcome.figures[metric]).collect();
    Compared::new(&runs.outcomes.iter().map(of_variant).collect::<Vec<_>>())
}

fn tables(source: &Source, runs: &Runs, arguments: &CompareArguments) -> String {
    let seeds = if arguments.independent { "seeds of its own" } else { "the same seeds" };
    let mut text = format!(
        "{}\n{} variants, each with {seeds}: {} from {} on; intervals of 95 %\n",
        source.scenario.title,
        runs.variants.len(),
        arguments.seeds,
        source.scenario.seed
    );
    for (index, name) in arguments.metric.iter().enumerate() {
        text.push_str(&format!("\n{name}\n"));
        match compared(runs, index) {
            Some(compared) => text.push_str(&table(name, runs, &compared, !arguments.independent)),
            None => text.push_str("-  a run had too few requests to say\n"),
        }
    }
    text
}

fn table(name: &str, runs: &Runs, compared: &Compared, paired: bool) -> String {
    let mut table = Table::new([
        ("variant", Align::Left),
        ("mean", Align::Right),
        ("within", Align::Right),
        ("difference", Align::Right),
        ("within", Align::Right),
        ("runs that agree", Align::Right),
    ]);
    for (index, variant) in runs.variants.iter().enumerate() {
        let mean = compared.mean(index);
        let [difference, within, agree] = if index == 0 {
            ["-", "-", "-"].map(str::to_owned)
        } else {
            let difference = compared.difference(index, paired);
            let interval = difference.interval;
            let sign = if interval.mean > 0.0 { "+" } else { "" };
            [
                format!("{sign}{}", figure(name, interval.mean)),
                plus_minus(name, interval),
                format!("{} of {}", difference.agree, difference.of),
            ]
        };
        table.row([
            variant.name.clone(),
            figure(name, mean.mean),
            plus_minus(name, mean),
            difference,
            within,
            agree,
        ]);
    }
    table.to_string()
}

fn plus_minus(name: &str, interval: Interval) -> String {
    format!("+-{}", figure(name, interval.half_width))
}

/// Every run by itself, for spreadsheets.
fn csv(runs: &Runs, names: &[String]) -> String {
    let mut text = format!("variant,seed,{}\n", names.join(","));
    for ((variant, seeds), outcomes) in runs.variants.iter().zip(&runs.seeds).zip(&runs.outcomes) {
        for (seed, outcome) in seeds.iter().zip(outcomes) {
            let figures =
                outcome.figures.iter().map(|figure| figure.map_or_else(String::new, |it| it.to_string()));
            let name = variant.name.replace('"', "\"\"");
            text.push_str(&format!("\"{name}\",{seed},{}\n", figures.collect::<Vec<_>>().join(",")));
        }
    }
    text
}

/// The tables as one JSON object.
fn summary(runs: &Runs, arguments: &CompareArguments) -> String {
    let paired = !arguments.independent;
    let interval = |interval: Interval| {
        let (low, high) = interval.ends();
        json!({ "mean": interval.mean, "low": low, "high": high })
    };
    let figures = |variant: usize| -> serde_json::Map<String, Value> {
        let of_metric = |(index, name): (usize, &String)| {
            let compared = compared(runs, index)?;
            let mut figure = interval(compared.mean(variant));
            if variant > 0 {
                let difference = compared.difference(variant, paired);
                figure["difference"] = interval(difference.interval);
                figure["difference"]["runs_that_agree"] = json!(difference.agree);
            }
            Some((name.clone(), figure))
        };
        arguments.metric.iter().enumerate().filter_map(of_metric).collect()
    };
    let variants = runs.variants.iter().enumerate().map(|(index, variant)| {
        json!({ "variant": variant.name, "seeds": runs.seeds[index], "figures": figures(index) })
    });
    let all = json!({ "engine": headroom_core::ENGINE, "common_random_numbers": paired, "variants": variants.collect::<Vec<_>>() });
    format!("{all:#}\n")
}
