//! `cargo xtask serve`: the page on this machine, rebuilt and reloaded when a file changes.

use std::net::{Ipv4Addr, TcpListener};

use crate::step::{self, Done, Failure, program};
use crate::tools;

/// Brings the tools, prints the address and serves until it is interrupted. `options` go to trunk.
pub(crate) fn run(options: &[String]) -> Done {
    tools::page()?;
    let mut trunk = program("trunk");
    trunk.env_remove("NO_COLOR").args(["serve", "--release"]);
    if !options.iter().any(|option| option == "--port" || option.starts_with("--port=")) {
        let port = free_port()?;
        println!("http://127.0.0.1:{port}/ answers once the first build is done; Ctrl-C stops it");
        trunk.args(["--port", &port.to_string()]);
    }
    step::run(trunk.args(options))
}

/// The usual port, or the next one that nobody else has.
fn free_port() -> Result<u16, Failure> {
    (8080..8180).find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()).ok_or_else(|| {
        Failure("ports 8080 to 8179 are all taken; give one: cargo xtask serve --port N".to_owned())
    })
}
