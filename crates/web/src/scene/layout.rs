//! Where the cards stand and how the edges run.
//!
//! A layered drawing after Sugiyama, Tagawa and Toda (1981), cut down to systems of a handful of nodes: columns by
//! the longest path from the clients, order within a column by barycentre, replicas stacked. On a narrow canvas
//! the same layers run top to bottom. Cost: O(links x layers) and once per resize or change of instances, never
//! per frame. Systems of more nodes are laid out by [`super::large`]. Leaves out: edge labels, placing by hand.

use super::geometry::{Curve, Point, Rect};
use super::large;
use super::layers;
use headroom_core::sort;

/// A canvas narrower than this many CSS pixels is drawn top to bottom.
pub const NARROW: f64 = 560.0;

/// Which way requests travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Left to right.
    Across,
    /// Top to bottom, with compact cards.
    Down,
}

/// A node before it has a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Width and height of one card at scale 1.
    pub size: (f64, f64),
    /// Width (at most) and height of one card when drawn top to bottom.
    pub compact: (f64, f64),
    /// Instances, at least 1 is drawn.
    pub instances: u32,
    /// Whether a large system draws each of them.
    pub unfolded: bool,
}

/// The canvas, and what is kept free of cards above and below, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Width of the canvas.
    pub width: f64,
    /// Height of the canvas.
    pub height: f64,
    /// Free strip at the top.
    pub top: f64,
    /// Free strip at the bottom (legend).
    pub bottom: f64,
}

/// One card: an instance, or several folded into one.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Index of the node.
    pub node: u16,
    /// First slot shown.
    pub slot: u32,
    /// How many slots this card stands for; 1 unless folded.
    pub slots: u32,
    /// Its place.
    pub rect: Rect,
}

/// A link between two cards.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Index of the caller's card.
    pub from: usize,
    /// Index of the callee's card.
    pub to: usize,
    /// Its course, from caller to callee.
    pub curve: Curve,
}

/// A drawing without its colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Which way it runs.
    pub flow: Flow,
    /// Factor on card sizes and text, 0.55 to 1.3.
    pub scale: f64,
    /// Width and height of the drawing: the canvas's, but for large systems.
    pub size: (f64, f64),
    /// Points that links, by their nodes, pass on their way round others.
    pub bends: Vec<((u16, u16), Vec<Point>)>,
    /// All cards, by node and slot.
    pub cards: Vec<Card>,
    /// All edges.
    pub edges: Vec<Edge>,
}

impl Layout {
    /// Whether another has cards for the same and the same links between them, wherever they are.
    pub fn has_the_pieces_of(&self, other: &Layout) -> bool {
        let card = |card: &Card| (card.node, card.slot, card.slots);
        let ends = |edge: &Edge| (edge.from, edge.to);
        self.cards.iter().map(card).eq(other.cards.iter().map(card))
            && self.edges.iter().map(ends).eq(other.edges.iter().map(ends))
    }

    /// Places `blocks`, joined by `links` (caller, callee), in `area`.
    pub fn new(blocks: &[Block], links: &[(u16, u16)], area: Area) -> Self {
        let columns = layers::assign(blocks.len(), links);
        let mut layout = if blocks.len() > large::MOST_NODES {
            large::place(blocks, links, &columns)
        } else if area.width < NARROW {
            down(blocks, &columns, area)
        } else {
            across(blocks, links, &columns, area)
        };
        sort::by_key(&mut layout.cards, |card| (card.node, card.slot));
        layout.edges = layout.join(links);
        layout
    }

    /// The card that shows a node's `slot`.
    pub fn card_of(&self, node: u16, slot: u32) -> Option<usize> {
        let after = self.cards.partition_point(|card| (card.node, card.slot) <= (node, slot));
        let index = after.checked_sub(1)?;
        let card = &self.cards[index];
        (card.node == node && slot < card.slot + card.slots).then_some(index)
    }

    /// The edge between two cards, and whether going from `from` to `to` runs against it.
    pub fn edge_between(&self, from: usize, to: usize) -> Option<(usize, bool)> {
        let found = |a, b| self.edges.iter().position(|edge| edge.from == a && edge.to == b);
        found(from, to).map(|edge| (edge, false)).or_else(|| found(to, from).map(|edge| (edge, true)))
    }

