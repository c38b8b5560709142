//! The whole file: from a text to a scenario, and back to the same keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::read::{Field, Fields, Path, Problems, Tree, parse};
use super::{Chaos, Limits, Link, Node, Problem, Scenario, TimedAction, Value, check, region, units};
use crate::sim::time::Nanos;
use crate::sort;

/// The longest text that is read, in bytes.
pub const LONGEST_TEXT: usize = 1 << 20;

/// The most actions in a file.
const MOST_ACTIONS: usize = 1_000;

/// The most actions of a learner: some minutes of dragging a knob.
const MOST_LEARNER_ACTIONS: usize = 5_000;

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// Everything that is wrong with it (at most 100 problems), in the order of the text.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > LONGEST_TEXT {
            let message = format!("{} bytes of text; give at most {LONGEST_TEXT}", text.len());
            return Err(vec![Problem { path: String::new(), span: None, message, help: None }]);
        }
        let problems = Problems::default();
        let tree = parse(text, &problems);
        if !problems.is_empty() {
            return Err(read_fragments(text, &tree, problems.into_sorted()));
        }
        Self::from_tree(Arc::new(tree))
    }

    /// Reads a scenario that may not even be text.
    ///
    /// # Errors
    /// As [`Scenario::read`], and if the bytes are not UTF-8.
    pub fn read_bytes(bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let at = error.valid_up_to();
            let message = format!("byte {at} is not UTF-8 text; save the file as UTF-8");
            vec![Problem { path: String::new(), span: Some(at..at + 1), message, help: None }]
        })?;
        Self::read(text)
    }

    /// Second and third pass.
    pub(super) fn from_tree(tree: Arc<Tree>) -> Result<Self, Vec<Problem>> {
        let problems = Problems::default();
        let scenario = read_shape(&tree, &problems);
        if let Some((scenario, action_indices)) = &scenario {
            check::check(scenario, action_indices, &problems);
        }
        match scenario {
            Some((scenario, _)) if problems.is_empty() => Ok(scenario),
            _ => Err(problems.into_sorted()),
        }
    }
}

/// What can be said of a text whose syntax is wrong: one problem of syntax per line, since the first causes the
/// others, and wrong values on the lines that could be read.
fn read_fragments(text: &str, tree: &Tree, syntax: Vec<Problem>) -> Vec<Problem> {
    let line = |problem: &Problem| {
        let start = problem.span.as_ref().map_or(0, |span| span.start.min(text.len()));
        text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count()
    };
    let shape = Problems::in_fragments();
    // Wanted for its problems only.
    let _ = read_shape(&Arc::new(tree.clone()), &shape);
    let mut lines = BTreeSet::new();
    let mut problems: Vec<Problem> =
        syntax.into_iter().filter(|problem| lines.insert(line(problem))).collect();
    problems.extend(shape.into_sorted().into_iter().filter(|problem| !lines.contains(&line(problem))));
    sort::by_key(&mut problems, |problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
    problems
}

/// The scenario as far as it can be read, and the places of its actions in the file. What could not be read is noted,
/// and left out or has its default.
fn read_shape(tree: &Arc<Tree>, problems: &Problems) -> Option<(Scenario, Vec<usize>)> {
    Field::root(tree, problems).table(|fields| {
        let title = fields.required("title", "a title", |field| field.text());
        let seed = fields.or("seed", 1, |field| field.whole(0..=(1_u64 << 53) - 1, ""));
        let duration = fields
            .required("duration", "the length of the run", |field| field.duration(units::SOME_DURATION));
        let (actions, action_indices) = read_actions(fields, MOST_ACTIONS);
        let scenario = Scenario {
            title: title.unwrap_or_default(),
            seed,
            duration: duration.unwrap_or(Nanos::MAX),
            warmup: fields.or("warmup", 0, |field| field.duration(units::ANY_DURATION)),
            view: fields.optional("view", |field| field.duration(units::SOME_DURATION)),
            nodes: fields
                .required("nodes", "at least one node", |field| field.named(Node::read))
                .unwrap_or_default(),
            links: fields.or("links", Vec::new(), |field| field.named(Link::read)),
            regions: fields
                .or("regions", Vec::new(), |field| field.table(|fields| Some(region::read(fields)))),
            actions,
            chaos: fields.optional("chaos", |field| field.table(Chaos::read)),
            limits: fields.or("limits", Limits::default(), |field| field.table(Limits::read)),
            tree: Arc::clone(tree),
        };
        Some((scenario, action_indices))
    })
}

/// The actions in the order of time, and the place of each in the file.
fn read_actions(fields: &mut Fields<'_>, most: usize) -> (Vec<TimedAction>, Vec<usize>) {
    let mut places = 0..;
    let mut actions = fields.or("actions", Vec::new(), |field| {
        field.list(most, |item| {
            let place = places.next()?;
            Some((TimedAction::read(item)?, place))
        })
    });
    // Stable: at one time they keep the order of the file.
    sort::by_key(&mut actions, |(timed, _)| timed.at);
    actions.into_iter().unzip()
}

/// Notes what is wrong with the values of a learner's actions, by the code that reads those of a file: they may come
/// from a link or from another program.
pub(super) fn judge_values(actions: &[TimedAction], problems: &Problems) {
    let written = serde_json::to_value(actions).and_then(serde_json::from_value::<Value>);
    let Ok(written) = written else {
        // What JSON cannot hold.
        problems.add(&Path::ROOT.key("actions"), None, "a number is not finite; give a number".to_owned());
        return;
    };
    let tree = Tree::from(&Value::Table(vec![("actions".to_owned(), written)]));
    Field::root(&tree, problems).table(|fields| Some(read_actions(fields, MOST_LEARNER_ACTIONS)));
}

impl Limits {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let alive = fields
            .or("alive", Self::default().alive, |field| field.whole(1..=500_000, "calls and visits alive"));
        Some(Self { alive })
    }
}

/// Writes the keys of a file with all defaults filled in, such as for JSON.
impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = serializer.serialize_struct("Scenario", 11)?;
        file.serialize_field("title", &self.title)?;
        file.serialize_field("seed", &self.seed)?;
        file.serialize_field("duration", &units::format_duration(self.duration))?;
        file.serialize_field("warmup", &units::format_duration(self.warmup))?;
        match self.view {
            Some(view) => file.serialize_field("view", &units::format_duration(view))?,
            None => file.skip_field("view")?,
        }
        file.serialize_field("nodes", &Map(|| self.nodes.iter().map(|node| (&node.name, &node.spec))))?;
        file.serialize_field("links", &Map(|| self.links.iter().map(|link| (link.key(), link))))?;
        let places = || self.regions.iter().map(|place| (place.region, &place.nodes));
        file.serialize_field("regions", &Map(places))?;
        file.serialize_field("actions", &self.actions)?;
        match &self.chaos {
            Some(chaos) => file.serialize_field("chaos", chaos)?,
            None => file.skip_field("chaos")?,
        }
        file.serialize_field("limits", &self.limits)?;
        file.end()
    }
}

/// Pairs, written as a map in their order.
struct Map<F>(F);

impl<F, I, K, V> Serialize for Map<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (K, V)>,
    K: Serialize,
    V: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}
