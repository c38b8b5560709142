//! Running other programs in timed steps: one line says what was done and how long it took.

use std::ffi::OsString;
use std::fmt;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Why a command stopped, in words that say what to do.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

pub(crate) type Done = Result<(), Failure>;

/// Does `action` and prints one line: how long it took and `what` it was.
pub(crate) fn step(what: &str, action: impl FnOnce() -> Done) -> Done {
    let started = Instant::now();
    if std::io::stdout().is_terminal() {
        print!("          … {what}\r");
        std::io::stdout().flush().ok();
    }
    let done = action();
    let verdict = if done.is_ok() { "ok" } else { "FAILED" };
    println!("{:>10}  {what}: {verdict}", duration(started.elapsed()));
    done
}

/// A duration as people say it.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02.0} s", time.as_secs() / 60, seconds % 60.0)
    }
}

/// A program to be run in the root of the workspace, with cargo's own folder of programs on its `PATH`.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).env("PATH", search_path());
    if !std::io::stderr().is_terminal() {
        // A log wants warnings and errors, not a line per crate.
        command.env("CARGO_TERM_QUIET", "true");
    }
    command
}

/// Runs to the end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Done {
    let line = command_line(command);
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure(format!("`{line}` failed ({status})"))),
        Err(error) => Err(Failure(format!("`{line}` could not be started: {error}"))),
    }
}

/// What a program prints, if it can be started and succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program is found, if anywhere on the `PATH` of [`program`].
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&search_path()).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest)
}

/// Where cargo keeps its things; programs installed here are found by every clone.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

fn search_path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = cargo_home().map(|home| home.join("bin"));
    let all = own.into_iter().chain(std::env::split_paths(&path));
    // A folder whose name holds the separator cannot be joined; then the given path serves as it is.
    std::env::join_paths(all).unwrap_or(path)
}

fn command_line(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect::<Vec<_>>().join(" ")
}
