//! `replay` and `mrc` as a shell sees them: the same figures from every format, whole files and streams, and what is said
//! of traces that cannot be used.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Keys in a loop with a favourite, as long as a batch and a half.
fn keys() -> Vec<u64> {
    (0..100_000_u64).map(|at| if at % 3 == 0 { 7 } else { 100 + at * at % 997 }).collect()
}

/// A folder with a trace in every format.
fn place() -> TempDir {
    let place = TempDir::new().unwrap();
    let keys = keys();
    let mut csv = String::from("time,key,size\n");
    let mut oracle = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        csv.push_str(&format!("{at},{key},1\n"));
        oracle.extend((at as u32).to_le_bytes());
        oracle.extend(key.to_le_bytes());
        oracle.extend(1_u32.to_le_bytes());
        oracle.extend((-1_i64).to_le_bytes());
    }
    let write = |name: &str, bytes: &[u8]| std::fs::write(place.path().join(name), bytes).unwrap();
    write("t.csv", csv.as_bytes());
    write("t.oracleGeneral", &oracle);
    write("t.u64le", &keys.iter().flat_map(|key| key.to_le_bytes()).collect::<Vec<_>>());
    write("t.u32le", &keys.iter().flat_map(|key| (*key as u32).to_le_bytes()).collect::<Vec<_>>());
    write("t.csv.zst", &packed(csv.as_bytes()));
    place
}

/// Two frames with one to be skipped between them.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let pack =
        |bytes: &[u8]| ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
    let (head, tail) = bytes.split_at(bytes.len() / 3);
    let skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    [pack(head).as_slice(), &skipped, &pack(tail)].concat()
}

