//! Runs of scenarios for tests: what a scenario comes to with some settings changed.

use std::path::Path;
use std::sync::Arc;

use headroom_core::metrics::Report;
use headroom_core::scenario::{Scenario, Value};
use headroom_core::session::{Ended, Session};

/// The text of a scenario in `golden/`.
///
/// # Panics
/// If there is none of that name.
pub fn golden(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name).with_extension("toml");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The report of a whole run of a scenario with some settings changed.
///
/// # Panics
/// If the scenario or a change is wrong: it is part of the test.
pub fn report(text: &str, changes: &[(&str, Value)]) -> Report {
    let mut session = session(text, changes);
    while session.advance(session.duration(), u64::MAX).ended == Ended::No {}
    session.report()
}

/// A run that has not begun.
///
/// # Panics
/// As [`report`].
pub fn session(text: &str, changes: &[(&str, Value)]) -> Session {
    let changes: Vec<(String, Value)> =
        changes.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
    let scenario = Scenario::read(text).and_then(|scenario| scenario.with(&changes));
    let scenario = scenario.unwrap_or_else(|problems| panic!("{problems:#?}"));
    Session::new(Arc::new(scenario), Vec::new()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}
