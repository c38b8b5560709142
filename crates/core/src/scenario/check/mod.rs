//! Third pass: what only the whole can tell.
//!
//! [`references`] names that must exist and fit; [`paths`] the same of paths; [`cycles`] requests that would go round for
//! ever; [`limits`] sums that a run could not hold; [`actions`] things that cannot happen. All of them look at the nodes
//! that could be read and at the names of the others, so that one wrong node does not make its callers wrong.

mod actions;
mod cycles;
mod limits;
mod paths;
mod references;

use std::ops::Range;

use super::read::{Path, Problems, Step, Tree, did_you_mean};
use super::{Action, Node, NodeSpec, Problem, Scenario, TimedAction};

/// More names than this are no suggestion.
const MOST_NAMED: usize = 200;

/// Notes everything that is wrong with the scenario as a whole.
/// `action_indices` are the places of the actions in the file, whose order need not be that of time.
pub(super) fn check(scenario: &Scenario, action_indices: &[usize], problems: &Problems) {
    let checker = Checker { scenario, action_indices, learner: None, problems };
    // More nodes than that would only take long to judge.
    if !limits::check_count(&checker) {
        return;
    }
    references::check(&checker);
    paths::check(&checker);
    cycles::check(&checker);
    limits::check(&checker);
    actions::check(&checker);
}

/// Notes what is wrong with what a learner does to a scenario that is right in itself. Values were judged when they
/// were read, and settings are when they are made.
pub(super) fn check_learner(scenario: &Scenario, learner: &[TimedAction], problems: &Problems) {
    let checker = Checker { scenario, action_indices: &[], learner: Some(learner), problems };
    actions::check_learner(&checker, learner);
    limits::check_growth(&checker);
}

/// Notes which sums a learner's actions make too large.
pub(super) fn check_growth(scenario: &Scenario, learner: &[TimedAction], problems: &Problems) {
    limits::check_growth(&Checker { scenario, action_indices: &[], learner: Some(learner), problems });
}

struct Checker<'a> {
    scenario: &'a Scenario,
    action_indices: &'a [usize],
    /// A learner's actions, which stand in no text, if it is they that are judged.
    learner: Option<&'a [TimedAction]>,
    problems: &'a Problems,
}

impl<'a> Checker<'a> {
    /// Notes a problem at a place.
    fn reject(&self, steps: &[Step<'_>], message: String, help: Option<String>) {
        let path = written(steps, &Path::ROOT);
        self.problems.push(Problem { path, span: self.span(steps), message, help });
    }

    /// The place in the text; where the place is not written out, the innermost table around it.
    fn span(&self, steps: &[Step<'_>]) -> Option<Range<usize>> {
        if self.learner.is_some() {
            return None;
        }
        let mut tree = &*self.scenario.tree;
        for step in steps {
            match tree.step(*step) {
                Some(inner) => tree = inner,
                None => break,
            }
        }
        tree.span.clone()
    }

    /// What happens: the scenario's own actions and the learner's.
    fn actions(&self) -> impl Iterator<Item = &'a Action> + use<'a> {
        self.scenario.actions.iter().chain(self.learner.unwrap_or_default()).map(|timed| &timed.action)
    }

    /// The names of all nodes and their kinds as written, of those too that could not be read.
    fn names(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        let nodes = self.scenario.tree.get("nodes").map_or(&[][..], Tree::entries);
        nodes.iter().map(|entry| (entry.key.as_str(), entry.value.get("kind").and_then(Tree::text)))
    }

    /// The kind of a node: `None` if there is no such node, `Some(None)` if its kind is unreadable.
    fn kind(&self, name: &str) -> Option<Option<&'a str>> {
        self.names().find(|(found, _)| *found == name).map(|(_, kind)| kind)
    }
}

/// Which node was meant: one of a similar name, or any of those there are.
fn meant<'a>(name: &str, nodes: impl Iterator<Item = &'a str>) -> Option<String> {
    let nodes: Vec<&str> = nodes.take(MOST_NAMED).collect();
    did_you_mean(name, nodes.iter().copied()).or_else(|| match nodes.len() {
        0 => Some("there is no node that would do; add one".to_owned()),
        1..=12 => Some(format!("there are: {}", nodes.join(", "))),
        _ => None,
    })
}

fn written(steps: &[Step<'_>], place: &Path<'_>) -> String {
    match steps {
        [] => place.to_string(),
        [first, rest @ ..] => written(rest, &place.then(*first)),
    }
}

/// A node that calls another.
struct Edge<'a> {
    to: &'a str,
    /// Whether it is asked as a cache.
    as_cache: bool,
    /// The route of a balancer that it is part of.
    of_route: Option<usize>,
    /// Where it is written.
    steps: Vec<Step<'a>>,
}

/// Whom a node calls, and where that is written.
fn edges(node: &Node) -> Vec<Edge<'_>> {
    let edge = |to, as_cache, inner: &[Step<'static>]| Edge {
        to,
        as_cache,
        of_route: None,
        steps: [&[Step::Key("nodes"), Step::Key(&node.name)], inner].concat(),
    };
    match &node.spec {
        NodeSpec::Clients(clients) => vec![edge(&clients.to, false, &[Step::Key("to")])],
        NodeSpec::Balancer(balancer) => {
            let target = |(index, to)| edge(to, false, &[Step::Key("to"), Step::Index(index)]);
            let mut edges: Vec<Edge<'_>> =
                balancer.to.iter().map(String::as_str).enumerate().map(target).collect();
            for (nth, route) in balancer.routes.iter().enumerate() {
                for (index, to) in route.to.iter().enumerate() {
                    let place = [Step::Key("routes"), Step::Index(nth), Step::Key("to"), Step::Index(index)];
                    edges.push(Edge { of_route: Some(nth), ..edge(to, false, &place) });
                }
            }
            edges
        }
        NodeSpec::Service(service) => {
            let cache = service.cache.as_ref();
            let cache = cache.map(|cache| edge(&cache.node, true, &[Step::Key("cache"), Step::Key("node")]));
            let to = service.to.as_deref().map(|to| edge(to, false, &[Step::Key("to")]));
            let writes_to = service.writes_to.as_deref().map(|to| edge(to, false, &[Step::Key("writes_to")]));
            cache.into_iter().chain(to).chain(writes_to).collect()
        }
        NodeSpec::Cache(cache) => {
            cache.to.as_deref().map(|to| edge(to, false, &[Step::Key("to")])).into_iter().collect()
        }
        NodeSpec::Database(_) => Vec::new(),
    }
}
