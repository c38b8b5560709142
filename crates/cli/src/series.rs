//! `--series`: a CSV file with a line for each window.

use crate::failure::Failure;
use headroom_core::session::Session;
use std::path::Path;

/// Writes the whole run to a file.
pub(crate) fn write(session: &Session, file: &Path) -> Result<(), Failure> {
    std::fs::write(file, session.series())
        .map_err(|error| Failure::Unusable(format!("{}: {error}", file.display())))
}
