//! Changing a scenario by the path of a setting: the command line's `--set`, a slider, a `set` action.
//!
//! A change is made in the tree that was read and the tree is read again, so every field works without code of its
//! own and is judged as in a file. Cost: one copy of the tree and one reading, about 0.1 ms for a file of 30 nodes.

use std::sync::Arc;

use super::read::{Content, Entry, Problems, Step, Tree, did_you_mean, parse_path, quoted};
use super::{Problem, Scenario, TimedAction, Value, check, file};

impl Scenario {
    /// This scenario with some settings changed, all at once: only the result need be right.
    ///
    /// # Errors
    /// Everything that is wrong with the result.
    pub fn with(&self, changes: &[(String, Value)]) -> Result<Self, Vec<Problem>> {
        let mut tree = Tree::clone(&self.tree);
        let problems: Vec<Problem> =
            changes.iter().filter_map(|(path, value)| set(&mut tree, path, value).err()).collect();
        if problems.is_empty() { Self::from_tree(Arc::new(tree)) } else { Err(problems) }
    }

    /// As [`Scenario::with`], for a run that goes on: what it is built from must stay as it is.
    ///
    /// # Errors
    /// Everything that is wrong with the result, and what needs a restart.
    pub fn with_live(&self, changes: &[(String, Value)]) -> Result<Self, Vec<Problem>> {
        let changed = self.with(changes)?;
        match self.needs_restart(&changed) {
            None => Ok(changed),
            Some(path) => {
                let message = "cannot change while a run goes on; set it before the run starts".to_owned();
                Err(vec![Problem { path, span: None, message, help: None }])
            }
        }
    }

    /// Whether a learner may do all that to this system: values in their ranges, nodes that exist and are of the right
    /// kind, no more load and instances than a run takes. Settings are judged by [`Scenario::with_live`] alone.
    ///
    /// # Errors
    /// Everything that is wrong; places count the learner's actions from 0.
    pub fn check_actions(&self, actions: &[TimedAction]) -> Result<(), Vec<Problem>> {
        if actions.is_empty() {
            return Ok(());
        }
        let problems = Problems::default();
        file::judge_values(actions, &problems);
        // Sums of values that are no numbers mean nothing.
        if problems.is_empty() {
            check::check_learner(self, actions, &problems);
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.into_sorted()) }
    }

    /// Whether these settings leave no more load and instances than a run takes, whatever a learner does besides.
    ///
    /// # Errors
    /// Everything that is too much.
    pub fn check_growth(&self, actions: &[TimedAction]) -> Result<(), Vec<Problem>> {
        let problems = Problems::default();
        check::check_growth(self, actions, &problems);
        if problems.is_empty() { Ok(()) } else { Err(problems.into_sorted()) }
    }

    /// The value of a setting, with its default where the file is silent; `None` if there is no such setting or it is
    /// not set and has no default.
    pub fn get(&self, path: &str) -> Option<Value> {
        let steps = parse_path(path).ok()?;
        let written = steps.iter().try_fold(&*self.tree, |tree, step| tree.step(*step));
        match written {
            // A table has defaults inside, and is looked up as a whole.
            Some(tree) if !matches!(tree.content, Content::Table(_)) => tree.to_value(),
            _ => self.effective(&steps),
        }
    }

    fn effective(&self, steps: &[Step<'_>]) -> Option<Value> {
        let whole = match steps {
            [Step::Key("nodes"), Step::Key(name), ..] => serde_json::to_value(&self.node(name)?.spec),
            _ => serde_json::to_value(self),
        }
        .ok()?;
        let rest = if matches!(steps, [Step::Key("nodes"), _, ..]) { &steps[2..] } else { steps };
        let found = rest.iter().try_fold(&whole, |json, step| match step {
            Step::Key(key) => json.get(key),
            Step::Index(index) => json.get(index),
        })?;
        Value::try_from(found).ok()
    }

    /// The first setting that differs and that a run is built from.
    fn needs_restart(&self, new: &Self) -> Option<String> {
        for (key, differs) in [
            ("seed", self.seed != new.seed),
            ("duration", self.duration != new.duration),
            ("warmup", self.warmup != new.warmup),
            ("regions", self.regions != new.regions),
            ("actions", self.actions != new.actions),
            ("chaos", self.chaos != new.chaos),
            ("limits.alive", self.limits != new.limits),
        ] {
            if differs {
                return Some(key.to_owned());
            }
        }
        self.nodes_need_restart(new).or_else(|| self.pools_need_restart(new))
    }

    fn nodes_need_restart(&self, new: &Self) -> Option<String> {
        if self.nodes.len() != new.nodes.len() {
            return Some("nodes".to_owned());
        }
        self.nodes.iter().zip(&new.nodes).find_map(|(old, new)| {
            let key = old.spec.restart_key(&new.spec)?;
            Some(format!("nodes.{}.{key}", new.name))
        })
    }

    fn pools_need_restart(&self, new: &Self) -> Option<String> {
        let pooled = |scenario: &Self, from: &str, to: &str| {
            scenario.link(from, to).is_some_and(|link| link.pool.is_some())
        };
        let links = self.links.iter().chain(&new.links);
        let changed =
            |link: &&super::Link| pooled(self, &link.from, &link.to) != pooled(new, &link.from, &link.to);
        links.into_iter().find(changed).map(|link| format!("links.\"{}\".pool", link.key()))
    }
}

