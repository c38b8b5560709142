//! The schema and the reader say the same. Everything is generated from the schema itself, so a new setting is tested
//! as soon as it stands in it; that none is missing from it, the reader's own list of keys proves.

mod fits;
pub(crate) mod places;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use self::places::{Place, Table, leaves, tables};
use super::super::read::{Tree, parse_path};
use super::super::{Problem, Scenario, Value, units};
use super::json_schema;

/// What is wrong with a file that has a value in a place and nothing else, but what says which table it stands in.
fn problems(place: &Place, value: &Json) -> Vec<Problem> {
    let file: Value = serde_json::from_value(place.file(value)).unwrap();
    Scenario::from_tree(Arc::new(Tree::from(&file))).err().unwrap_or_default()
}

/// Whether the reader takes a value in a place, whatever else is missing.
#[track_caller]
fn check(place: &Place, value: &Json, taken: bool) {
    let found = problems(place, value);
    // That one of two must be given is not in the schema.
    let wrong = |problem: &&Problem| problem.path == place.path() && !problem.message.starts_with("missing");
    let here: Vec<_> = found.iter().filter(wrong).collect();
    assert_eq!(here.is_empty(), taken, "{} = {value}: {here:?}", place.path());
}

#[test]
fn values_outside_the_stated_ranges_are_refused_and_those_at_the_bounds_taken() {
    let mut ranges = 0;
    for (place, schema) in leaves(&json_schema()) {
        for option in places::options(&schema) {
            if let [Some(least), Some(most)] = ["minimum", "maximum"].map(|key| option.get(key)) {
                let whole = option["type"] != "number";
                check_numbers(&place, least.as_f64().unwrap(), most.as_f64().unwrap(), whole);
                ranges += 1;
            }
            if let [Some(least), Some(most)] = ["minLength", "maxLength"].map(|key| option[key].as_u64()) {
                for (length, taken) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
                    // Which node it names is judged elsewhere; the one the place stands in is called x.
                    let of_length = "y".repeat(length as usize);
                    let refused = problems(&place, &json!(of_length)).iter().any(|problem| {
                        problem.path == place.path() && !problem.message.contains("no node is called")
                    });
                    assert_eq!(refused, !taken, "{}: {length} characters", place.path());
                }
            }
        }
        if let [Some(least), Some(most)] = ["x-min", "x-max"].map(|key| schema[key].as_str()) {
            check_amounts(&place, least, most);
            ranges += 1;
        }
        for key in ["minItems", "maxItems"] {
            if let Some(bound) = schema[key].as_u64() {
                let wrong = if key == "minItems" { bound - 1 } else { bound + 1 };
                check(&place, &json!(vec![json!("x"); wrong as usize]), false);
            }
        }
    }
    assert!(ranges > 80, "{ranges} ranges");
}

fn check_numbers(place: &Place, least: f64, most: f64, whole: bool) {
    let number = |number: f64| if whole { json!(number as i64) } else { json!(number) };
    check(place, &number(least), true);
    check(place, &number(most), true);
    let (below, above) = if whole { (least - 1.0, most + 1.0) } else { (least.next_down(), most.next_up()) };
    check(place, &number(below), false);
    check(place, &number(above), false);
}

fn check_amounts(place: &Place, least: &str, most: &str) {
    let is_size = least.ends_with('B');
    let parse = |text| if is_size { units::parse_size(text) } else { units::parse_duration(text) };
    let print = |amount| if is_size { units::format_size(amount) } else { units::format_duration(amount) };
    check(place, &json!(least), true);
    check(place, &json!(most), true);
    let below = parse(least).unwrap().checked_sub(1).map_or("-1ns".to_owned(), print);
    check(place, &json!(below), false);
    check(place, &json!(print(parse(most).unwrap() + 1)), false);
    check(place, &json!("much"), false);
}

#[test]
fn words_and_types_are_as_stated() {
    for (place, schema) in leaves(&json_schema()) {
        let options = places::options(&schema);
        for word in options.iter().filter_map(|option| option.get("const")) {
            check(&place, word, true);
        }
        if options.iter().all(|option| option.get("const").is_some()) {
            check(&place, &json!("no such word"), false);
        }
        let takes = |name: &str| {
            // What has no type may be anything.
            let any = |option: &Json| option.get("type").is_none() && option.get("const").is_none();
            options.iter().any(|option| any(option) || fits::is_type(option, name))
        };
        for (value, name) in [(json!(true), "boolean"), (json!([]), "array"), (json!(0.5), "number")] {
            if !takes(name) {
                check(&place, &value, false);
            }
        }
    }
}

#[test]
fn every_number_has_bounds_and_every_setting_a_meaning_and_a_rule_for_changing_it() {
    let tags = ["kind", "do", "process", "distribution", "shape"];
    for (place, schema) in leaves(&json_schema()) {
        let path = place.path();
        for option in places::options(&schema) {
            let numeric = ["integer", "number"].iter().any(|name| fits::is_type(option, name));
            assert!(!numeric || option.get("maximum").is_some(), "{path} has no range");
            let amount = option.get("pattern").is_some();
            assert!(!amount || schema.get("x-max").is_some(), "{path} has no range");
            assert!(!fits::is_type(option, "null"), "{path} may be null");
            assert!(option.get("format").is_none(), "{path} has a format");
        }
        if tags.contains(&place.last()) {
            continue;
        }
        let text = schema["description"].as_str().unwrap_or_default();
        assert!(text.ends_with('.') && !text.contains("[`"), "{path} is not explained: {text:?}");
        let live = schema["x-live"].as_str().unwrap_or_default();
        assert!(["now", "next", "drain", "rebuild", "restart"].contains(&live), "{path}: x-live {live:?}");
    }
}

