//! The command as a shell sees it: what it prints, what it writes, how it ends.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use base64::Engine;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// The smallest scenario of the documentation, shorter.
const TELLERS: &str = r#"
title = "Four tellers"
duration = "20s"
warmup = "5s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "poisson", rate = 1800 }
[nodes.server]
kind = "service"
cores = 4
queue = "unlimited"
service_time = { distribution = "exponential", mean = "1ms" }
"#;

/// A server that can do half of what is asked of it, in a run that may hold little.
const CROWD: &str = r#"
title = "Crowd"
duration = "60s"
[limits]
alive = 2000
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "constant", rate = 2000 }
[nodes.server]
kind = "service"
service_time = { distribution = "fixed", value = "1ms" }
"#;

/// A folder with files in it, and the command to run there.
struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Place(folder)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_headroom"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn exists(&self, name: &str) -> bool {
        Path::exists(&self.0.path().join(name))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_run_prints_tables_for_people_without_colours() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    let output = place.run(&["run", "tellers.toml"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    let printed = text(&output.stdout);
    for expected in ["Four tellers", "seed 1, 20.0 s of simulated time", "latency", "p99", "server", "digest"]
    {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    assert!(!printed.contains('\x1b'));
}

#[test]
fn json_has_the_names_that_figures_have_everywhere() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    let report = place.json(&["run", "tellers.toml"]);
    for pointer in [
        "/digest",
        "/engine",
        "/seed",
        "/duration_s",
        "/requests/sent",
        "/requests/ok",
        "/requests/failed",
        "/requests/ok_ratio",
        "/requests/by_error",
        "/latency_s/mean",
        "/latency_s/p50",
        "/latency_s/p95",
        "/latency_s/p99",
        "/latency_s/max",
        "/latency_ok_s/p99",
        "/throughput_per_s",
        "/nodes/server/kind",
        "/nodes/server/utilisation",
        "/nodes/server/mean_wait_s",
        "/cost_per_hour",
    ] {
        assert!(report.pointer(pointer).is_some(), "{pointer}");
    }
    assert_eq!(report["digest"].as_str().map(str::len), Some(16));
    let names = |at: &Value| at.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(&report),
        "cost_per_hour digest duration_s engine latency_ok_s latency_s nodes receipt requests seed throughput_per_s \
         window_s"
    );
    assert_eq!(names(&report["requests"]), "by_error failed ok ok_ratio open sent");
    assert_eq!(names(&report["latency_s"]), "count max mean over_100ms p50 p95 p99");
}

#[test]
fn options_change_the_run() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    let plain = place.json(&["run", "tellers.toml"]);
    assert_eq!(place.json(&["run", "tellers.toml"]), plain);
    let seeded = place.json(&["run", "tellers.toml", "--seed", "2"]);
    assert_eq!(seeded["seed"], 2);
    assert_ne!(seeded["digest"], plain["digest"]);
    let short = place.json(&["run", "tellers.toml", "--duration", "10s", "--set", "nodes.server.cores=2"]);
    assert_eq!(short["duration_s"], 10.0);
    let busy = |report: &Value| report["nodes"]["server"]["utilisation"].as_f64().unwrap();
    assert!(busy(&short) > 1.8 * busy(&plain));
}

#[test]
fn the_series_has_a_line_for_each_window() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    assert_eq!(place.run(&["run", "tellers.toml", "--series", "out.csv"]).status.code(), Some(0));
    let table = std::fs::read_to_string(place.0.path().join("out.csv")).unwrap();
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert!(header.contains(&"latency_s.p99") && header.contains(&"nodes.server.utilisation"), "{header:?}");
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 80);
    assert!(rows.iter().all(|row| row.split(',').count() == header.len()));
}

#[test]
fn a_trace_shows_what_a_request_caused() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    let output = place.run(&["run", "tellers.toml", "--trace", "slowest"]);
    let printed = text(&output.stdout);
    let root = printed.split("request ").nth(1).and_then(|rest| rest.split(',').next()).unwrap().to_owned();
    assert!(printed.contains("read server[0]"), "{printed}");
    let again = place.run(&["run", "tellers.toml", "--trace", &root]);
    assert_eq!(text(&again.stdout), printed);
    assert_eq!(place.run(&["run", "tellers.toml", "--trace", "1234"]).status.code(), Some(2));
}

