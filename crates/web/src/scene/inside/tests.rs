//! Cards as lists of items.

use super::*;
use crate::scene::behind::{Map, Server};

fn say(key: &str, figures: &[(&str, String)]) -> String {
    let figures: Vec<&str> = figures.iter().map(|(_, figure)| figure.as_str()).collect();
    format!("{} {}", key.trim_start_matches("scene-"), figures.join(" ")).trim().to_owned()
}

const FACE: Face<'_> = Face {
    title: "App 1",
    kind: NodeKind::Service,
    detail: "LRU",
    pooled: true,
    line_drawn: false,
    longest: 12_000.0,
    dead: 0,
    behind: None,
    own: None,
};

fn drawn(kind: NodeKind, gauges: Gauges, flow: Flow) -> Vec<Item> {
    drawn_as(Face { kind, ..FACE }, gauges, flow)
}

fn drawn_as(face: Face, gauges: Gauges, flow: Flow) -> Vec<Item> {
    let map = face.behind.is_some_and(|behind| behind.map.is_some());
    let block = block(face.kind, map || face.kind != NodeKind::Balancer, is_single(&gauges), 1);
    let (width, height) = if flow == Flow::Across { block.size } else { block.compact };
    let place = Place { rect: Rect { x: 100.0, y: 50.0, width, height }, flow, scale: 1.0 };
    let mut items = Vec::new();
    draw(&face, States { now: &gauges, told: &gauges }, place, &Words::new(say), &mut items);
    for item in &items {
        assert!(inside(item, place.rect), "{item:?} leaves {:?}", place.rect);
    }
    items
}

fn inside(item: &Item, rect: Rect) -> bool {
    let grown = |at: Point, by: f64| {
        rect.contains(Point::new(at.x - by, at.y - by)) && rect.contains(Point::new(at.x + by, at.y + by))
    };
    match item {
        Item::Text { at, .. } => rect.contains(*at),
        Item::Dot { centre, radius, .. }
        | Item::Ring { centre, radius, .. }
        | Item::Arc { centre, radius, .. } => grown(*centre, *radius),
        Item::Cross { centre, reach, .. } => grown(*centre, *reach),
        Item::Bar { rect: bar, .. } => {
            rect.contains(Point::new(bar.x, bar.y)) && rect.contains(Point::new(bar.right(), bar.bottom()))
        }
    }
}