fn run(place: &Path, arguments: &[&str], input: Option<&[u8]>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headroom"));
    command.args(arguments).current_dir(place).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that refuses its arguments reads nothing.
    let _ = stdin.write_all(input.unwrap_or_default());
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn json_of(place: &Path, arguments: &[&str], input: Option<&[u8]>) -> Value {
    let output = run(place, &[arguments, &["--json"]].concat(), input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Misses of LRU, written for reading.
fn misses(capacity: usize) -> u64 {
    let mut stack: Vec<u64> = Vec::new();
    let mut misses = 0;
    for key in keys() {
        let found = stack.iter().position(|stored| *stored == key);
        misses += u64::from(found.is_none());
        found.map(|at| stack.remove(at));
        stack.push(key);
        if stack.len() > capacity {
            stack.remove(0);
        }
    }
    misses
}

#[test]
fn every_format_gives_the_same_figures() {
    let place = place();
    let expected = misses(50);
    for (file, format) in [
        ("t.csv", "csv"),
        ("t.csv.zst", "csv"),
        ("t.oracleGeneral", "oracle-general"),
        ("t.u32le", "u32le"),
        ("t.u64le", "u64le"),
    ] {
        let arguments = ["replay", "--policy", "lru", "--capacity", "50", file];
        let found = json_of(place.path(), &arguments, None);
        assert_eq!(found["misses"], expected, "{file}");
        assert_eq!(found["miss_ratio"], expected as f64 / 100_000.0, "{file}");
        assert_eq!((&found["policy"], &found["capacity"]), (&json!("lru"), &json!(50)));
        assert_eq!((&found["requests"], &found["skipped"]), (&json!(100_000), &json!(0)));
        assert_eq!((&found["format"], found["requests_per_s"].is_f64()), (&json!(format), true), "{file}");
        let bytes = std::fs::read(place.path().join(file)).unwrap();
        let arguments = ["replay", "--policy", "lru", "--capacity", "50", "-", "--format", format];
        assert_eq!(json_of(place.path(), &arguments, Some(&bytes))["misses"], expected, "{file} as a stream");
    }
}

#[test]
fn what_goes_by_the_clock_says_so_of_a_trace_without_times() {
    let place = place();
    for (policy, file, has_remark) in [
        ("redis-lru", "t.u32le", true),
        ("redis-lfu", "t.u64le", true),
        ("redis-lru", "t.csv", false),
        ("lru", "t.u32le", false),
    ] {
        // Only a column called so has the times of a CSV file.
        let arguments = ["replay", "--policy", policy, "--capacity", "50", file];
        let timed = [&arguments[..], &["--time-column", "time"]].concat();
        let found = json_of(place.path(), if file == "t.csv" { &timed } else { &arguments }, None);
        let remark = found["remark"].as_str();
        assert_eq!(
            remark.is_some_and(|remark| remark.contains("no times")),
            has_remark,
            "{policy} {file}: {found}"
        );
    }
}

#[test]
fn several_caches_are_a_row_each() {
    let place = place();
    let arguments = ["replay", "--policy", "fifo,lru,belady", "--capacity", "10,1KiB", "t.u32le"];
    let output = run(place.path(), &arguments, None);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    let printed = text(&output.stdout);
    assert!(printed.starts_with("t.u32le: 100,000 accesses, format u32le (by its name)\n"), "{printed}");
    for expected in ["miss ratio", "1 KiB", "belady: looked ahead over the whole trace"] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    let found = json_of(place.path(), &arguments, None);
    let misses: Vec<u64> =
        found.as_array().unwrap().iter().map(|run| run["misses"].as_u64().unwrap()).collect();
    assert_eq!(misses.len(), 6);
    assert!(misses[4] < misses[0].min(misses[2]) && misses[5] <= misses[1].min(misses[3]), "{misses:?}");
}

#[test]
fn columns_lifetimes_and_series() {
    let place = TempDir::new().unwrap();
    // Twitter's columns: time, key, size of the key, of the value, client, operation, lifetime.
    let trace = "0,a,1,100,1,set,10\n5,a,1,100,1,get,0\n10,a,1,100,1,get,0\n11,a,1,100,1,get,0\n12,a,1,9,1,delete,0\n";
    std::fs::write(place.path().join("t.csv"), trace).unwrap();
    let columns = ["--no-header", "--time-column=1", "--key-column=2", "--size-column=4"];
    let more = ["--operation-column=6", "--ttl-column=7"];
    let start = ["replay", "t.csv", "--policy=lru", "--capacity=1kB", "--series=out.csv"];
    let found = json_of(place.path(), &[&start[..], &columns, &more].concat(), None);
    assert_eq!((&found["requests"], &found["misses"]), (&json!(3), &json!(1)));
    assert_eq!((&found["writes"], &found["deletes"]), (&json!(1), &json!(1)));
    assert_eq!((&found["capacity"], &found["capacity_unit"]), (&json!(1_000), &json!("bytes")));
    let series = std::fs::read_to_string(place.path().join("out.csv")).unwrap();
    assert!(series.starts_with("policy,capacity,start_s,requests,misses,miss_ratio,byte_miss_ratio\n"));
    assert!(series.contains("\nlru,1000,10,1,1,1,1\n"), "{series}");
    let short = json_of(place.path(), &[&start[..], &columns, &["--ttl", "3s"]].concat(), None);
    assert_eq!((&short["requests"], &short["misses"]), (&json!(5), &json!(3)));
}

#[test]
fn a_curve_agrees_with_replays_and_is_written_and_drawn() {
    let place = place();
    let arguments = [
        "mrc",
        "t.u64le",
        "--policies",
        "lru,fifo,belady",
        "--sizes",
        "10,50,200",
        "--csv=c.csv",
        "--svg=c.svg",
    ];
    let found = json_of(place.path(), &arguments, None);
    for (at, policy) in ["lru", "fifo", "belady"].into_iter().enumerate() {
        assert_eq!(found["curves"][at]["policy"], policy);
        for (point, size) in ["10", "50", "200"].into_iter().enumerate() {
            let alone = ["replay", "--policy", policy, "--capacity", size, "t.u64le"];
            let alone = json_of(place.path(), &alone, None);
            assert_eq!(
                found["curves"][at]["points"][point]["miss_ratio"], alone["miss_ratio"],
                "{policy} {size}"
            );
        }
    }
    let csv = std::fs::read_to_string(place.path().join("c.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 3 * 3);
    let svg = std::fs::read_to_string(place.path().join("c.svg")).unwrap();
    for expected in ["<svg", "miss ratio", "cache size, entries", "belady"] {
        assert!(svg.contains(expected), "{expected}");
    }
    let printed = text(&run(place.path(), &["mrc", "t.u64le", "--sizes", "50,500"], None).stdout);
    assert!(
        printed.contains("size") && printed.contains(&format!("{:.5}", misses(50) as f64 / 1e5)),
        "{printed}"
    );
}

#[test]
fn a_sample_says_how_sure_it_is() {
    let place = place();
    let arguments =
        ["mrc", "t.u64le", "--policies", "lru,fifo,belady", "--sizes", "200,500", "--sample", "0.5"];
    let found = json_of(place.path(), &arguments, None);
    for curve in found["curves"].as_array().unwrap() {
        for point in curve["points"].as_array().unwrap() {
            let width = point["half_width"].as_f64().unwrap();
            assert!(width > 0.0 && width < 1.0 && point.get("byte_miss_ratio").is_none(), "{point}");
        }
    }
    let printed = text(&run(place.path(), &arguments, None).stdout);
    assert!(printed.contains("estimated from 8 samples of 50") && printed.contains("+-"), "{printed}");
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let place = place();
    let write = |name: &str, bytes: &[u8]| std::fs::write(place.path().join(name), bytes).unwrap();
    write("bad.csv", b"key,size\n1,1\n2,many\n3,1\n");
    write("header.csv", b"who,size\n1,1\n");
    write("cut.u32le", &[1, 0, 0, 0, 2, 0]);
    write("empty.u32le", b"");
    write("trace", b"1234");
    write("text.u32le.zst", b"this is not packed");
    let mut damaged = packed(&[7; 4_000]);
    damaged.truncate(damaged.len() - 5);
    write("damaged.u32le.zst", &damaged);
    let lru = ["--policy", "lru", "--capacity", "10"];
    for (arguments, expected) in [
        (&["bad.csv"][..], "headroom: bad.csv: line 3: \"many\" as size; give a decimal number"),
        (&["header.csv"], "header.csv: line 1: no column is called key"),
        (&["bad.csv", "--key-column", "id"], "line 1: no column is called id; the header is \"key,size\""),
        (&["bad.csv", "--key-column", "0"], "columns are counted from 1"),
        (&["bad.csv", "--key-column", "id", "--no-header"], "without a header no column is called \"id\""),
        (&["cut.u32le"], "cut.u32le: byte 4: the file ends 2 bytes into a record of 4"),
        (&["empty.u32le"], "empty.u32le: there are no accesses in it"),
        (&["trace"], "trace: its name does not tell its format; give --format u32le, u64le"),
        (&["-"], "-: its name does not tell its format"),
        (&["none.csv"], "none.csv: there is no such file"),
        (&["text.u32le.zst"], "text.u32le.zst: "),
        (&["damaged.u32le.zst"], "damaged.u32le.zst: "),
        (&[".", "--format", "csv"], ".: this is a folder"),
        (&["t.u32le", "--ttl", "3s"], "the trace has no times"),
        (&["t.csv", "--ttl", "soon"], "--ttl soon: give a duration such as 30s"),
    ] {
        let output =
            run(place.path(), &[&["replay"][..], &lru, &["--series=out.csv"], arguments].concat(), None);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty() && !place.path().join("out.csv").exists(), "{arguments:?}");
    }
    for (arguments, expected) in [
        (&["replay", "t.csv", "--policy", "best", "--capacity", "1"][..], "there are fifo"),
        (&["replay", "t.csv", "--policy", "lru", "--capacity", "0"], "of no capacity nothing is stored"),
        (&["replay", "t.csv", "--policy", "lru", "--capacity", "5000000"], "at most 4000000 entries"),
        (
            &["replay", "t.csv", "--policy", "belady", "--capacity", "5", "--ttl", "1s"],
            "belady knows no time to live",
        ),
        (&["mrc", "t.csv", "--sizes", "10,1KiB"], "all sizes in entries or all in bytes"),
        (&["mrc", "t.csv", "--sample", "2"], "a share of the keys between 0 and 1"),
        (&["mrc", "t.csv", "--delimiter", "ab"], "give one character"),
    ] {
        let output = run(place.path(), arguments, None);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected) && output.stdout.is_empty(), "{arguments:?}: {told}");
    }
}

#[test]
fn bad_records_are_skipped_and_counted_on_request() {
    let place = TempDir::new().unwrap();
    std::fs::write(place.path().join("bad.csv"), "key,size\n1,1\n2,many\n3,1\n,1\n").unwrap();
    let arguments = ["replay", "bad.csv", "--policy", "lru", "--capacity", "10", "--skip-bad"];
    let found = json_of(place.path(), &arguments, None);
    assert_eq!((&found["requests"], &found["skipped"]), (&json!(2), &json!(2)));
    let printed = text(&run(place.path(), &arguments, None).stdout);
    assert!(printed.contains("2 records skipped, the first at line 3: \"many\" as size"), "{printed}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Whatever is called a packed trace: it ends, and never by a panic (status 101).
    #[test]
    fn hostile_files_are_refused(
        start in proptest::prop_oneof![proptest::prelude::Just(vec![]), proptest::prelude::Just(packed(&[1; 200]))],
        noise: Vec<u8>,
    ) {
        let place = TempDir::new().unwrap();
        let mut bytes = start;
        let cut = noise.len() % (bytes.len() + 1);
        bytes.truncate(bytes.len() - cut);
        bytes.extend(noise);
        std::fs::write(place.path().join("t.u32le.zst"), bytes).unwrap();
        let output = run(place.path(), &["replay", "t.u32le.zst", "--policy", "lru", "--capacity", "10"], None);
        let status = output.status.code();
        proptest::prop_assert!(matches!(status, Some(0 | 2)), "{:?} {}", status, text(&output.stderr));
    }
}
