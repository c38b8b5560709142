//! `headroom`: the engines of the playground on the command line.
//!
//! Exit status: 0 done; 1 the run reached a limit or its digest differs from the expected one; 2 the input cannot be
//! used (nothing is written); 130 interrupted.

mod accesses;
mod args;
mod check;
mod compare;
mod contender;
mod failure;
mod labs;
mod link;
mod mrc;
mod output;
mod plot;
mod progress;
mod replay;
mod run;
mod schema;
mod series;
mod source;
mod table;
mod trace;
mod vary;

use args::{Arguments, Command};
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Clap ends the process itself: status 2 for arguments that cannot be used, 0 for help.
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Mrc(arguments) => mrc::mrc(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Labs(arguments) => labs::labs(&arguments),
        Command::Schema => schema::schema(),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "headroom", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.show();
            failure.status()
        }
    }
}
