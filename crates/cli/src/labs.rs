//! `headroom labs`: what there is to learn and to run.

use crate::args::LabsArguments;
use crate::failure::Failure;
use crate::output;
use crate::table::{Align, Table};
use headroom_labs::{course, labs as all};

pub(crate) fn labs(arguments: &LabsArguments) -> Result<(), Failure> {
    if arguments.json {
        let labs: Vec<_> = all()
            .iter()
            .map(|lab| serde_json::json!({ "id": lab.id, "number": number(&lab.id), "title": lab.title, "chapter": lab.chapter, "minutes": lab.minutes }))
            .collect();
        return output::print(&format!("{:#}\n", serde_json::Value::from(labs)));
    }
    let mut table = Table::new([
        ("lab", Align::Left),
        ("number", Align::Right),
        ("title", Align::Left),
        ("minutes", Align::Right),
    ]);
    for lab in all() {
        table.row([lab.id.clone(), number(&lab.id), lab.title.clone(), lab.minutes.to_string()]);
    }
    output::print(&table.to_string())
}

/// A lab's number in the course, such as 2.10.
fn number(id: &str) -> String {
    course().outline(id).map_or_else(String::new, |lab| course().number(lab))
}
