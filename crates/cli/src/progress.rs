//! A bar that shows how far long work is, for people who watch; nothing where nobody does.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::process;

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// A bar of `length` steps. From now on an interrupt clears it and ends the process at once, with nothing half printed.
pub(crate) fn bar(length: u64, template: &str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    let interrupted = bar.clone();
    // Without a handler an interrupt still ends the process, only less neatly.
    let _ = ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        process::exit(INTERRUPTED);
    });
    bar
}
