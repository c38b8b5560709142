//! The browser tests in `tests/browser`: their packages, a browser, the command line they compare with, and the run.
//!
//! The browser is the one that `HEADROOM_BROWSER` names, else one found on this machine, else Debian's Chromium
//! (installed where we may), else Playwright's own download. Firefox, which runs the few tests that show it is
//! supported, is the one that `HEADROOM_FIREFOX` names, else one found, else Debian's.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Done, Failure, find, program, run, step};
use crate::tools;

/// Playwright's command line.
const PLAYWRIGHT: &str = "node_modules/@playwright/test/cli.js";
/// Its projects; `playwright.config.js` says what belongs to which.
const PROJECTS: [&str; 2] = ["two at a time", "alone"];
/// Names under which systems install a Chromium.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
/// Tests that show that Firefox is supported.
const FIREFOX_TESTS: &str = "firefox/firefox.test.js";
/// Names under which systems install a Firefox.
const FIREFOX_NAMES: [&str; 2] = ["firefox-esr", "firefox"];
/// Where macOS keeps one.
const FIREFOX_PLACES: [&str; 1] = ["/Applications/Firefox.app/Contents/MacOS/firefox"];
/// Where macOS keeps one.
const PLACES: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// Runs the browser tests against `dist/`; `options` go to Playwright.
pub(crate) fn test(options: &[String]) -> Done {
    let cli = command_line()?;
    let failed = cli.with_file_name("failed-browser-tests.txt");
    std::fs::remove_file(&failed).ok();
    // One after the other, so that those that watch the clock have the machine to themselves. Both run in any case.
    let results = PROJECTS.map(|project| {
        let mut playwright = script(PLAYWRIGHT)?;
        playwright.env("HEADROOM_CLI", &cli).env("HEADROOM_FAILED", &failed);
        playwright.args(["test", "--pass-with-no-tests", "--project", project]);
        step(&format!("browser tests, {project}"), || run(playwright.args(options)))
    });
    results.into_iter().collect::<Done>().map_err(|Failure(why)| match std::fs::read_to_string(&failed) {
        Ok(list) => Failure(format!("these browser tests failed:\n{list}{why}")),
        Err(_) => Failure(why),
    })
}

/// Runs the tests in Firefox against `dist/`.
pub(crate) fn test_firefox() -> Done {
    packages()?;
    let browser = firefox()?;
    let mut tests = node("--test");
    tests.args(["--test-reporter=spec", FIREFOX_TESTS]).env("HEADROOM_FIREFOX", browser);
    step("browser tests in Firefox", || run(&mut tests))
}

/// The command line, built: runs that the page shares must be the same natively.
fn command_line() -> Result<PathBuf, Failure> {
    step("build the command line", || {
        run(program("cargo").args(["build", "--profile", "fast", "--package", "headroom-cli"]))
    })?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| step::root().join("target"), PathBuf::from);
    Ok(target.join("fast").join(format!("headroom{}", std::env::consts::EXE_SUFFIX)))
}

/// A script of `tests/browser`, about to run with all that it needs.
pub(crate) fn script(path: &str) -> Result<Command, Failure> {
    packages()?;
    let mut node = node(path);
    if let Some(browser) = browser()? {
        node.env("HEADROOM_BROWSER", browser);
    }
    Ok(node)
}

fn folder() -> PathBuf {
    step::root().join("tests/browser")
}

fn node(script: &str) -> Command {
    let mut node = program("node");
    node.current_dir(folder()).arg(script);
    node
}

/// Installs the npm packages when they are missing or not those of the lock file.
fn packages() -> Done {
    let stamp = folder().join("node_modules/.package-lock.json");
    if newer(&stamp, &folder().join("package-lock.json")) {
        return Ok(());
    }
    step("install the browser tests' npm packages", || {
        let mut npm = tools::npm()?;
        run(npm.current_dir(folder()).args(["ci", "--silent", "--no-audit", "--no-fund"]))
    })
}

fn newer(stamp: &Path, source: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    modified(stamp).is_some_and(|stamp| modified(source).is_some_and(|source| stamp >= source))
}

/// The browser that a variable names.
fn named(variable: &str) -> Result<Option<PathBuf>, Failure> {
    let Some(named) = std::env::var_os(variable).map(PathBuf::from) else { return Ok(None) };
    let missing = || Failure(format!("{variable} names {}, which is not there", named.display()));
    if named.is_file() { Ok(Some(named)) } else { Err(missing()) }
}

/// The Firefox to use.
fn firefox() -> Result<PathBuf, Failure> {
    const ADVICE: &str =
        "No Firefox: install it (Debian: sudo apt-get install firefox-esr), or name one in HEADROOM_FIREFOX";
    let installed = || installed(&FIREFOX_NAMES, &FIREFOX_PLACES);
    if let Some(found) = named("HEADROOM_FIREFOX")?.or_else(installed) {
        return Ok(found);
    }
    if may_install() {
        step("install Firefox by apt-get", || apt_get("firefox-esr"))
            .map_err(|Failure(why)| Failure(format!("{why}\n{ADVICE}")))?;
    }
    installed().ok_or_else(|| Failure(ADVICE.to_owned()))
}

/// Whether packages of the system may be installed.
fn may_install() -> bool {
    step::output(program("id").arg("-u")).is_some_and(|user| user == "0") && find("apt-get").is_some()
}

/// The browser to use; `None` means Playwright's own.
fn browser() -> Result<Option<PathBuf>, Failure> {
    let installed = || installed(&NAMES, &PLACES);
    if let Some(found) = named("HEADROOM_BROWSER")?.or_else(installed) {
        return Ok(Some(found));
    }
    if may_install() {
        step("install Chromium by apt-get", || apt_get("chromium")).map_err(or_what_to_install)?;
        return Ok(installed());
    }
    step("install Playwright's Chromium", || run(node(PLAYWRIGHT).args(["install", "chromium"])))
        .map_err(or_what_to_install)?;
    Ok(None)
}

fn installed(names: &[&str], places: &[&str]) -> Option<PathBuf> {
    let place = || places.iter().map(PathBuf::from).find(|path| path.is_file());
    names.iter().find_map(|name| find(name)).or_else(place)
}

fn apt_get(package: &str) -> Done {
    let apt_get = || {
        let mut command = program("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt_get().args(["update", "-qq"]))?;
    run(apt_get().args(["install", "-qq", "--no-install-recommends", package]))
}

fn or_what_to_install(failure: Failure) -> Failure {
    let advice =
        "install Chromium (Debian: sudo apt-get install chromium), or name a browser in HEADROOM_BROWSER";
    Failure(format!("{failure}\nNo browser: {advice}"))
}