    fn join(&self, links: &[(u16, u16)]) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (from, card) in self.cards.iter().enumerate() {
            for to_node in self.targets(card, links) {
                let exit = self.exit(card, to_node, links);
                let link = (card.node, to_node);
                let bends = self
                    .bends
                    .iter()
                    .find(|(of, _)| *of == link)
                    .map_or(&[][..], |(_, bends)| bends.as_slice());
                for (to, callee) in self.cards.iter().enumerate().filter(|(_, callee)| callee.node == to_node)
                {
                    let curve = match self.flow {
                        Flow::Across => Curve::through(exit, bends, entry(callee, self.flow)),
                        Flow::Down => Curve::down(exit, entry(callee, self.flow)),
                    };
                    edges.push(Edge { from, to, curve });
                }
            }
        }
        edges
    }

    /// Nodes that `card` calls, in the order in which their cards stand.
    fn targets(&self, card: &Card, links: &[(u16, u16)]) -> Vec<u16> {
        let mut targets: Vec<u16> =
            links.iter().filter(|&&(from, to)| from == card.node && to != from).map(|&(_, to)| to).collect();
        sort::by_key(&mut targets, |target| *target);
        targets.dedup();
        sort::by_key(&mut targets, |&target| sort::Total(self.across_of(target)));
        targets
    }

    /// Where a node stands across the flow: its first card's middle.
    fn across_of(&self, node: u16) -> f64 {
        let middle = |card: &Card| match self.flow {
            Flow::Across => card.rect.centre().y,
            Flow::Down => card.rect.centre().x,
        };
        self.cards.iter().find(|card| card.node == node).map_or(0.0, middle)
    }

    /// Where the edges to one callee leave a card: the exits of several callees stand apart.
    fn exit(&self, card: &Card, to_node: u16, links: &[(u16, u16)]) -> Point {
        let targets = self.targets(card, links);
        let index = targets.iter().position(|&each| each == to_node).unwrap_or(0) as f64;
        let offset = index - (targets.len() as f64 - 1.0) / 2.0;
        let centre = card.rect.centre();
        match self.flow {
            Flow::Across => {
                let apart = (26.0 * self.scale).min(card.rect.height / (targets.len() as f64 + 1.0));
                // Slightly above the middle, beside the rows that show what is inside.
                let lift = if targets.len() > 1 { 2.0 * self.scale } else { 0.0 };
                Point::new(card.rect.right(), centre.y + offset * apart - lift)
            }
            Flow::Down => Point::new(centre.x + offset * 12.0, card.rect.bottom()),
        }
    }
}

fn entry(card: &Card, flow: Flow) -> Point {
    let centre = card.rect.centre();
    match flow {
        Flow::Across => Point::new(card.rect.x, centre.y),
        Flow::Down => Point::new(centre.x, card.rect.y),
    }
}

const SCALES: [f64; 6] = [1.3, 1.2, 1.1, 1.0, 0.9, 0.8];
const SIDE: f64 = 14.0;
const STACK_GAP: f64 = 28.0;
const WIDEST_STACK_GAP: f64 = 44.0;
const COLUMN_GAP: f64 = 56.0;
/// Less than this between two columns, and cards are drawn narrower instead.
const LEAST_COLUMN_GAP: f64 = 36.0;
/// The share of their width that cards keep at least.
const NARROWEST: f64 = 0.65;
/// So close, in pixels, stand cards before they are folded into one.
const LEAST_STACK_GAP: f64 = 8.0;
const MOST_CARDS: u32 = 6;

fn across(blocks: &[Block], links: &[(u16, u16)], columns: &[Vec<u16>], area: Area) -> Layout {
    let weights = gap_weights(blocks, links, columns);
    let room = area.height - area.top - area.bottom;
    let shown: Vec<u32> = blocks.iter().map(|block| block.instances.clamp(1, MOST_CARDS)).collect();
    let fits = |scale: f64| {
        let wide = natural_width(blocks, columns, &weights, scale) <= area.width;
        wide && columns.iter().all(|column| stack_height(blocks, column, &shown, scale) <= room)
    };
    let scale = SCALES.into_iter().find(|&scale| fits(scale)).unwrap_or(0.8);
    let narrow = narrowed(blocks, columns, area.width, scale);
    // Where there is little room between columns, all gaps get the same.
    let weights = if narrow.is_some() { vec![1.0; weights.len()] } else { weights };
    let blocks = narrow.as_deref().unwrap_or(blocks);
    let mut cards = Vec::new();
    let tallest = columns
        .iter()
        .map(|column| stack_height(blocks, column, &fold(blocks, column, room, scale), scale))
        .fold(0.0, f64::max);
    for (column, x) in columns.iter().zip(column_edges(blocks, columns, &weights, area.width, scale)) {
        let shown = fold(blocks, column, room, scale);
        stack(blocks, column, &shown, Stack { x, area, scale, tallest }, &mut cards);
    }
    let size = (area.width, area.height);
    Layout { flow: Flow::Across, scale, size, bends: Vec::new(), cards, edges: Vec::new() }
}

