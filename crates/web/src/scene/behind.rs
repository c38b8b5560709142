//! Whom a balancer has behind it: each server's share of what it gives, whether it gets calls, and whose the keys are.
//!
//! A server has the same colour in its balancer's map and on its own card. O(balancers x servers) for each frame. Left out:
//! balancers that send to the same servers by different keys; a server has one colour.

use super::ink::Ink;
use crate::protocol::View;
use crate::protocol::frame::{Balanced, Frame, Life};

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
    /// What it is given of all that the balancer gives, 0 to 1.
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
    /// Which of them belonged to another when it last changed; empty where that was not seen.
    pub moved: Vec<bool>,
}

/// Those behind each balancer of a system.
pub fn behind_all(view: &View, frame: &Frame) -> Vec<Behind> {
    frame.balancers.iter().map(|balanced| behind(view, frame, balanced)).collect()
}

/// Marks the places that belong to another than in the frame before, for as long as nothing changes. After a jump in time
/// nobody can say which moved.
pub fn mark_moved(former: &[Behind], now: &mut [Behind], jumped: bool) {
    for behind in now {
        let before = former.iter().find(|before| before.balancer == behind.balancer);
        let (Some(map), Some(before)) = (&mut behind.map, before.and_then(|before| before.map.as_ref()))
        else {
            continue;
        };
        if before.places == map.places {
            map.moved.clone_from(&before.moved);
        } else if !jumped && before.ring == map.ring {
            map.moved = before.places.iter().zip(&map.places).map(|(before, now)| before != now).collect();
        }
    }
}

fn behind(view: &View, frame: &Frame, balanced: &Balanced) -> Behind {
    let all: f64 = balanced.servers.iter().map(|(_, rate)| rate).sum();
    let mut nodes: Vec<u16> = Vec::new();
    let mut servers = Vec::new();
    for &(instance, rate) in &balanced.servers {
        let Some(of) = frame.instances.get(instance as usize) else { continue };
        if !nodes.contains(&of.node) {
            nodes.push(of.node);
        }
        servers.push(Server {
            instance: instance as usize,
            share: if all > 0.0 { rate / all } else { 0.0 },
            ink: Ink::of_several(before(view, &nodes, of.node) + usize::from(of.slot)),
            out: of.standing.is_out(),
            dead: of.life == Life::Dead,
        });
    }
    let ink = |owner: &u32| {
        let server = servers.iter().find(|server| server.instance == *owner as usize);
        server.map_or(Ink::Line, |server| server.ink)
    };
    let map = balanced.map.as_ref();
    let map = map.map(|map| Map {
        ring: map.ring,
        places: map.owners.iter().map(ink).collect(),
        moved: Vec::new(),
    });
    Behind { balancer: balanced.balancer as usize, servers, map }
}

/// How many instances the nodes before one have, so that a server keeps its colour when others come and go.
fn before(view: &View, nodes: &[u16], node: u16) -> usize {
    let earlier = nodes.iter().take_while(|each| **each != node);
    earlier.filter_map(|each| view.nodes.get(usize::from(*each))).map(|node| node.replicas as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::NodeView;
    use crate::protocol::frame::{self, Gauges, Standing};

    #[test]
    fn shares_states_and_keys_are_those_of_the_frame() {
        let node = |replicas| NodeView { replicas, ..NodeView::default() };
        let view = View { nodes: vec![node(1), node(2), node(1)], ..View::default() };
        let server = |node, slot, life, standing| Gauges { node, slot, life, standing, ..Gauges::default() };
        let frame = Frame {
            instances: vec![
                Gauges::default(),
                server(1, 0, Life::Dead, Standing::In),
                server(1, 1, Life::Ready, Standing::Ejected),
                server(2, 0, Life::Ready, Standing::StartingSlowly),
            ],
            balancers: vec![Balanced {
                balancer: 0,
                map: Some(frame::Map { ring: true, owners: vec![1, 1, 3, u32::MAX] }),
                servers: vec![(1, 30.0), (2, 50.0), (3, 20.0), (9, 0.0)],
            }],
            ..Frame::default()
        };
        let found = behind_all(&view, &frame);
        let [behind] = found.as_slice() else { panic!("{found:?}") };
        let server = |instance, share, number, out, dead| Server {
            instance,
            share,
            ink: Ink::of_several(number),
            out,
            dead,
        };
        let servers =
            [server(1, 0.3, 0, false, true), server(2, 0.5, 1, true, false), server(3, 0.2, 2, false, false)];
        assert_eq!(behind.servers, servers);
        let places = vec![servers[0].ink, servers[0].ink, servers[2].ink, Ink::Line];
        assert_eq!(
            (behind.balancer, behind.map.as_ref()),
            (0, Some(&Map { ring: true, places, moved: vec![] }))
        );
    }

    #[test]
    fn places_that_moved_are_marked_until_the_next_change() {
        let [a, b, c] = [0, 1, 2].map(Ink::of_several);
        let one = |ring, places: [Ink; 4], moved: Vec<bool>| {
            let map = Some(Map { ring, places: places.to_vec(), moved });
            vec![Behind { balancer: 0, servers: Vec::new(), map }]
        };
        let former = one(false, [a, b, a, b], vec![true, false, false, false]);
        // (as it is now, whether the time jumped, which are marked)
        for (ring, places, jumped, marked) in [
            (false, [a, b, a, b], false, vec![true, false, false, false]),
            (false, [a, b, a, b], true, vec![true, false, false, false]),
            (false, [a, c, a, c], false, vec![false, true, false, true]),
            (false, [a, c, a, c], true, vec![]),
            (true, [a, c, a, c], false, vec![]),
        ] {
            let mut now = one(ring, places, Vec::new());
            mark_moved(&former, &mut now, jumped);
            assert_eq!(now, one(ring, places, marked), "{ring} {jumped}");
        }
    }
}
