//! `headroom check`: what is wrong with scenario files, all of it.

use crate::args::CheckArguments;
use crate::failure::Failure;
use crate::{output, source};
use headroom_core::scenario::Scenario;
use headroom_core::session::Session;
use std::sync::Arc;

pub(crate) fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let mut fine = String::new();
    let mut failures = Vec::new();
    for file in &arguments.files {
        match check_file(file) {
            Ok(scenario) => fine.push_str(&format!("{file}: fine, \"{}\"\n", scenario.title)),
            Err(failure) => failures.push(failure),
        }
    }
    let Some(last) = failures.pop() else { return output::print(&fine) };
    // Standard output stays empty if anything is wrong.
    eprint!("{fine}");
    failures.iter().for_each(Failure::show);
    Err(last)
}

fn check_file(file: &str) -> Result<Scenario, Failure> {
    let text = source::read_scenario_text(file)?;
    let scenario = source::parse_scenario(file, &text)?;
    // Actions are judged when a run is built.
    match Session::new(Arc::new(scenario.clone()), Vec::new()) {
        Ok(_) => Ok(scenario),
        Err(problems) => Err(Failure::Problems { name: file.to_owned(), text: Some(text), problems }),
    }
}
