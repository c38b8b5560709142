//! Chaos: what breaks at times that nobody chose, after Netflix' Chaos Monkey (Basiri et al., "Chaos Engineering", IEEE
//! Software 33, 2016): again and again one instance of one node.
//!
//! Times, nodes, instances and kinds are drawn from a stream of the scenario's seed before the run begins, and become
//! actions like any other. So a run remains a value: the same seed breaks the same things. Gaps are exponential. Each
//! breakage takes four draws, so that other nodes or kinds leave the times as they are. Costs O(breakages), once.
//!
//! Left out: office hours, to which Chaos Monkey keeps.

use serde::{Deserialize, Serialize};

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::{SomeDuration, Text};
use super::{Action, Node, NodeSpec, Scenario, Target, TimedAction, units};
use crate::engine::mixing::{below, unit};
use crate::sim::exponential::exponential;
use crate::sim::random::{Purpose, Stream};
use crate::sim::time::{Nanos, SECOND, Time, seconds};

/// What breaks by itself in a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "restart")))]
pub struct Chaos {
    /// The mean time from one breakage to the next.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(feature = "schema", schemars(with = "SomeDuration", extend("x-usual" = ["1s", "5m"])))]
    pub every: Nanos,
    /// What may happen, each as likely.
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = 3), extend("default" = ["kill", "pause", "slow"]))
    )]
    pub kinds: Vec<Breakage>,
    /// For how long.
    #[serde(rename = "for", serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "5s", "x-usual" = ["100ms", "1m"]))
    )]
    pub lasting: Nanos,
    /// The nodes that may break, each as likely. Without it, all services, caches and databases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Vec<Text>", length(max = 200), extend("default" = Vec::<String>::new()))
    )]
    pub nodes: Vec<String>,
}

/// What happens to an instance for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Breakage {
    /// It dies, and starts again.
    Kill,
    /// It stands still. Services and databases can.
    Pause,
    /// Its work takes four times as long.
    Slow,
}

const ALL: [Breakage; 3] = [Breakage::Kill, Breakage::Pause, Breakage::Slow];

/// How many times longer work takes.
const SLOWER: f64 = 4.0;

/// More breakages than this are no run but noise.
pub(super) const MOST_BREAKAGES: u64 = 500;

impl Breakage {
    /// Whether it can happen to such a node.
    pub(super) fn suits(self, spec: &NodeSpec) -> bool {
        match self {
            Self::Kill | Self::Slow => !matches!(spec, NodeSpec::Clients(_)),
            Self::Pause => matches!(spec, NodeSpec::Service(_) | NodeSpec::Database(_)),
        }
    }
}

impl Chaos {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let every = fields.required("every", "the mean time between breakages", |field| {
            field.duration(units::SOME_DURATION)
        });
        let kinds = fields
            .or("kinds", ALL.to_vec(), |field| field.some_list(ALL.len(), "kinds", |kind| kind.choice()));
        let lasting = fields.or("for", 5 * SECOND, |field| field.duration(units::SOME_DURATION));
        let nodes = fields.or("nodes", Vec::new(), |field| field.list(200, |item| item.text()));
        Some(Self { every: every?, kinds, lasting, nodes })
    }

    /// The nodes that may break, and in which ways.
    fn targets<'a>(&self, scenario: &'a Scenario) -> Vec<(&'a Node, Vec<Breakage>)> {
        let meant = |node: &&Node| match &node.spec {
            NodeSpec::Service(_) | NodeSpec::Cache(_) | NodeSpec::Database(_) if self.nodes.is_empty() => {
                true
            }
            _ => self.nodes.contains(&node.name),
        };
        let ways = |node: &'a Node| {
            let ways = self.kinds.iter().copied().filter(|kind| kind.suits(&node.spec)).collect();
            (node, ways)
        };
        scenario
            .nodes
            .iter()
            .filter(meant)
            .map(ways)
            .filter(|(_, ways): &(_, Vec<_>)| !ways.is_empty())
            .collect()
    }

    /// What breaks in a run of the scenario, in the order of time.
    fn breakages(&self, scenario: &Scenario) -> Vec<TimedAction> {
        let targets = self.targets(scenario);
        let mut stream = Stream::new(scenario.seed, "chaos", Purpose::Chaos, 0);
        let (mean, lasting) = (seconds(self.every), self.lasting);
        let mut actions = Vec::new();
        let mut at: Time = 0;
        while !targets.is_empty() {
            at = at.saturating_add(exponential(mean, unit(stream.word())).max(1));
            let [which, instance, way] = [(); 3].map(|()| stream.word());
            if at >= scenario.duration {
                break;
            }
            let (node, ways) = &targets[below(which, targets.len() as u64) as usize];
            let slot = below(instance, u64::from(node.spec.replicas())) as u32;
            let node = Target { node: node.name.clone(), slot: Some(slot) };
            let action = match ways[below(way, ways.len() as u64) as usize] {
                Breakage::Kill => Action::Kill { node, lasting: Some(lasting) },
                Breakage::Pause => Action::Pause { node, lasting },
                Breakage::Slow => Action::Slow { node, factor: SLOWER, lasting },
            };
            actions.push(TimedAction { at, action });
        }
        actions
    }
}