fn texts(items: &[Item]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn dots(items: &[Item], ink: Ink) -> usize {
    items.iter().filter(|item| matches!(item, Item::Dot { ink: each, .. } if *each == ink)).count()
}

fn rings(items: &[Item]) -> usize {
    items.iter().filter(|item| matches!(item, Item::Ring { .. })).count()
}

fn app() -> Gauges {
    Gauges { cores: 4.0, workers: 64.0, utilisation: 0.1, pool_limit: 15.0, ..Gauges::default() }
}

#[test]
fn workers_are_folded_into_eight_places() {
    // (workers, in use, filled, empty)
    let cases = [(1.0, 0.0, 0, 1), (4.0, 3.0, 3, 1), (8.0, 8.0, 8, 0), (64.0, 3.0, 1, 7), (64.0, 64.0, 8, 0)];
    for (workers, workers_in_use, filled, empty) in cases {
        let gauges = Gauges { workers, workers_in_use, ..app() };
        let items = drawn(NodeKind::Service, gauges, Flow::Across);
        assert_eq!((dots(&items, Ink::Read), rings(&items)), (filled, empty), "{workers} {workers_in_use}");
    }
    let items = drawn(NodeKind::Service, Gauges { workers_in_use: 64.0, ..app() }, Flow::Across);
    assert!(texts(&items).contains(&"64"));
}

#[test]
fn a_full_pool_says_so_and_is_hatched() {
    let full = Gauges { pool_in_use: 15.0, ..app() };
    let items = drawn(NodeKind::Service, full, Flow::Across);
    assert!(texts(&items).contains(&"pool-full 15 15"));
    assert!(items.iter().any(|item| matches!(item, Item::Bar { hatched: true, ink: Ink::Saturated, .. })));
    assert!(is_full(&full));

    let items = drawn(NodeKind::Service, Gauges { pool_in_use: 2.0, ..app() }, Flow::Across);
    assert!(texts(&items).contains(&"pool 2 15"));
    assert!(!items.iter().any(|item| matches!(item, Item::Bar { hatched: true, .. })));
}

#[test]
fn one_core_is_a_clock() {
    let busy =
        Gauges { cores: 1.0, workers: 1.0, busy_cores: 1.0, next_done_us: 6_000.0, ..Gauges::default() };
    let items = drawn(NodeKind::Service, busy, Flow::Across);
    assert!(texts(&items).contains(&"to-go 6 ms"));
    let turned =
        |item: &Item| matches!(item, Item::Ring { ink: Ink::Accent, turn, .. } if (*turn - 0.5).abs() < 1e-9);
    assert!(items.iter().any(turned));

    let idle = Gauges { busy_cores: 0.0, next_done_us: 0.0, ..busy };
    assert!(texts(&drawn(NodeKind::Service, idle, Flow::Across)).contains(&"idle"));
}

#[test]
fn a_cache_fills_from_the_brightest_slot() {
    // (keys, capacity, filled places of 76)
    for (keys, capacity, filled) in [(0.0, 500.0, 0), (1.0, 500.0, 1), (250.0, 500.0, 38), (500.0, 500.0, 76)]
    {
        let items = drawn(NodeKind::Cache, Gauges { keys, capacity, ..Gauges::default() }, Flow::Across);
        let alphas: Vec<f64> = items
            .iter()
            .filter_map(|item| match item {
                Item::Bar { ink: Ink::Hit, alpha, .. } => Some(*alpha),
                _ => None,
            })
            .collect();
        assert_eq!(alphas.len(), filled);
        assert!(alphas.is_sorted_by(|a, b| a > b));
    }
}

#[test]
fn connections_are_folded() {
    // (busy, open, most, bright, dots in all)
    let cases = [
        (7.0, 7.0, 100.0, 4, 48),
        (45.0, 45.0, 100.0, 22, 48),
        (3.0, 10.0, 20.0, 3, 20),
        (0.0, 0.0, 0.0, 0, 1),
    ];
    for (workers_in_use, connections, max_connections, bright, all) in cases {
        let gauges = Gauges { workers_in_use, connections, max_connections, ..Gauges::default() };
        let items = drawn(NodeKind::Database, gauges, Flow::Across);
        let count = |full: bool| {
            items
                .iter()
                .filter(
                    |item| matches!(item, Item::Dot { ink: Ink::Text, alpha, .. } if !full || *alpha == 1.0),
                )
                .count()
        };
        assert_eq!(count(true), bright);
        assert_eq!(dots(&items, Ink::Text) + dots(&items, Ink::Line), all);
    }
}

#[test]
fn what_is_down_shows_no_inside() {
    for (life, word) in [(Life::Dead, "dead"), (Life::Starting, "starting"), (Life::Gone, "gone")] {
        let items = drawn(NodeKind::Service, Gauges { life, ..app() }, Flow::Across);
        assert_eq!(texts(&items), ["App 1", word]);
        assert_eq!(rings(&items), 0);
        let struck_out = items.iter().any(|item| matches!(item, Item::Cross { .. }))
            && items.iter().any(|item| matches!(item, Item::Bar { hatched: true, .. }));
        assert_eq!(struck_out, life == Life::Dead, "a word, a cross and a hatch for what died: {life:?}");
    }
    let items = drawn(NodeKind::Service, Gauges { life: Life::Draining, ..app() }, Flow::Across);
    assert_eq!(rings(&items), 8);
}

#[test]
fn compact_cards_hold_their_inside() {
    for kind in
        [NodeKind::Clients, NodeKind::Balancer, NodeKind::Service, NodeKind::Cache, NodeKind::Database]
    {
        let gauges = Gauges { max_connections: 100.0, capacity: 10.0, keys: 5.0, ..app() };
        drawn(kind, gauges, Flow::Down);
    }
    let busy =
        Gauges { cores: 1.0, workers: 1.0, busy_cores: 1.0, next_done_us: 6_000.0, ..Gauges::default() };
    drawn(NodeKind::Service, busy, Flow::Down);
}

/// Three servers, the last of which gets nothing.
fn behind(ring: Option<bool>) -> Behind {
    let server = |(number, share): (usize, f64)| Server {
        instance: number + 1,
        share,
        ink: Ink::of_several(number),
        out: share == 0.0,
        dead: false,
    };
    let map = |ring| Map {
        ring,
        places: (0..64)
            .map(|place| Ink::of_several(usize::from(place >= 16) + usize::from(place >= 40)))
            .collect(),
        moved: Vec::new(),
    };
    Behind {
        balancer: 0,
        servers: [0.5, 0.25, 0.0].into_iter().enumerate().map(server).collect(),
        map: ring.map(map),
    }
}

#[test]
fn a_balancer_shows_shares_and_whose_the_keys_are() {
    // Items beside the texts: bars of shares, arcs, slots.
    for (ring, flow, bars, arcs) in [
        (None, Flow::Across, 3, 0),
        (Some(true), Flow::Across, 3, 3),
        (Some(false), Flow::Across, 3 + 64, 0),
        (None, Flow::Down, 3, 0),
        (Some(true), Flow::Down, 64, 0),
    ] {
        let behind = behind(ring);
        let face = Face { kind: NodeKind::Balancer, behind: Some(&behind), ..FACE };
        let items = drawn_as(face, Gauges::default(), flow);
        let count = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
        assert_eq!(count(|item| matches!(item, Item::Bar { .. })), bars, "{ring:?} {flow:?}");
        assert_eq!(count(|item| matches!(item, Item::Arc { .. })), arcs, "{ring:?} {flow:?}");
        let heights: Vec<(f64, bool)> = items
            .iter()
            .filter_map(|item| match item {
                Item::Bar { rect, hatched, .. } => Some((rect.height, *hatched)),
                _ => None,
            })
            .collect();
        // The largest share is twice the second; who is out is hatched.
        if flow == Flow::Across || ring.is_none() {
            let [first, second, third] = heights[heights.len() - 3..] else { panic!("{heights:?}") };
            assert_eq!((first.0, first.1, second.1), (2.0 * second.0, false, false));
            assert_eq!(third, (first.0, true));
        }
    }
}

#[test]
fn a_crowded_ring_says_again_in_whole_arcs_what_each_has() {
    let mut behind = behind(Some(true));
    let places = (0..64).map(|place| Ink::of_several(place % 3)).collect();
    behind.map = Some(Map { ring: true, places, moved: vec![true; 64] });
    let face = Face { kind: NodeKind::Balancer, behind: Some(&behind), ..FACE };
    let items = drawn_as(face, Gauges::default(), Flow::Across);
    let whole = items.iter().filter_map(|item| match item {
        Item::Arc { radius, between, .. } if *radius < 20.0 => Some(*between),
        _ => None,
    });
    let (second, third) = (22.0 / 64.0, 43.0 / 64.0);
    assert_eq!(whole.collect::<Vec<_>>(), [(0.0, second), (second, third), (third, 1.0)]);
    assert_eq!(items.iter().filter(|item| matches!(item, Item::Arc { .. })).count(), 64 + 3 + 1);
}

#[test]
fn a_long_word_for_what_a_balancer_does_takes_two_lines() {
    let behind = behind(None);
    for (detail, lines) in [
        ("weighted round robin", vec!["weighted", "round robin"]),
        ("weighted least conn.", vec!["weighted", "least conn."]),
        ("round robin", vec!["round robin"]),
    ] {
        let face = Face { kind: NodeKind::Balancer, detail, behind: Some(&behind), ..FACE };
        let items = drawn_as(face, Gauges::default(), Flow::Across);
        assert_eq!(texts(&items)[1..], lines, "{detail}");
    }
}

#[test]
fn who_gets_no_calls_says_why() {
    for (standing, flow, text) in [
        (Standing::Unhealthy, Flow::Across, "unhealthy"),
        (Standing::Unhealthy, Flow::Down, "unhealthy"),
        (Standing::Ejected, Flow::Across, "ejected"),
        (Standing::StartingSlowly, Flow::Across, "starting-slowly"),
        (Standing::Panics, Flow::Across, "panics"),
    ] {
        let kind = if standing == Standing::Panics { NodeKind::Balancer } else { NodeKind::Service };
        let items = drawn(kind, Gauges { standing, ..app() }, flow);
        assert!(texts(&items).contains(&text), "{standing:?} {flow:?}: {:?}", texts(&items));
    }
}

#[test]
fn a_server_has_the_colour_of_its_keys() {
    let strip = |item: &Item| matches!(item, Item::Bar { ink: Ink::Neutral3, .. });
    assert!(!drawn(NodeKind::Service, app(), Flow::Across).iter().any(strip));
    for flow in [Flow::Across, Flow::Down] {
        assert!(drawn_as(Face { own: Some(Ink::Neutral3), ..FACE }, app(), flow).iter().any(strip));
    }
}