/// The reader says which keys it knows where it meets one that it does not know.
#[test]
fn tables_have_the_keys_that_the_reader_knows() {
    let mut seen = 0;
    for Table { place, keys } in tables(&json_schema()) {
        let found = problems(&place.key("xyzzy"), &json!(1));
        let unknown = found.iter().find(|problem| problem.message == "unknown key");
        let help = unknown.and_then(|problem| problem.help.as_deref()).unwrap_or_default();
        let known: BTreeSet<&str> = help.trim_start_matches("known here: ").split(", ").collect();
        assert_eq!(known, keys.iter().map(String::as_str).collect(), "{}", place.path());
        seen += 1;
    }
    assert!(seen > 30, "{seen} tables");
}

/// Systems that have every table which has defaults, and say nothing that has one.
const SILENT: [&str; 3] = [OPEN, CLOSED, CHANGING];
const OPEN: &str = r#"
    title = "t"
    duration = "10s"
    [nodes.clients]
    kind = "clients"
    to = "balancer"
    arrivals = { process = "poisson", rate = 10 }
    [nodes.balancer]
    kind = "balancer"
    to = ["service"]
    health_check = {}
    outlier_detection = {}
    [nodes.service]
    kind = "service"
    service_time = { distribution = "fixed", value = "1ms" }
    cache = { node = "cache" }
    to = "database"
    rate_limit = { limit = 10 }
    codel = {}
    adaptive_limit = {}
    [nodes.cache]
    kind = "cache"
    capacity = 10
    [nodes.database]
    kind = "database"
    service_time = { distribution = "fixed", value = "1ms" }
    [regions]
    [chaos]
    every = "1s"
    [links."service -> database"]
    pool = {}
    retry = {}
    breaker = {}
    hedging = {}
    throttle = {}
"#;
const CLOSED: &str = r#"
    title = "t"
    duration = "10s"
    nodes.clients = { kind = "clients", to = "database", arrivals = { process = "closed", users = 3 } }
    nodes.database = { kind = "database", service_time = { distribution = "fixed", value = "1ms" } }
"#;
const CHANGING: &str = r#"
    title = "t"
    duration = "10s"
    [nodes.clients]
    kind = "clients"
    to = "database"
    arrivals = { process = "profile", shape = "sine", mean = 1, amplitude = 1, period = "1s" }
    [nodes.database]
    kind = "database"
    service_time = { distribution = "fixed", value = "1ms" }
"#;

#[test]
fn defaults_are_what_silence_means() {
    let silent = SILENT.map(|text| Scenario::read(text).unwrap());
    let (mut met, mut with_default) = (BTreeSet::new(), BTreeSet::new());
    for (place, schema) in places::settings(&json_schema()) {
        let Some(default) = schema.get("default") else { continue };
        with_default.insert(place.path());
        for scenario in &silent {
            let Some(path) = place.in_scenario(scenario) else { continue };
            let steps = parse_path(&path).unwrap();
            if steps.iter().try_fold(&*scenario.tree, |tree, step| tree.step(*step)).is_some() {
                continue;
            }
            met.insert(place.path());
            let value: Value = serde_json::from_value(default.clone()).unwrap();
            let said =
                scenario.with(&[(path.clone(), value)]).unwrap_or_else(|problems| panic!("{problems:?}"));
            assert!(said == *scenario, "{path} is not {default} by default");
        }
    }
    assert_eq!(with_default.difference(&met).next(), None, "stands in none of the samples");
}

#[test]
fn what_needs_a_restart_says_so() {
    let mut tried = 0;
    let silent = SILENT.map(|text| Scenario::read(text).unwrap());
    for (place, schema) in leaves(&json_schema()) {
        for scenario in &silent {
            let Some(path) = place.in_scenario(scenario) else { continue };
            for value in places::values(&schema) {
                let change = [(path.clone(), serde_json::from_value(value).unwrap())];
                // Not every value goes with the rest of the file.
                let Ok(changed) = scenario.with(&change) else { continue };
                if changed == *scenario {
                    continue;
                }
                tried += 1;
                let needs_restart = scenario.with_live(&change).is_err();
                assert_eq!(needs_restart, schema["x-live"] == "restart", "{change:?}");
            }
        }
    }
    assert!(tried > 100, "{tried} changes");
}

#[test]
fn the_files_of_labs_and_tests_fit() {
    let schema = json_schema();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut files = Vec::new();
    for folder in ["tests/golden", "crates/labs/content"] {
        collect(&root.join(folder), &mut files);
    }
    let mut fitting = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Labs have files of their own beside the scenario.
        if Scenario::read(&text).is_ok() {
            let json: Json = toml::from_str(&text).unwrap();
            assert_eq!(fits::problem(&schema, &json), None, "{}", file.display());
            fitting += 1;
        }
    }
    assert!(fitting >= 12, "{fitting} files");
    for (wrong, text) in [
        ("unevaluated at \"\"", OPEN.replace("title = \"t\"", "title = \"t\"\nspeed = 1")),
        ("nodes.cache", OPEN.replace("capacity = 10", "capacity = 10\nsize = 1")),
        ("nodes.cache", OPEN.replace("kind = \"cache\"", "kind = \"cash\"")),
        ("required at \"\"", OPEN.replace("title = \"t\"", "")),
        ("nodes.cache", OPEN.replace("capacity = 10", "capacity = 0")),
    ] {
        let problem = fits::problem(&schema, &toml::from_str(&text).unwrap());
        assert!(problem.as_ref().is_some_and(|problem| problem.contains(wrong)), "{problem:?}\n{text}");
    }
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}