#[test]
fn a_run_file_and_a_link_give_the_same_run_or_say_otherwise() {
    let place = Place::new(&[]);
    let actions = json!([{ "at": "12s", "do": "set", "path": "nodes.server.cores", "value": 3 }]);
    let mut run = json!({ "headroom": 1, "engine": 1, "scenario": TELLERS, "seed": 5, "actions": actions, "until": 15.0 });
    let file = place.0.path().join("run.json");
    std::fs::write(&file, run.to_string()).unwrap();
    let report = place.json(&["run", "run.json"]);
    assert_eq!((&report["duration_s"], &report["seed"]), (&json!(15.0), &json!(5)));

    run["digest"] = report["digest"].clone();
    std::fs::write(&file, run.to_string()).unwrap();
    let output = place.run(&["run", "run.json"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("(as the run says)"));

    let packed = miniz_oxide::deflate::compress_to_vec(run.to_string().as_bytes(), 6);
    let packed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed);
    let link = format!("https://example.org/headroom/?lab=x#run={packed}");
    assert_eq!(place.json(&["run", &link]), report);

    run["digest"] = json!("0123456789abcdef");
    std::fs::write(&file, run.to_string()).unwrap();
    let output = place.run(&["run", "run.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("not 0123456789abcdef"), "{}", text(&output.stderr));
}

#[test]
fn every_lab_can_be_run_by_its_id() {
    let place = Place::new(&[]);
    let labs: Value = serde_json::from_slice(&place.run(&["labs", "--json"]).stdout).unwrap();
    let ids: Vec<&str> = labs.as_array().unwrap().iter().map(|lab| lab["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"what-a-miss-costs"), "{ids:?}");
    let stampede = labs.as_array().unwrap().iter().find(|lab| lab["id"] == "stampede").unwrap();
    assert_eq!(stampede["number"], "2.10");
    for id in ids {
        let output = place.run(&["run", id, "--duration", "2s", "--set", "warmup=1s"]);
        assert_eq!(output.status.code(), Some(0), "{id}: {}", text(&output.stderr));
    }
}

#[test]
fn a_run_that_reaches_its_limit_prints_what_it_found_and_fails() {
    let place = Place::new(&[("crowd.toml", CROWD)]);
    let output = place.run(&["run", "crowd.toml", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["overloaded"].as_str().unwrap().contains("give the queue a limit"));
    assert!(text(&output.stderr).contains("overloaded after"));
}

#[test]
fn too_much_for_an_hour_ends_as_overloaded_with_its_sentence() {
    let hour = CROWD.replace("60s", "1h").replace("[limits]\nalive = 2000\n", "");
    let place = Place::new(&[("hour.toml", &hour)]);
    let output = place.run(&["run", "hour.toml", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told =
        "server: 62,500 requests are there and 125,000 calls and visits in all; give the queue a limit";
    assert_eq!(report["overloaded"], told);
    assert_eq!(report["digest"].as_str().map(str::len), Some(16));
    assert!(text(&output.stderr).contains(told));
    assert_eq!(place.run(&["run", "hour.toml", "--json"]).stdout, output.stdout);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_prints_nothing() {
    use std::io::Write;
    let place = Place::new(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_headroom"))
        .args(["run", "-", "--series", "out.csv"])
        .current_dir(place.0.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds: once all but the last of it is written, the program is reading.
    let mut input = child.stdin.take().unwrap();
    input.write_all("# nothing\n".repeat(20_000).as_bytes()).unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0));
    assert!(!place.exists("out.csv"));
}

#[test]
fn a_link_of_another_engine_runs_and_one_to_a_lab_that_is_gone_says_so() {
    let place = Place::new(&[]);
    let link = |lab: &str, engine: u32| {
        let run = json!({ "headroom": 1, "engine": engine, "lab": lab, "until": 1.0 }).to_string();
        let packed = miniz_oxide::deflate::compress_to_vec(run.as_bytes(), 6);
        let packed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed);
        format!("https://example.org/?lab={lab}#run={packed}")
    };
    let output = place.run(&["run", &link("busy-is-not-full", 999)]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("made with engine 999"), "{}", text(&output.stderr));
    let output = place.run(&["run", &link("no-such-lab", 1)]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(text(&output.stderr).contains("there is no lab \"no-such-lab\""), "{}", text(&output.stderr));
    // Packed small enough for an argument, and 64 MiB unpacked.
    let huge = miniz_oxide::deflate::compress_to_vec(&vec![b' '; 64 << 20], 9);
    let huge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(huge);
    let output = place.run(&["run", &format!("https://example.org/#run={huge}")]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(text(&output.stderr).contains("unpacks to more than 1 MiB"), "{}", text(&output.stderr));
}

#[test]
fn input_that_cannot_be_used_ends_with_2_and_writes_nothing() {
    let newer = json!({ "headroom": 9, "engine": 1, "lab": "busy-is-not-full" }).to_string();
    let place = Place::new(&[
        ("tellers.toml", TELLERS),
        ("bad.toml", &TELLERS.replace("cores = 4", "cores = 0").replace("duration", "duratoin")),
        ("newer.json", &newer),
        ("broken.json", "{"),
    ]);
    std::fs::write(place.0.path().join("latin.toml"), b"title = \"caf\xe9\"").unwrap();
    for (arguments, said) in [
        (vec!["run", "bad.toml"], "nodes.server.cores: 0 cores; give at least 1"),
        (vec!["run", "bad.toml"], "duratoin"),
        (vec!["check", "bad.toml"], "bad.toml: "),
        (vec!["run", "nothing"], "there is neither a file nor a lab \"nothing\""),
        (vec!["run", "missing.toml"], "missing.toml: there is no such file"),
        (vec!["run", "latin.toml"], "is not UTF-8"),
        (vec!["run", "newer.json"], "newer than format 1"),
        (vec!["run", "broken.json"], "damaged"),
        (vec!["run", "https://example.org/#run=%%%"], "the link is damaged"),
        (vec!["run", "https://example.org/#run=AAAA"], "the link is damaged"),
        (vec!["run", "tellers.toml", "--set", "nodes.server.coers=1"], "coers"),
        (vec!["run", "tellers.toml", "--set", "cores"], "give PATH=VALUE"),
        (vec!["run", "tellers.toml", "--duration", "soon"], "duration"),
        (vec!["run", "tellers.toml", "--seed", "9007199254740992"], "9007199254740992"),
        (vec!["walk"], "walk"),
    ] {
        let arguments: Vec<&str> = if arguments[0] == "run" {
            [&arguments[..], &["--series", "out.csv"]].concat()
        } else {
            arguments
        };
        let output = place.run(&arguments);
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {printed}");
        assert!(printed.contains(said), "{arguments:?}: {printed}");
        assert!(output.stdout.is_empty() && !place.exists("out.csv"), "{arguments:?}");
    }
}

#[test]
fn check_says_which_files_are_fine() {
    let place = Place::new(&[("tellers.toml", TELLERS), ("crowd.toml", CROWD)]);
    let output = place.run(&["check", "tellers.toml", "crowd.toml"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "tellers.toml: fine, \"Four tellers\"\ncrowd.toml: fine, \"Crowd\"\n");
}

#[test]
fn shells_get_their_completions() {
    let place = Place::new(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let output = place.run(&["completions", shell]);
        assert!(output.status.success() && text(&output.stdout).contains("headroom"), "{shell}");
    }
}

#[test]
fn a_comparison_says_what_differs_and_how_surely() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    let vary = ["compare", "tellers.toml", "--vary", "nodes.server.cores=2,4,8", "--seeds", "4"];
    let output = place.run(&[&vary[..], &["--csv", "runs.csv"]].concat());
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    let shown = text(&output.stdout);
    for expected in
        ["3 variants, each with the same seeds", "latency_s.mean", "nodes.server.cores = 8", "4 of 4"]
    {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    let csv = std::fs::read_to_string(place.0.path().join("runs.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 3 * 4, "{csv}");

    let json = place.json(&vary);
    let figure = &json["variants"][1]["figures"]["latency_s.mean"];
    let (low, high) =
        (figure["difference"]["low"].as_f64().unwrap(), figure["difference"]["high"].as_f64().unwrap());
    assert!(low < high && high < 0.0, "four cores are quicker than two: {figure}");
    // The same figure as the mean over the runs themselves.
    let means: Vec<f64> = (1..5)
        .map(|seed: u64| {
            let seed = seed.to_string();
            let run = ["run", "tellers.toml", "--seed", &seed, "--set", "nodes.server.cores=4"];
            place.json(&run)["latency_s"]["mean"].as_f64().unwrap()
        })
        .collect();
    let mean = means.iter().sum::<f64>() / 4.0;
    assert!((figure["mean"].as_f64().unwrap() / mean - 1.0).abs() < 1e-12, "{figure}, {mean}");
}

#[test]
fn a_comparison_that_cannot_be_made_says_why() {
    let place = Place::new(&[("tellers.toml", TELLERS)]);
    for (arguments, says) in [
        (vec!["--vary", "nodes.server.cores=0,1"], "nodes.server.cores"),
        (vec!["--vary", "nodes.servr.cores=1,2"], "servr"),
        (vec!["--vary", "nodes.server.cores"], "give PATH=VALUE"),
        (vec!["--vary", "nodes.server.cores=1,2", "--metric", "latency_s.p98"], "no run has this figure"),
    ] {
        let output = place.run(&[&["compare", "tellers.toml", "--seeds", "2"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}
