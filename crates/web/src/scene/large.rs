//! Large systems: drawn at their natural size, however large that is; the [camera](super::camera) brings them to the
//! canvas. A node with several instances is one folded card until it is unfolded.

use super::geometry::{Point, Rect};
use super::layered::layered;
use super::layers;
use super::layout::{Block, Card, Flow, Layout, spread};

/// More nodes than this are a large system.
pub const MOST_NODES: usize = 12;

/// Cards that a node shows when it is unfolded.
const UNFOLDED: u32 = 8;

/// Nodes of the tallest column, squared, for each node of the system.
const TALLNESS: f64 = 1.6;

const MARGIN: f64 = 24.0;
const BETWEEN_COLUMNS: f64 = 96.0;
const BETWEEN_NODES: f64 = 30.0;
const BETWEEN_REPLICAS: f64 = 12.0;

/// Places the nodes' cards, and says where links bend.
pub fn place(blocks: &[Block], links: &[(u16, u16)], columns: &[Vec<u16>]) -> Layout {
    let forward = layers::without_cycles(blocks.len(), links);
    let columns = &spread_out(columns, &forward, blocks.len());
    let shown: Vec<u32> = blocks
        .iter()
        .map(|block| if block.unfolded { block.instances.clamp(1, UNFOLDED) } else { 1 })
        .collect();
    let height = |(block, shown): (&Block, &u32)| {
        block.size.1 * f64::from(*shown) + BETWEEN_REPLICAS * f64::from(shown - 1)
    };
    let heights: Vec<f64> = blocks.iter().zip(&shown).map(height).collect();
    let drawing = layered(columns, &forward, &heights, BETWEEN_NODES);
    let mut cards = Vec::new();
    let mut edges = Vec::new();
    let mut x = MARGIN;
    for column in columns {
        let widest = column.iter().map(|&node| blocks[usize::from(node)].size.0).fold(40.0, f64::max);
        edges.push((x, x + widest));
        for &node in column {
            let index = usize::from(node);
            // All as wide as the widest, so that links stand free between columns.
            let (width, height) = (widest, blocks[index].size.1);
            let mut y = MARGIN + drawing.middles[index] - heights[index] / 2.0;
            for (slot, slots) in spread(blocks[index].instances, shown[index]) {
                cards.push(Card { node, slot, slots, rect: Rect { x, y, width, height } });
                y += height + BETWEEN_REPLICAS;
            }
        }
        x += widest + BETWEEN_COLUMNS;
    }
    // A link passes a column straight.
    let pass = |&bend: &usize| {
        let (left, right) = edges[drawing.column_of[bend]];
        [left, right].map(|x| Point::new(x, MARGIN + drawing.middles[bend]))
    };
    let bends = forward
        .iter()
        .zip(&drawing.bends)
        .filter(|(_, bends)| !bends.is_empty())
        .map(|(link, bends)| (*link, bends.iter().flat_map(pass).collect()))
        .collect();
    let bottom = drawing.middles.iter().fold(0.0, |bottom: f64, &y| bottom.max(y));
    let bottom = cards.iter().fold(bottom + MARGIN, |bottom, card: &Card| bottom.max(card.rect.bottom()));
    let size = (x - BETWEEN_COLUMNS + MARGIN, bottom + MARGIN);
    Layout { flow: Flow::Across, scale: 1.0, size, cards, bends, edges: Vec::new() }
}

/// Columns that are no taller than the drawing is wide: who finds a column full stands in the next one (Coffman and
/// Graham, 1972, without their order of labels).
fn spread_out(columns: &[Vec<u16>], forward: &[(u16, u16)], nodes: usize) -> Vec<Vec<u16>> {
    let most = (TALLNESS * nodes as f64).sqrt().ceil() as usize;
    let mut column_of = vec![0; nodes];
    let mut wider: Vec<Vec<u16>> = Vec::new();
    for &node in columns.iter().flatten() {
        let callers =
            forward.iter().filter(|(_, to)| *to == node).map(|(from, _)| column_of[usize::from(*from)] + 1);
        let mut column = callers.max().unwrap_or(0);
        while wider.get(column).is_some_and(|members| members.len() >= most) {
            column += 1;
        }
        if wider.len() <= column {
            wider.resize(column + 1, Vec::new());
        }
        wider[column].push(node);
        column_of[usize::from(node)] = column;
    }
    wider
}

#[cfg(test)]
mod tests {
    use super::super::layout::Area;
    use super::super::sixty;
    use super::*;

    fn drawn(unfolded: bool) -> Layout {
        let (nodes, links) = sixty::system();
        let blocks: Vec<Block> = nodes
            .iter()
            .map(|&instances| Block { size: (149.0, 84.0), compact: (140.0, 50.0), instances, unfolded })
            .collect();
        Layout::new(&blocks, &links, Area { width: 780.0, height: 540.0, top: 16.0, bottom: 44.0 })
    }

    #[test]
    fn sixty_nodes_stand_apart_and_links_pass_between_them() {
        for unfolded in [false, true] {
            let layout = drawn(unfolded);
            for (index, card) in layout.cards.iter().enumerate() {
                assert!(card.rect.x >= 0.0 && card.rect.right() <= layout.size.0, "{card:?}");
                assert!(
                    card.rect.y >= 0.0 && card.rect.bottom() <= layout.size.1,
                    "{card:?} of {:?}",
                    layout.size
                );
                for other in &layout.cards[index + 1..] {
                    assert!(!card.rect.overlaps(&other.rect), "{card:?} on {other:?}");
                }
            }
            let mut through = 0;
            for edge in &layout.edges {
                let inside = |card: &Card| {
                    (1..40).any(|step| card.rect.contains(edge.curve.at(f64::from(step) / 40.0)))
                };
                let others = layout
                    .cards
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| *index != edge.from && *index != edge.to);
                through += others.filter(|(_, card)| inside(card)).count();
            }
            assert_eq!(through, 0, "links through cards of others");
        }
    }

    #[test]
    fn a_column_of_many_is_spread_out_so_that_the_whole_can_be_seen() {
        let (width, height) = drawn(false).size;
        assert!((1.0..4.0).contains(&(width / height)), "{width} x {height}");
        let one_each: Vec<Vec<u16>> = (0..20).map(|node| vec![node]).collect();
        let chain: Vec<(u16, u16)> = (1..20).map(|node| (node - 1, node)).collect();
        assert_eq!(spread_out(&one_each, &chain, 20), one_each, "what is not tall stays");
    }

    #[test]
    fn replicas_are_one_card_until_they_are_unfolded() {
        let (nodes, _) = sixty::system();
        assert_eq!(drawn(false).cards.len(), nodes.len());
        let instances: u32 = nodes.iter().sum();
        assert_eq!(drawn(true).cards.len(), instances as usize);
        assert_eq!(drawn(false).cards.iter().map(|card| card.slots).sum::<u32>(), instances);
    }
}