/// The same blocks, narrower where columns would stand so close that no link is seen between them.
fn narrowed(blocks: &[Block], columns: &[Vec<u16>], width: f64, scale: f64) -> Option<Vec<Block>> {
    let cards: f64 = columns.iter().map(|column| column_width(blocks, column, scale)).sum();
    let gaps = columns.len().saturating_sub(1) as f64 * LEAST_COLUMN_GAP;
    let share = ((width - 2.0 * SIDE - gaps) / cards.max(1.0)).max(NARROWEST);
    let narrow = |block: &Block| Block { size: (block.size.0 * share, block.size.1), ..block.clone() };
    (share < 1.0).then(|| blocks.iter().map(narrow).collect())
}

/// Cards shown of each node of a column, folded from the node with most of them until the stack fits.
fn fold(blocks: &[Block], column: &[u16], room: f64, scale: f64) -> Vec<u32> {
    let mut shown: Vec<u32> = blocks.iter().map(|block| block.instances.clamp(1, MOST_CARDS)).collect();
    while stack_heights(blocks, column, &shown, scale) + gaps(column, &shown) * LEAST_STACK_GAP > room {
        match column.iter().copied().max_by_key(|&node| shown[usize::from(node)]) {
            Some(node) if shown[usize::from(node)] > 1 => shown[usize::from(node)] -= 1,
            _ => break,
        }
    }
    shown
}

fn stack_height(blocks: &[Block], column: &[u16], shown: &[u32], scale: f64) -> f64 {
    stack_heights(blocks, column, shown, scale) + gaps(column, shown) * STACK_GAP * scale
}

/// Heights of all cards of a column.
fn stack_heights(blocks: &[Block], column: &[u16], shown: &[u32], scale: f64) -> f64 {
    let height = |node: usize| blocks[node].size.1 * scale * f64::from(shown[node]);
    column.iter().map(|&node| height(usize::from(node))).sum()
}

/// How many gaps there are between them.
fn gaps(column: &[u16], shown: &[u32]) -> f64 {
    let cards: u32 = column.iter().map(|&node| shown[usize::from(node)]).sum();
    f64::from(cards.saturating_sub(1))
}

/// How much of the spare width each gap gets: more where more edges cross.
fn gap_weights(blocks: &[Block], links: &[(u16, u16)], columns: &[Vec<u16>]) -> Vec<f64> {
    let shown = |node: u16| f64::from(blocks[usize::from(node)].instances.clamp(1, MOST_CARDS));
    columns
        .windows(2)
        .map(|pair| {
            let crossing: f64 = links
                .iter()
                .filter(|(from, to)| pair[0].contains(from) && pair[1].contains(to))
                .map(|&(from, to)| shown(from) * shown(to))
                .sum();
            1.0 + 0.3 * (crossing - 1.0).clamp(0.0, 8.0)
        })
        .collect()
}

fn column_width(blocks: &[Block], column: &[u16], scale: f64) -> f64 {
    column.iter().map(|&node| blocks[usize::from(node)].size.0 * scale).fold(0.0, f64::max)
}

fn natural_width(blocks: &[Block], columns: &[Vec<u16>], weights: &[f64], scale: f64) -> f64 {
    let cards: f64 = columns.iter().map(|column| column_width(blocks, column, scale)).sum();
    let gaps: f64 = weights.iter().map(|weight| COLUMN_GAP * (0.8 + 0.2 * weight)).sum();
    cards + gaps * scale + 2.0 * SIDE
}

/// Left edge of each column. Side margins take a share of what is spare, up to 60 px.
fn column_edges(blocks: &[Block], columns: &[Vec<u16>], weights: &[f64], width: f64, scale: f64) -> Vec<f64> {
    let widths: Vec<f64> = columns.iter().map(|column| column_width(blocks, column, scale)).collect();
    let spare = width - widths.iter().sum::<f64>() - 2.0 * SIDE;
    let total: f64 = weights.iter().sum();
    let beyond = spare - total * COLUMN_GAP * 1.2;
    let margin = if weights.is_empty() { spare / 2.0 } else { (beyond * 0.12).clamp(0.0, 46.0) };
    let per_weight = (spare - 2.0 * margin) / total.max(1.0);
    let mut x = SIDE + margin;
    let mut edges = Vec::with_capacity(columns.len());
    for (index, width) in widths.iter().enumerate() {
        edges.push(x);
        x += width + weights.get(index).unwrap_or(&0.0) * per_weight;
    }
    edges
}

