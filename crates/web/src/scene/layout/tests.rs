//! The shapes of the first labs, on the canvases of the pictures.

use super::*;

fn block(width: f64, height: f64, instances: u32) -> Block {
    Block { size: (width, height), compact: (width.min(160.0), height.min(64.0)), instances, unfolded: false }
}

fn pair() -> (Vec<Block>, Vec<(u16, u16)>) {
    (vec![block(104.0, 64.0, 1), block(141.0, 104.0, 1)], vec![(0, 1)])
}

fn chain() -> (Vec<Block>, Vec<(u16, u16)>) {
    let blocks =
        vec![block(99.0, 64.0, 1), block(141.0, 84.0, 1), block(141.0, 84.0, 1), block(141.0, 84.0, 1)];
    (blocks, vec![(0, 1), (1, 2), (2, 3)])
}

fn cache_lab(apps: u32) -> (Vec<Block>, Vec<(u16, u16)>) {
    let blocks = vec![
        block(99.0, 64.0, 1),
        block(96.0, 64.0, 1),
        block(141.0, 109.0, apps),
        block(181.0, 128.0, 1),
        block(181.0, 128.0, 1),
    ];
    (blocks, vec![(0, 1), (1, 2), (2, 3), (2, 4)])
}

/// Readers and editors before browsers, a CDN, a proxy, an app with its memory, and the database.
fn five_levels() -> (Vec<Block>, Vec<(u16, u16)>) {
    let blocks = vec![
        block(104.0, 40.0, 1),
        block(104.0, 40.0, 1),
        block(181.0, 128.0, 14),
        block(181.0, 128.0, 5),
        block(181.0, 128.0, 1),
        block(149.0, 84.0, 1),
        block(181.0, 128.0, 1),
        block(181.0, 128.0, 1),
    ];
    (blocks, vec![(0, 2), (1, 7), (2, 3), (3, 4), (4, 5), (5, 6), (5, 7)])
}

fn area(width: f64, height: f64) -> Area {
    Area { width, height, top: 20.0, bottom: 48.0 }
}

#[test]
fn cards_never_overlap_nor_leave_the_canvas() {
    let systems = [pair(), chain(), cache_lab(1), cache_lab(3), cache_lab(5), cache_lab(51), five_levels()];
    let canvases =
        [(812.0, 565.0), (1040.0, 530.0), (770.0, 260.0), (390.0, 330.0), (320.0, 330.0), (1600.0, 900.0)];
    for (blocks, links) in &systems {
        for (width, height) in canvases {
            let layout = Layout::new(blocks, links, area(width, height));
            for (index, card) in layout.cards.iter().enumerate() {
                let rect = card.rect;
                assert!(rect.x >= 0.0 && rect.right() <= width, "{width}x{height}: {card:?}");
                assert!(rect.y >= 0.0 && rect.bottom() <= height, "{width}x{height}: {card:?}");
                for other in &layout.cards[index + 1..] {
                    assert!(!rect.overlaps(&other.rect), "{width}x{height}: {card:?} on {other:?}");
                }
            }
        }
    }
}

#[test]
fn links_between_many_columns_are_seen() {
    let (blocks, links) = five_levels();
    let layout = Layout::new(&blocks, &links, area(812.0, 565.0));
    for edge in &layout.edges {
        let (from, to) = (&layout.cards[edge.from].rect, &layout.cards[edge.to].rect);
        assert!(to.x - from.right() >= 30.0, "{from:?} to {to:?}");
    }
}

#[test]
fn every_instance_has_a_card() {
    for apps in [1, 3, 5, 51] {
        let (blocks, links) = cache_lab(apps);
        let layout = Layout::new(&blocks, &links, area(812.0, 565.0));
        for slot in 0..apps {
            let card = &layout.cards[layout.card_of(2, slot).expect("a card")];
            assert!((card.slot..card.slot + card.slots).contains(&slot));
        }
        assert_eq!(layout.card_of(2, apps), None);
        assert_eq!(layout.card_of(9, 0), None);
    }
}

#[test]
fn requests_run_left_to_right_and_top_to_bottom_on_a_phone() {
    let (blocks, links) = cache_lab(3);
    let wide = Layout::new(&blocks, &links, area(812.0, 565.0));
    assert_eq!(wide.flow, Flow::Across);
    assert_eq!(wide.edges.len(), 1 + 3 + 6);
    for edge in &wide.edges {
        assert!(wide.cards[edge.from].rect.right() < wide.cards[edge.to].rect.x);
    }
    let narrow = Layout::new(&blocks, &links, area(390.0, 330.0));
    assert_eq!(narrow.flow, Flow::Down);
    for edge in &narrow.edges {
        assert!(narrow.cards[edge.from].rect.bottom() < narrow.cards[edge.to].rect.y);
    }
}

#[test]
fn the_first_lab_is_drawn_larger_and_in_one_line() {
    let (blocks, links) = pair();
    let layout = Layout::new(&blocks, &links, area(1040.0, 530.0));
    assert_eq!(layout.scale, 1.3);
    let heights: Vec<f64> = layout.edges[0].curve.segments[0].iter().map(|point| point.y).collect();
    assert!(heights.iter().all(|&y| (y - heights[0]).abs() < 1e-9), "{heights:?}");
    assert!(layout.edges[0].curve.length() > 400.0);
}

#[test]
fn edges_are_found_both_ways() {
    let (blocks, links) = cache_lab(2);
    let layout = Layout::new(&blocks, &links, area(812.0, 565.0));
    let (app, cache) = (layout.card_of(2, 1).expect("app 2"), layout.card_of(3, 0).expect("cache"));
    let (edge, against) = layout.edge_between(app, cache).expect("an edge");
    assert!(!against);
    assert_eq!(layout.edge_between(cache, app), Some((edge, true)));
    assert_eq!(layout.edge_between(cache, layout.card_of(0, 0).expect("clients")), None);
}
