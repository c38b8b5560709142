//! Every file in `tests/bad` as a shell sees it refused: exit status 2, what is wrong on standard error, and nothing
//! written anywhere else.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/bad");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn headroom(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_headroom")).args(arguments).output().unwrap()
}

/// Without the frames and line breaks that drawing adds.
fn bare(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '|').collect()
}

/// What the opening comments of a file say about it, after the place: `nodes.a.cores: 0 cores; give at least 1 (help)`.
fn expected(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map_while(|line| line.strip_prefix("#: "));
    lines.map(|line| line.split_once("\": ").unwrap().1.to_owned()).collect()
}

#[test]
fn check_tells_every_problem_and_where() {
    for file in files() {
        let name = file.to_str().unwrap();
        let output = headroom(&["check", name]);
        let told = bare(std::str::from_utf8(&output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(output.stdout.is_empty(), "{name}");
        assert!(!told.contains('\x1b'), "{name} is told in colours");
        let expected = expected(&file);
        for problem in &expected {
            // The suggestion stands on a line of its own.
            for part in problem.trim_end_matches(')').split(" (") {
                assert!(told.contains(&bare(part)), "{name}: {part}\n{told}");
            }
        }
        let count = expected.len();
        assert!(told.ends_with(&format!("{count}problem{}", if count == 1 { "" } else { "s" })), "{told}");
    }
}

#[test]
fn run_refuses_them_and_writes_nothing() {
    let place = tempfile::TempDir::new().unwrap();
    let series = place.path().join("out.csv");
    for file in files() {
        let name = file.to_str().unwrap();
        let output = headroom(&["run", name, "--json", "--series", series.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty() && !series.exists(), "{name}");
    }
}

#[test]
fn what_is_too_long_or_no_text_is_refused_too() {
    let place = tempfile::TempDir::new().unwrap();
    let long = "# no end of comments\n".repeat(500_000).into_bytes();
    let deep = format!("title = {}", "[".repeat(500_000)).into_bytes();
    let keys = format!("{}a = 1", "a.".repeat(300_000)).into_bytes();
    let nodes =
        (0..20_000).map(|index| format!("[nodes.n{index}]\nto = \"n\"\n")).collect::<String>().into_bytes();
    let unknown = (0..100_000).map(|index| format!("k{index}=1\n")).collect::<String>().into_bytes();
    for (name, bytes, said) in [
        ("empty.toml", Vec::new(), "title: missing"),
        ("long.toml", long, "longer than 1048576 bytes"),
        ("deep.toml", deep, "not valid TOML"),
        ("keys.toml", keys, "not valid TOML"),
        ("nodes.toml", nodes, "title: missing"),
        ("unknown.toml", unknown, "100 problems"),
        ("latin.toml", b"title = \"caf\xe9\"".to_vec(), "byte 12 is not UTF-8 text; save the file as UTF-8"),
        ("binary.toml", (0..=255).cycle().take(100_000).collect(), "is not UTF-8 text"),
    ] {
        std::fs::write(place.path().join(name), bytes).unwrap();
        for command in ["check", "run"] {
            let path = place.path().join(name);
            let output = headroom(&[command, path.to_str().unwrap()]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{name}: {told}");
            assert!(output.stdout.is_empty() && told.contains(said), "{name}: {told}");
        }
    }
}
