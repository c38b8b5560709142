//! `headroom schema`: what a scenario file may say, for editors and other programs.

use crate::failure::Failure;
use crate::output;
use headroom_core::scenario::json_schema;

pub(crate) fn schema() -> Result<(), Failure> {
    output::print(&format!("{:#}\n", json_schema()))
}
