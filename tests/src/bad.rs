//! The scenario files in `tests/bad`, each with what is wrong with it.

use std::path::{Path, PathBuf};

/// A file that is wrong.
#[derive(Debug)]
pub struct Bad {
    /// Its place in `tests/bad`, without the ending.
    pub name: String,
    /// All of it.
    pub text: String,
    /// What its opening comments (`#: `) say about it.
    pub expected: Vec<String>,
}

/// All of them, by name.
///
/// # Panics
/// If they cannot be read: they are part of the tests.
pub fn files() -> Vec<Bad> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("bad");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    paths.iter().map(|path| read(&root, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
}

fn read(root: &Path, path: &Path) -> Bad {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let expected = text.lines().map_while(|line| line.strip_prefix("#: ")).map(str::to_owned).collect();
    let name = path.strip_prefix(root).unwrap_or(path).with_extension("");
    Bad { name: name.to_string_lossy().replace('\\', "/"), text, expected }
}
