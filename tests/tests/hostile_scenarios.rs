//! Scenario texts that somebody damaged, mixed up or made of nothing: reading never panics, every problem lies in the
//! text, and what is accepted all the same runs. 40,000 texts: good ones (the golden runs and the labs) with words
//! exchanged, lines moved and bytes changed, bad ones (`tests/bad`), and words of the language in any order.

#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use headroom_core::scenario::Scenario;
use headroom_core::session::Session;
use headroom_tests::bad::files;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Events that an accepted scenario is run for.
const EVENTS: u64 = 300;

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let paths = fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path());
    let mut golden: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    golden.sort();
    let golden = golden.iter().map(|path| fs::read_to_string(path).unwrap());
    let labs = headroom_labs::labs().iter().map(|lab| lab.scenario.clone());
    golden.chain(labs).chain(files().into_iter().map(|bad| bad.text)).collect()
});

/// What stands in scenario files, and what should not.
const WORDS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "1.5",
    "1e300",
    "-0.0",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "9223372036854775807",
    "true",
    "\"0s\"",
    "\"1ns\"",
    "\"8760h\"",
    "\"-1s\"",
    "\"1ms\"",
    "\"10s\"",
    "\"64 MiB\"",
    "\"0 B\"",
    "\"none\"",
    "\"unlimited\"",
    "\"\"",
    "\"é\"",
    "\"server\"",
    "\"clients\"",
    "\"app\"",
    "\"db\"",
    "\"lb\"",
    "\"cache\"",
    "[]",
    "{}",
    "[\"server\"]",
    "[\"app\", \"app\"]",
    "\"poisson\"",
    "\"closed\"",
    "\"profile\"",
    "\"zipf\"",
    "\"fifo\"",
    "\"lifo\"",
    "\"processor-sharing\"",
    "\"random\"",
    "{ distribution = \"fixed\", value = \"0s\" }",
    "{ distribution = \"pareto\", min = \"1ns\", alpha = 0.1, cap = \"8760h\" }",
    "{ process = \"closed\", users = 3 }",
    "{ process = \"constant\", rate = 1_000_000 }",
    "{ process = \"profile\", shape = \"ramp\", points = [{ at = \"0s\", rate = 0 }, { at = \"1s\", rate = 9 }] }",
    "{ pool_size = 1, max_overflow = 0, timeout = \"0s\", recycle = \"1ns\", pre_ping = true }",
    "{ pool_size = 1, max_overflow = 1, timeout = \"1ms\", streams = 2 }",
    "1979-05-27",
    "0x10",
    "=",
    "#",
    "'",
    "\"\"\"",
    "[",
    "]",
    "{",
    "}",
    "\u{0}",
    "\u{feff}",
    "\r",
];

/// Names of keys, tables and what joins them.
const KEYS: &[&str] = &[
    "title",
    "duration",
    "warmup",
    "seed",
    "view",
    "kind",
    "to",
    "arrivals",
    "cores",
    "workers",
    "queue",
    "replicas",
    "service_time",
    "cache",
    "capacity",
    "capacity_bytes",
    "ttl",
    "latency",
    "price",
    "pool",
    "loss",
    "jitter",
    "bandwidth",
    "timeout",
    "deadline",
    "[nodes.a]",
    "[nodes.clients]",
    "[links.\"a -> b\"]",
    "[[actions]]",
    "at",
    "do",
    "node",
    "factor",
    "for",
    "path",
    "value",
    "between",
    "limits.alive",
];

/// What is done to a text.
#[derive(Clone, Debug)]
enum Damage {
    /// The value of a line becomes another.
    Value(Index, &'static str),
    /// A line goes.
    Cut(Index),
    /// A line stands somewhere else too.
    Again(Index, Index),
    /// A line of another text comes in.
    Foreign(Index, Index, Index),
    /// A line gets another key.
    Key(Index, &'static str),
    /// A byte becomes another.
    Byte(Index, u8),
    /// The text ends early.
    End(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        6 => (index(), select(WORDS)).prop_map(|(line, word)| Damage::Value(line, word)),
        2 => index().prop_map(Damage::Cut),
        1 => (index(), index()).prop_map(|(from, to)| Damage::Again(from, to)),
        2 => (index(), index(), index()).prop_map(|(text, from, to)| Damage::Foreign(text, from, to)),
        2 => (index(), select(KEYS)).prop_map(|(line, key)| Damage::Key(line, key)),
        2 => (index(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        1 => index().prop_map(Damage::End),
    ]
}

fn apply(text: &str, damage: &Damage) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return text.to_owned();
    }
    let count = lines.len();
    let changed = |line: &str, key: Option<&str>, value: Option<&str>| match line.split_once('=') {
        Some((old_key, old)) => format!("{} = {}", key.unwrap_or(old_key), value.unwrap_or(old)),
        None => key.or(value).unwrap_or_default().to_owned(),
    };
    match damage {
        Damage::Value(line, word) => {
            let line = line.index(count);
            lines[line] = changed(&lines[line], None, Some(word));
        }
        Damage::Key(line, key) => {
            let line = line.index(count);
            lines[line] = changed(&lines[line], Some(key), None);
        }
        Damage::Cut(line) => drop(lines.remove(line.index(count))),
        Damage::Again(from, to) => lines.insert(to.index(count), lines[from.index(count)].clone()),
        Damage::Foreign(text, from, to) => {
            let foreign: Vec<&str> = text.get(&TEXTS).lines().collect();
            if !foreign.is_empty() {
                lines.insert(to.index(count), (*from.get(&foreign)).to_owned());
            }
        }
        Damage::Byte(at, byte) => {
            let mut bytes = text.as_bytes().to_vec();
            let at = at.index(bytes.len().max(1));
            if let Some(place) = bytes.get_mut(at) {
                *place = *byte;
            }
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        Damage::End(at) => {
            return String::from_utf8_lossy(&text.as_bytes()[..at.index(text.len().max(1))]).into_owned();
        }
    }
    lines.join("\n")
}

/// Reads a text as everything that takes one does, and runs what comes of it.
fn try_out(text: &str) {
    match Scenario::read(text) {
        Err(problems) => {
            assert!(!problems.is_empty() && problems.len() <= 100, "{} problems", problems.len());
            for problem in problems {
                assert!(!problem.message.is_empty());
                assert!(problem.span.is_none_or(|span| text.get(span).is_some()), "outside of the text");
            }
        }
        Ok(scenario) => {
            let duration = scenario.duration;
            let mut session = Session::new(Arc::new(scenario), Vec::new()).unwrap();
            session.advance(duration, EVENTS);
            assert_eq!(session.report().digest.len(), 16);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(25_000) })]

    #[test]
    fn a_damaged_scenario_is_refused_or_runs(
        text in any::<Index>(),
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let text = damages.iter().fold(text.get(&TEXTS).clone(), |text, damage| apply(&text, damage));
        try_out(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn words_in_any_order_are_refused_or_run(
        pieces in proptest::collection::vec((select(KEYS), select(&[" = ", "=", ".", "\n", " "][..]), select(WORDS)), 0..20),
    ) {
        let line = |(key, join, word): (&str, &str, &str)| format!("{key}{join}{word}\n");
        try_out(&pieces.into_iter().map(line).collect::<String>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5_000) })]

    #[test]
    fn rubbish_is_refused(text in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        try_out(&text);
        prop_assert!(Scenario::read(&text).is_err());
        prop_assert!(Scenario::read_bytes(&bytes).is_err());
    }
}