struct Stack {
    x: f64,
    area: Area,
    scale: f64,
    tallest: f64,
}

/// Stacks one column around the middle. Different nodes stand further apart than replicas.
fn stack(blocks: &[Block], column: &[u16], shown: &[u32], place: Stack, cards: &mut Vec<Card>) {
    let Stack { x, area, scale, tallest } = place;
    let room = area.height - area.top - area.bottom;
    let heights = stack_heights(blocks, column, shown, scale);
    let between = gaps(column, shown);
    let gaps = between.max(1.0);
    let widest = if column.len() > 1 {
        (tallest * 1.1 - heights).max(0.0) / gaps * 0.85
    } else {
        WIDEST_STACK_GAP * scale
    };
    let fitting = ((room - heights) / gaps).max(4.0);
    let gap = widest.max(WIDEST_STACK_GAP * scale).min(fitting);
    let widest_card = column_width(blocks, column, scale);
    let mut y = area.top + (room - heights - between * gap) / 2.0;
    for &node in column {
        let block = &blocks[usize::from(node)];
        let (width, height) = (block.size.0 * scale, block.size.1 * scale);
        for (slot, slots) in spread(block.instances, shown[usize::from(node)]) {
            let rect = Rect { x: x + (widest_card - width) / 2.0, y, width, height };
            cards.push(Card { node, slot, slots, rect });
            y += height + gap;
        }
    }
}

/// First slot and number of slots of each card: single ones, the last takes the rest.
pub(super) fn spread(instances: u32, shown: u32) -> impl Iterator<Item = (u32, u32)> {
    let rest = instances.max(1) - (shown - 1);
    (0..shown).map(move |slot| (slot, if slot + 1 == shown { rest } else { 1 }))
}

fn down(blocks: &[Block], rows: &[Vec<u16>], area: Area) -> Layout {
    const BESIDE: f64 = 14.0;
    const LEAST_GAP: f64 = 12.0;
    const MOST_BESIDE: u32 = 3;
    let room = area.height - area.top - area.bottom;
    let row_height =
        |row: &[u16]| row.iter().map(|&node| blocks[usize::from(node)].compact.1).fold(0.0, f64::max);
    let gaps = (rows.len().max(2) - 1) as f64;
    let natural: f64 = rows.iter().map(|row| row_height(row)).sum();
    // Many rows are drawn lower, down to what can still be read.
    let scale = ((room - LEAST_GAP * gaps) / natural).clamp(0.55, 1.0);
    let heights = natural * scale;
    let gap = ((room - heights) / gaps).clamp(LEAST_GAP, 56.0);
    let used = heights + gap * rows.len().saturating_sub(1) as f64;
    let mut y = area.top + ((room - used) / 2.0).max(0.0);
    let mut cards = Vec::new();
    for row in rows {
        let most = (MOST_BESIDE / row.len().max(1) as u32).max(1);
        let shown: Vec<u32> =
            row.iter().map(|&node| blocks[usize::from(node)].instances.clamp(1, most)).collect();
        let count = f64::from(shown.iter().sum::<u32>());
        let share = (area.width - 2.0 * SIDE - (count - 1.0) * BESIDE) / count;
        let width_of = |node: u16| blocks[usize::from(node)].compact.0.min(share);
        let row_width: f64 =
            row.iter().zip(&shown).map(|(&node, &shown)| width_of(node) * f64::from(shown)).sum();
        let mut x = (area.width - row_width - (count - 1.0) * BESIDE) / 2.0;
        for (&node, &shown) in row.iter().zip(&shown) {
            let block = &blocks[usize::from(node)];
            for (slot, slots) in spread(block.instances, shown) {
                let rect = Rect { x, y, width: width_of(node), height: block.compact.1 * scale };
                cards.push(Card { node, slot, slots, rect });
                x += width_of(node) + BESIDE;
            }
        }
        y += row_height(row) * scale + gap;
    }
    let size = (area.width, area.height);
    Layout { flow: Flow::Down, scale, size, bends: Vec::new(), cards, edges: Vec::new() }
}

#[cfg(test)]
mod tests;