impl Scenario {
    /// What happens by itself and stands in no list: what chaos breaks, in the order of time.
    pub fn breakages(&self) -> Vec<TimedAction> {
        self.chaos.as_ref().map_or_else(Vec::new, |chaos| chaos.breakages(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two apps of three and five, a cache, a store and a balancer, for 1,000 s.
    fn scenario(seed: u64, chaos: &str) -> Scenario {
        let text = format!(
            r#"
            title = "t"
            seed = {seed}
            duration = "1000s"
            chaos = {{ every = "5s", {chaos} }}
            [nodes.clients]
            kind = "clients"
            to = "lb"
            arrivals = {{ process = "constant", rate = 1 }}
            [nodes.lb]
            kind = "balancer"
            to = ["app", "other"]
            [nodes.app]
            kind = "service"
            replicas = 3
            service_time = {{ distribution = "fixed", value = "1ms" }}
            cache = {{ node = "cache" }}
            to = "db"
            [nodes.other]
            kind = "service"
            replicas = 5
            service_time = {{ distribution = "fixed", value = "1ms" }}
            [nodes.cache]
            kind = "cache"
            capacity = 10
            [nodes.db]
            kind = "database"
            service_time = {{ distribution = "fixed", value = "1ms" }}
            "#
        );
        Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    fn times(scenario: &Scenario) -> Vec<Time> {
        scenario.breakages().iter().map(|action| action.at).collect()
    }

    /// Over 50 seeds there are 200 in 1,000 s on average; of a Poisson process the standard error of that mean is
    /// sqrt(200 / 50) = 2, and gaps are as spread as they are long.
    #[test]
    fn gaps_are_exponential_with_the_mean_asked_for() {
        let runs: Vec<Vec<Time>> = (1..=50).map(|seed| times(&scenario(seed, ""))).collect();
        let mean = runs.iter().map(Vec::len).sum::<usize>() as f64 / 50.0;
        assert!((mean - 200.0).abs() < 3.0 * 2.0, "{mean} a run");
        let gaps = runs.iter().flat_map(|times| times.windows(2)).map(|pair| seconds(pair[1] - pair[0]));
        let gaps: Vec<f64> = gaps.collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum::<f64>() / gaps.len() as f64;
        // Of n gaps the standard error of the mean is 5 s / sqrt(n), that of the variance sqrt(8) x 25 / sqrt(n).
        let root = (gaps.len() as f64).sqrt();
        assert!((mean - 5.0).abs() < 3.0 * 5.0 / root, "{mean} s");
        assert!((variance - 25.0).abs() < 3.0 * 8.0_f64.sqrt() * 25.0 / root, "{variance} s^2");
    }

    #[test]
    fn the_same_seed_breaks_the_same_and_another_does_not() {
        let of = |seed: u64, chaos: &str| scenario(seed, chaos).breakages();
        assert_eq!(of(3, ""), of(3, ""));
        assert_ne!(of(3, ""), of(4, ""));
        // Times are the same whatever may break, and how.
        let all = times(&scenario(3, ""));
        for chaos in ["kinds = [\"kill\"]", "nodes = [\"lb\"]", "for = \"1ms\""] {
            assert_eq!(times(&scenario(3, chaos)), all, "{chaos}");
        }
    }

    /// Each node as often, each instance of it, each kind; what cannot pause does not.
    #[test]
    fn all_that_may_break_breaks_as_often() {
        let count = |chaos: &str, fits: &dyn Fn(&Action) -> bool| {
            let runs = (1..=25).flat_map(|seed| scenario(seed, chaos).breakages());
            runs.filter(|timed| fits(&timed.action)).count()
        };
        let node_of = |action: &Action| match action {
            Action::Kill { node, .. } | Action::Pause { node, .. } | Action::Slow { node, .. } => {
                node.clone()
            }
            other => panic!("{other:?}"),
        };
        // Of about 5,000; a share of p is off by sqrt(5,000 p (1 - p)), here by three times that and the luck of the sum.
        let near = |found: usize, share: f64| {
            let expected = 5_000.0 * share;
            let slack = 3.0 * (expected * (2.0 - share)).sqrt();
            assert!((found as f64 - expected).abs() < slack, "{found}, expected {expected} within {slack}");
        };
        for name in ["app", "other", "cache", "db"] {
            near(count("", &|action| node_of(action).node == name), 0.25);
        }
        for slot in 0..5 {
            let there =
                |action: &Action| node_of(action) == Target { node: "other".into(), slot: Some(slot) };
            near(count("", &there), 0.05);
        }
        // Three of four nodes pause a third of the time, a cache never.
        near(count("", &|action| matches!(action, Action::Pause { .. })), 0.25);
        let paused = |action: &Action| matches!(action, Action::Pause { node, .. } if node.node == "cache");
        assert_eq!(count("", &paused), 0);
        let named = "nodes = [\"lb\", \"db\"], kinds = [\"slow\", \"kill\"]";
        near(count(named, &|action| node_of(action).node == "lb"), 0.5);
        near(count(named, &|action| matches!(action, Action::Kill { .. })), 0.5);
    }
}
