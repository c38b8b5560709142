//! Whom a balancer has behind it: each server's share of what arrives there, whether it gets calls, and whose the keys are.
//!
//! A server has the same colour in its balancer's map and on its own card. O(balancers x instances) for each frame. Left
//! out: what of a server's share comes from others than this balancer.

use super::ink::Ink;
use crate::protocol::frame::{Frame, Gauges, Life};
use crate::protocol::{NodeKind, View};

/// Those behind one instance of a balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Behind {
    /// The balancer's index in the frame.
    pub balancer: usize,
    /// In the order of their nodes and slots.
    pub servers: Vec<Server>,
    /// Whose the keys are; none where no key chooses.
    pub map: Option<Map>,
}

/// One of those behind a balancer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Server {
    /// Its index in the frame.
    pub instance: usize,
    /// What arrives there of all that arrives behind the balancer, 0 to 1.
    pub share: f64,
    /// Its colour.
    pub ink: Ink,
    /// It gets no calls.
    pub out: bool,
    /// It is dead; what it gets is lost.
    pub dead: bool,
}

/// Places and the colours of those whose they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Whether the places lie on a ring, not in a row.
    pub ring: bool,
    /// The colour of each.
    pub places: Vec<Ink>,
}

/// Those behind each balancer of a system.
pub fn behind_all(view: &View, frame: &Frame) -> Vec<Behind> {
    let is_balancer = |each: &Gauges| {
        let node = view.nodes.get(usize::from(each.node));
        node.is_some_and(|node| node.kind == NodeKind::Balancer) && each.life != Life::Gone
    };
    let balancers = frame.instances.iter().enumerate().filter(|(_, each)| is_balancer(each));
    balancers.map(|(balancer, of)| behind(view, frame, balancer, of.node)).collect()
}

fn behind(view: &View, frame: &Frame, balancer: usize, node: u16) -> Behind {
    let mut servers: Vec<Server> = Vec::new();
    for link in view.links.iter().filter(|link| link.from == node) {
        let mut slots: Vec<(u16, usize)> = Vec::new();
        for (instance, each) in frame.instances.iter().enumerate() {
            if each.node != link.to || each.life == Life::Gone {
                continue;
            }
            // The youngest of a slot has taken the place of those before.
            match slots.binary_search_by_key(&each.slot, |(slot, _)| *slot) {
                Ok(place) => slots[place].1 = instance,
                Err(place) => slots.insert(place, (each.slot, instance)),
            }
        }
        servers.extend(slots.iter().map(|(_, instance)| {
            let of = &frame.instances[*instance];
            let (out, dead) = (of.standing.is_out(), of.life == Life::Dead);
            Server { instance: *instance, share: of.rate, ink: Ink::Line, out, dead }
        }));
    }
    let all: f64 = servers.iter().map(|server| server.share).sum();
    for (number, server) in servers.iter_mut().enumerate() {
        server.share = if all > 0.0 { server.share / all } else { 0.0 };
        server.ink = Ink::of_several(number);
    }
    let map = frame
        .maps
        .iter()
        .find(|map| frame.instances.get(map.balancer as usize).map(|of| of.node) == Some(node));
    let ink = |owner: &u32| {
        let server = servers.iter().find(|server| server.instance == *owner as usize);
        server.map_or(Ink::Line, |server| server.ink)
    };
    let map = map.map(|map| Map { ring: map.ring, places: map.owners.iter().map(ink).collect() });
    Behind { balancer, servers, map }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frame::{self, Standing};
    use crate::protocol::{LinkView, NodeView};

    #[test]
    fn shares_states_and_keys_are_those_of_the_frame() {
        let node = |kind| NodeView { kind, replicas: 1, ..NodeView::default() };
        let view = View {
            nodes: vec![node(NodeKind::Balancer), node(NodeKind::Service)],
            links: vec![LinkView { from: 0, to: 1, ..LinkView::default() }],
            ..View::default()
        };
        let server =
            |slot, rate, life, standing| Gauges { node: 1, slot, rate, life, standing, ..Gauges::default() };
        let frame = Frame {
            instances: vec![
                Gauges::default(),
                server(0, 30.0, Life::Dead, Standing::In),
                server(1, 10.0, Life::Dead, Standing::In),
                server(2, 50.0, Life::Ready, Standing::Ejected),
                // In place of the one that died.
                server(1, 20.0, Life::Ready, Standing::StartingSlowly),
                server(3, 70.0, Life::Gone, Standing::In),
            ],
            maps: vec![frame::Map { balancer: 0, ring: true, owners: vec![1, 1, 4, u32::MAX] }],
            ..Frame::default()
        };
        let found = behind_all(&view, &frame);
        let [behind] = found.as_slice() else { panic!("{found:?}") };
        let told: Vec<(usize, f64, bool, bool)> = behind
            .servers
            .iter()
            .map(|server| (server.instance, server.share, server.out, server.dead))
            .collect();
        assert_eq!(told, [(1, 0.3, false, true), (4, 0.2, false, false), (3, 0.5, true, false)]);
        let [first, second] = [behind.servers[0].ink, behind.servers[1].ink];
        assert_ne!(first, second);
        let map = Map { ring: true, places: vec![first, first, second, Ink::Line] };
        assert_eq!((behind.balancer, behind.map.as_ref()), (0, Some(&map)));
    }
}
