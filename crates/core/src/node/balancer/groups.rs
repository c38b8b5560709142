//! The groups of servers that a balancer chooses from: those in `to`, and those that routes name. As with upstreams of
//! nginx, backends of HAProxy and clusters of Envoy, each group is chosen from, checked and counted by itself; a server
//! may be in several.
//!
//! A group once made stays, so that calls under way find the one that counts them when routes change. One that no route
//! leads to is not checked on. O(1) from a path to its group, O(routes) where some go by headers or cookies. Left out:
//! routes by weight, and one group that helps out where another has nobody.

use super::super::per_instance::PerInstance;
use super::chooser::{Behind, Chooser};
use crate::scenario::{Balancer as Spec, number_of};
use crate::sim::random::hash_name;
use crate::sim::record::InstanceIndex;

/// The number of the group in `to`.
pub(super) const ALL: u16 = 0;

/// No more groups than this: their numbers stand in the keys of addresses. Routes lead to 20 at most at one time.
const MOST: usize = 250;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// By their numbers; the first is that in `to`.
    list: Vec<Group>,
    /// The group of each path, by the path's number; nothing: all go to the first.
    routes: Vec<u16>,
    /// All routes in their order, if some go by headers or cookies.
    rules: Vec<Rule>,
    /// The nodes behind the balancer and the links to them.
    links: Vec<(String, u16)>,
}

/// A route: what it is for, and its group.
#[derive(Clone, Debug)]
struct Rule {
    /// The number of a path; none: any.
    path: Option<u8>,
    /// Headers and cookies, their texts as numbers.
    carried: Vec<u64>,
    group: u16,
}

/// Servers that are chosen from together.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) behind: Behind,
    /// What each instance of the balancer knows of them.
    pub(super) choosers: PerInstance<Chooser>,
    /// Requests come to it.
    pub(super) in_use: bool,
}

impl Groups {
    /// `links` are those to the nodes behind the balancer, in their order. There are no choosers yet.
    pub(super) fn new(spec: &Spec, links: &[u16], paths: &[&str]) -> Groups {
        let links = spec.behind().into_iter().map(str::to_owned).zip(links.iter().copied()).collect();
        let mut groups =
            Groups { list: vec![Group::default()], routes: Vec::new(), rules: Vec::new(), links };
        groups.follow(spec, paths);
        groups
    }

    /// Other weights or routes. New groups have no choosers yet.
    pub(super) fn follow(&mut self, spec: &Spec, paths: &[&str]) {
        self.list.iter_mut().for_each(|group| group.in_use = false);
        self.list[0].behind = self.behind(spec, &spec.to);
        self.list[0].in_use = true;
        self.routes = if spec.routes.is_empty() { Vec::new() } else { vec![ALL; paths.len() + 1] };
        self.rules.clear();
        for route in &spec.routes {
            let group = self.group_of(self.behind(spec, &route.to));
            let path = route.path.as_deref().map(|path| number_of(paths, path));
            if let Some(place) = path.and_then(|path| self.routes.get_mut(usize::from(path))) {
                *place = group;
            }
            let carried = [&route.header, &route.cookie].into_iter().flatten();
            self.rules.push(Rule { path, carried: carried.map(|text| hash_name(text)).collect(), group });
        }
        if self.rules.iter().all(|rule| rule.carried.is_empty()) {
            self.rules.clear();
        }
    }

    /// The number of the group with these nodes, made if there is none.
    fn group_of(&mut self, behind: Behind) -> u16 {
        let known = self.list.iter().position(|group| group.behind.links == behind.links);
        let place = known.unwrap_or_else(|| self.room());
        if place == self.list.len() {
            self.list.push(Group::default());
        }
        let group = &mut self.list[place];
        group.behind = behind;
        group.in_use = true;
        place as u16
    }

    /// The place of a new group: behind the others, or where there are too many, that of one that is not in use.
    fn room(&self) -> usize {
        let free = || self.list.iter().position(|group| !group.in_use);
        if self.list.len() < MOST { self.list.len() } else { free().unwrap_or(self.list.len()) }
    }

    fn behind(&self, spec: &Spec, nodes: &[String]) -> Behind {
        let place = |node: &&String| self.links.iter().find(|(name, _)| name == *node);
        let weight = |node: &String| {
            let at = spec.to.iter().position(|of| of == node)?;
            spec.weights.get(at).copied()
        };
        Behind::new(nodes.iter().filter_map(|node| {
            let (name, link) = place(&node)?;
            Some((name.as_str(), *link, weight(node).unwrap_or(1)))
        }))
    }

    /// The number of the group that a request for a path goes to. `carries` says whether it carries a header or a cookie.
    #[inline]
    pub(super) fn number(&self, endpoint: u8, carries: impl Fn(u64) -> bool) -> u16 {
        if !self.rules.is_empty() {
            return self.first_that_fits(endpoint, &carries);
        }
        self.routes.get(usize::from(endpoint)).copied().unwrap_or(ALL)
    }

    #[inline(never)]
    fn first_that_fits(&self, endpoint: u8, carries: &dyn Fn(u64) -> bool) -> u16 {
        let fits = |rule: &&Rule| {
            rule.path.is_none_or(|path| path == endpoint) && rule.carried.iter().all(|text| carries(*text))
        };
        self.rules.iter().find(fits).map_or(ALL, |rule| rule.group)
    }

    /// A group by its number.
    #[inline]
    pub(super) fn get_mut(&mut self, number: u16) -> Option<&mut Group> {
        self.list.get_mut(usize::from(number))
    }

