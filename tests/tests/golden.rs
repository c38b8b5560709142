//! Golden runs: every scenario in `golden/` and every lab gives the digest that `golden/digests.json` holds. The
//! browser tests compare the page's worker with the same file, so that all builds give the same runs.
//!
//! A changed digest means that old links and run files no longer give the run they were made from. Where that is
//! meant, raise `headroom_core::ENGINE` and write the file anew with `HEADROOM_BLESS=1 cargo test --test golden`.

#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use headroom_core::ENGINE;
use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};
use serde::{Deserialize, Serialize};

/// Frames of the run in slices.
const FRAMES: u64 = 10_000;

#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Golden {
    engine: u32,
    /// By name of the file.
    scenarios: BTreeMap<String, String>,
    /// By the lab's id.
    labs: BTreeMap<String, String>,
}

#[test]
fn runs_are_the_golden_runs() {
    let scenarios = scenarios().into_iter().map(|(name, text)| (name, in_one_step(&text))).collect();
    let labs = headroom_labs::labs().iter();
    let labs = labs.map(|lab| (lab.id.clone(), in_one_step(&lab.scenario))).collect();
    let now = Golden { engine: ENGINE, scenarios, labs };
    let file = folder().join("digests.json");
    if std::env::var_os("HEADROOM_BLESS").is_some() {
        fs::write(&file, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    }
    let golden: Golden = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(now, golden);
}

#[test]
fn a_run_in_many_frames_is_the_run_in_one_step() {
    for (name, text) in scenarios() {
        assert_eq!(in_frames(&text), in_one_step(&text), "{name}");
    }
}

fn in_one_step(text: &str) -> String {
    let mut session = session(text);
    while session.advance(session.duration(), u64::MAX).ended == Ended::No {}
    session.report().digest
}

fn in_frames(text: &str) -> String {
    let mut session = session(text);
    for frame in 1..=FRAMES {
        session.advance(session.duration() / FRAMES * frame, u64::MAX);
    }
    while session.advance(session.duration(), u64::MAX).ended == Ended::No {}
    session.report().digest
}

fn session(text: &str) -> Session {
    let scenario = Scenario::read(text).unwrap();
    Session::new(Arc::new(scenario), Vec::new()).unwrap()
}

/// Name and text of each file in `golden/`.
fn scenarios() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(file).unwrap())
    };
    files.iter().map(read).collect()
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/golden"))
}
