//! Standard output, which may be a pipe that nobody reads any more.

use crate::failure::Failure;
use std::io::{ErrorKind, Write};

/// Prints a text. A reader that has gone (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Unusable(format!("standard output: {error}"))),
    }
}