    /// All groups, by their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.list.iter()
    }

    /// See [`Groups::iter`].
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.list.iter_mut()
    }

    /// The instances of the balancer.
    pub(super) fn instances(&self) -> Vec<InstanceIndex> {
        self.list[0].choosers.iter().map(|(instance, _)| instance).collect()
    }

    /// What an instance of the balancer knows, of each group.
    pub(super) fn choosers(&self, instance: InstanceIndex) -> impl Iterator<Item = &Chooser> {
        self.iter().filter_map(move |group| group.choosers.get(instance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{NodeSpec, Route, Scenario};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const PATHS: [&str; 3] = ["/a", "/b", "/c"];
    const NODES: [&str; 3] = ["x", "y", "z"];

    fn balancer() -> Spec {
        let text = r#"
            title = "t"
            duration = "1s"
            nodes.clients = { kind = "clients", to = "lb", arrivals = { process = "poisson", rate = 1 } }
            nodes.lb = { kind = "balancer", to = ["x", "y", "z"], weights = [3, 2, 1] }
            nodes.x = { kind = "database", service_time = { distribution = "fixed", value = "1ms" } }
            nodes.y = { kind = "database", service_time = { distribution = "fixed", value = "1ms" } }
            nodes.z = { kind = "database", service_time = { distribution = "fixed", value = "1ms" } }
        "#;
        let scenario = Scenario::read(text).unwrap_or_else(|problems| panic!("{problems:?}"));
        let Some(NodeSpec::Balancer(spec)) = scenario.node("lb").map(|node| node.spec.clone()) else {
            panic!("no balancer")
        };
        spec
    }

    proptest! {
        /// The naive twin looks its route up, and knows every list of nodes by the number it first had.
        #[test]
        fn twin(tables in prop::collection::vec(prop::collection::btree_map(0..3usize, 1..8usize, 0..4), 1..30)) {
            let links = [10, 20, 30];
            let mut spec = balancer();
            let mut groups = Groups::new(&spec, &links, &PATHS);
            let mut numbers = BTreeMap::from([(vec![10, 20, 30], ALL)]);
            for table in tables {
                let nodes = |set: usize| (0..3).filter(move |node| set >> node & 1 == 1);
                let route = |(path, set): (&usize, &usize)| Route {
                    path: Some(PATHS[*path].to_owned()),
                    header: None,
                    cookie: None,
                    to: nodes(*set).map(|node| NODES[node].to_owned()).collect(),
                };
                spec.routes = table.iter().map(route).collect();
                groups.follow(&spec, &PATHS);
                let of = |set: &usize| nodes(*set).map(|node| links[node]).collect::<Vec<u16>>();
                for endpoint in 0..=PATHS.len() {
                    let set = endpoint.checked_sub(1).and_then(|path| table.get(&path));
                    let expected = set.map_or(links.to_vec(), of);
                    let number = groups.number(endpoint as u8, |_| false);
                    prop_assert_eq!(*numbers.entry(expected.clone()).or_insert(number), number);
                    let group = groups.get_mut(number).unwrap();
                    prop_assert!(group.in_use);
                    prop_assert_eq!(&group.behind.links, &expected);
                    let weights: Vec<u32> = expected.iter().map(|link| 4 - u32::from(link / 10)).collect();
                    prop_assert_eq!(&group.behind.weights, &weights);
                }
                let in_use = groups.iter().filter(|group| group.in_use).count();
                let mut wanted: Vec<Vec<u16>> = table.values().map(of).chain([links.to_vec()]).collect();
                wanted.sort();
                wanted.dedup();
                prop_assert_eq!(in_use, wanted.len());
            }
        }

        /// The naive twin goes through the routes as they stand in the file, for every request there may be.
        #[test]
        fn twin_of_routes(
            routes in prop::collection::vec((0..4usize, any::<bool>(), any::<bool>(), 1..8usize), 0..6),
        ) {
            let mut spec = balancer();
            let nodes = |set: usize| (0..3).filter(move |node| set >> node & 1 == 1);
            let text = |is: bool, text: &str| is.then(|| text.to_owned());
            spec.routes = routes
                .iter()
                .map(|(path, header, cookie, set)| Route {
                    path: PATHS.get(*path).map(|path| (*path).to_owned()),
                    header: text(*header, "a: b"),
                    cookie: text(*cookie, "a=b"),
                    to: nodes(*set).map(|node| NODES[node].to_owned()).collect(),
                })
                .collect();
            let mut groups = Groups::new(&spec, &[0, 1, 2], &PATHS);
            for (endpoint, has_header, has_cookie) in
                (0..4).flat_map(|path| [(path, false, false), (path, true, false), (path, false, true), (path, true, true)])
            {
                let carried = |text: u64| {
                    text == hash_name("a: b") && has_header || text == hash_name("a=b") && has_cookie
                };
                let number = groups.number(endpoint, carried);
                let fits = |(path, header, cookie, _): &&(usize, bool, bool, usize)| {
                    (*path == 3 || *path + 1 == usize::from(endpoint))
                        && (!*header || has_header)
                        && (!*cookie || has_cookie)
                };
                // Of those with the same path and nothing else, reading takes one only.
                let by_path_alone = routes.iter().all(|(_, header, cookie, _)| !header && !cookie);
                let found = if by_path_alone {
                    routes.iter().rev().find(|route| route.0 < 3 && fits(route))
                } else {
                    routes.iter().find(fits)
                };
                let expected: Vec<u16> = found.map_or(vec![0, 1, 2], |(.., set)| nodes(*set).map(|node| node as u16).collect());
                let got = groups.get_mut(number).unwrap();
                prop_assert_eq!(&got.behind.links, &expected);
            }
        }
    }
}
