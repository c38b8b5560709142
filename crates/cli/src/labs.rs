//! `headroom labs`: what there is to learn and to run.

use crate::args::LabsArguments;
use crate::failure::Failure;
use crate::output;
use crate::table::{Align, Table};
use headroom_labs::labs as all;

pub(crate) fn labs(arguments: &LabsArguments) -> Result<(), Failure> {
    if arguments.json {
        let labs: Vec<_> = all()
            .iter()
            .map(|lab| serde_json::json!({ "id": lab.id, "title": lab.title, "chapter": lab.chapter, "minutes": lab.minutes }))
            .collect();
        return output::print(&format!("{:#}\n", serde_json::Value::from(labs)));
    }
    let mut table = Table::new([("lab", Align::Left), ("title", Align::Left), ("minutes", Align::Right)]);
    for lab in all() {
        table.row([lab.id.clone(), lab.title.clone(), lab.minutes.to_string()]);
    }
    output::print(&table.to_string())
}
