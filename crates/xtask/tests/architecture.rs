//! Dependencies point one way, between crates and inside core, and engines and course need no browser.

#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each crate of the workspace and those of the workspace that it may build on.
const CRATES: [(&str, &[&str]); 9] = [
    ("headroom-core", &[]),
    ("headroom-wire-derive", &[]),
    ("headroom-wire", &["headroom-wire-derive"]),
    ("headroom-labs", &["headroom-core", "headroom-wire"]),
    ("headroom-web", &["headroom-core", "headroom-labs", "headroom-wire"]),
    ("headroom-cli", &["headroom-core", "headroom-labs"]),
    ("headroom-tests", &["headroom-core", "headroom-labs"]),
    ("headroom-bench", &["headroom-core", "headroom-labs"]),
    ("xtask", &[]),
];

/// Modules of core; each uses only those after it.
const MODULES: [&str; 8] = ["session", "metrics", "node", "scenario", "race", "sim", "trace", "engine"];

/// Crates that only mean something in a browser.
const BROWSER_ONLY: [&str; 6] = ["wasm-bindgen", "js-sys", "web-sys", "gloo", "yew", "plotters-canvas"];

#[test]
fn crates_build_only_on_those_below_them() {
    let members: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in CRATES {
        for dependency in dependencies(name, &["--depth", "1"]) {
            let fine = !members.contains(dependency.as_str()) || allowed.contains(&dependency.as_str());
            assert!(fine || dependency == name, "{name} depends on {dependency}; it may use {allowed:?}");
        }
    }
}

#[test]
fn engines_and_course_know_no_browser() {
    for name in ["headroom-core", "headroom-labs"] {
        for dependency in dependencies(name, &["--target", "wasm32-unknown-unknown"]) {
            assert!(!BROWSER_ONLY.contains(&dependency.as_str()), "{name} depends on {dependency}");
        }
    }
}

#[test]
fn modules_of_core_use_only_those_after_them() {
    let core = root().join("crates/core/src");
    let mut wrong = Vec::new();
    for (place, module) in MODULES.iter().enumerate() {
        for file in rust_files(&core.join(module)) {
            let depth = module_depth(&core, &file);
            for used in modules_used(&read(&file), depth) {
                let above = MODULES[..place].contains(&used.as_str());
                if above {
                    wrong.push(format!("{} uses {used}, which builds on {module}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let files = rust_files(&root().join("crates")).into_iter().chain(rust_files(&root().join("tests")));
    let silent: Vec<_> = files.filter(|file| !read(file).starts_with("//!")).collect();
    assert!(silent.is_empty(), "these open without a `//!` comment: {silent:#?}");
}

#[test]
fn use_paths_are_found_however_they_are_written() {
    let cases: [(&str, usize, &[&str]); 7] = [
        ("use crate::sim::time::Time;", 1, &["sim"]),
        ("use crate::{metrics::{Digest, Report}, node, sim::Time};", 1, &["metrics", "node", "sim"]),
        ("use super::super::node::Kind;", 2, &["node"]),
        ("use super::node::Kind;", 2, &[]),
        ("fn f() -> crate::session::Session {}", 1, &["session"]),
        ("/// As [`crate::session::Session`] does.", 1, &[]),
        ("use crate::sim::Time;\n#[cfg(test)]\nmod tests { use crate::session::Session; }", 1, &["sim"]),
    ];
    for (text, depth, expected) in cases {
        let found = modules_used(text, depth);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{text}");
    }
}

/// Names of the crates that `package` is built with, itself among them, in every configuration of features.
fn dependencies(package: &str, options: &[&str]) -> BTreeSet<String> {
    let fixed = ["tree", "--package", package, "--edges", "normal,build", "--prefix", "none", "--offline"];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).current_dir(root()).args(fixed).args(options).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Modules of core named in `text` outside comments and tests, by a path from the crate's root. `depth` is the
/// number of `super::` from the file to that root.
fn modules_used(text: &str, depth: usize) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join(" ");
    let upwards = "super::".repeat(depth);
    let mut used = BTreeSet::new();
    for prefix in ["crate::", upwards.as_str()] {
        for (at, _) in code.match_indices(prefix) {
            if prefix == upwards && code[..at].ends_with("super::") {
                continue;
            }
            used.extend(first_segments(&code[at + prefix.len()..]));
        }
    }
    used.retain(|name| MODULES.contains(&name.as_str()));
    used
}

/// The first name of a path, or of each path in a group `{…}`.
fn first_segments(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![identifier(path)];
    };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(identifier(group[start..at].trim_start()));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

/// How many `super::` lead from a file to its crate's root.
fn module_depth(source: &Path, file: &Path) -> usize {
    let inside = file.strip_prefix(source).unwrap();
    let is_folder = file.file_name().is_some_and(|name| name == "mod.rs");
    inside.components().count() - usize::from(is_folder)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let skipped = path.ends_with("target") || path.ends_with("node_modules");
            files.extend((!skipped).then(|| rust_files(&path)).into_iter().flatten());
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}