/// Puts a value in its place, making the tables on the way.
fn set(tree: &mut Tree, path: &str, value: &Value) -> Result<(), Problem> {
    let problem = |message, help| Problem { path: path.to_owned(), span: None, message, help };
    let steps = parse_path(path).map_err(|message| Problem {
        path: String::new(),
        span: None,
        message,
        help: None,
    })?;
    if let [Step::Key("nodes"), Step::Key(name), ..] = steps[..] {
        let nodes = tree.get("nodes").map_or(&[][..], Tree::entries);
        if !nodes.iter().any(|node| node.key == name) {
            let help = did_you_mean(name, nodes.iter().map(|node| node.key.as_str()));
            return Err(problem(format!("no node is called {}", quoted(name)), help));
        }
    }
    let mut place = tree;
    for step in steps {
        place = descend(place, step).ok_or_else(|| problem("there is no such setting".to_owned(), None))?;
    }
    *place = Tree::from(value);
    Ok(())
}

/// One step down. A key that is not there is made, and what was `"none"` becomes a table.
fn descend<'a>(tree: &'a mut Tree, step: Step<'_>) -> Option<&'a mut Tree> {
    if let (Step::Key(_), Content::Text(text)) = (step, &tree.content)
        && text == "none"
    {
        tree.content = Content::Table(Vec::new());
    }
    match (step, &mut tree.content) {
        (Step::Index(index), Content::List(items)) => items.get_mut(index),
        (Step::Key(key), Content::Table(entries)) => {
            let position = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
                let value = Tree { content: Content::Table(Vec::new()), span: None };
                entries.push(Entry { key: key.to_owned(), key_span: None, value });
                entries.len() - 1
            });
            entries.get_mut(position).map(|entry| &mut entry.value)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: &str = r#"
title = "Two nodes"
duration = "10s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "poisson", rate = 2_000 }
[nodes.server]
kind = "service"
replicas = 2
service_time = { distribution = "fixed", value = "1ms" }
"#;

    fn judged(actions: &str) -> Vec<String> {
        let scenario = Scenario::read(SYSTEM).unwrap();
        let actions: Vec<TimedAction> = serde_json::from_str(actions).unwrap();
        let problems = scenario.check_actions(&actions).err().unwrap_or_default();
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn what_a_learner_does_is_judged_like_the_actions_of_a_file() {
        for (actions, expected) in [
            (r#"[]"#, None),
            (r#"[{ "at": "1s", "do": "kill", "node": "server[1]" }]"#, None),
            (r#"[{ "at": "99s", "do": "kill", "node": "server" }]"#, None),
            (
                r#"[{ "at": "1s", "do": "start", "node": "server" }, { "at": "2s", "do": "kill", "node": "server[2]" }]"#,
                None,
            ),
            (
                r#"[{ "at": "1s", "do": "kill", "node": "server[2]" }]"#,
                Some("actions[0].node: there is no server[2]; the last is server[1]"),
            ),
            (
                r#"[{ "at": "1s", "do": "kill", "node": "sevrer" }]"#,
                Some("actions[0].node: no node is called \"sevrer\" (did you mean `server`?)"),
            ),
            (
                r#"[{ "at": "1s", "do": "spike", "node": "clients", "factor": 1000, "for": "1s" }]"#,
                Some("nodes: up to 2000000 requests per second in all; make it at most 1000000"),
            ),
        ] {
            assert_eq!(judged(actions), Vec::from_iter(expected), "{actions}");
        }
        let starts = vec![r#"{ "at": "1s", "do": "start", "node": "server" }"#; 2_000].join(",");
        assert_eq!(
            judged(&format!("[{starts}]")),
            ["nodes: 2003 instances in all; make it at most 2000"],
            "instances that are started count"
        );
    }

    #[test]
    fn values_that_no_reader_has_seen_are_judged_too() {
        let scenario = Scenario::read(SYSTEM).unwrap();
        let spike = |factor, lasting| super::super::Action::Spike { node: "clients".into(), factor, lasting };
        for (action, expected) in [
            (spike(-1.0, 1), "actions[0].factor: -1 times; give at least 0"),
            (spike(1e300, 1), "actions[0].factor: 1e300 times; give at most 1000"),
            (spike(f64::NAN, 1), "actions: a number is not finite; give a number"),
            (spike(2.0, 0), "actions[0].for: \"0s\"; give at least \"1ns\""),
            (spike(2.0, u64::MAX), "actions[0].for: \"18446744073.709551615s\"; give at most \"8760h\""),
        ] {
            let problems = scenario.check_actions(&[TimedAction { at: 0, action }]).unwrap_err();
            assert_eq!(problems.iter().map(Problem::to_string).collect::<Vec<_>>(), [expected]);
        }
    }
}
