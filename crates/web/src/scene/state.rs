//! Everything the scene knows between two frames: the system's shape, its latest state and the marks on their way.

use super::behind::{self, Behind};
use super::camera::{Camera, Size};
use super::geometry::{Point, Rect};
use super::gestures::Look;
use super::ink::Ink;
use super::inside;
use super::layout::{Area, Block, Edge, Flow, Layout};
use super::line;
use super::marks::{Mark, Marks, Shape};
use crate::protocol::frame::{Balanced, Breaker, Breakers, Frame, Gauges, Life};
use crate::protocol::{NodeKind, View};
use std::rc::Rc;

/// Figures in words change at most this often, in milliseconds, so that they can be read.
const TOLD_EVERY: f64 = 250.0;

/// A click so many pixels away still counts.
const REACH: f64 = 10.0;

/// Marks of those that wait beside a card.
const MOST_BESIDE: f64 = 4.0;

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// An instance, by its index in the frame.
    Instance(u32),
    /// A client's request.
    Request(u64),
    /// A link, by the indices of its nodes.
    Link(u16, u16),
}

/// The scene between frames.
#[derive(Debug)]
pub struct Scene {
    view: Rc<View>,
    kinds: Vec<NodeKind>,
    area: Area,
    layout: Layout,
    frame: Frame,
    behind: Vec<Behind>,
    told: Vec<Gauges>,
    told_age: f64,
    /// Longest work left seen lately, per instance.
    longest: Vec<f64>,
    marks: Marks,
    camera: Camera,
    unfolded: Rc<[u16]>,
}

impl Scene {
    /// An empty scene of the system in `view`.
    pub fn new(view: Rc<View>, width: f64, height: f64) -> Self {
        let mut scene = Self {
            kinds: view.nodes.iter().map(|node| node.kind).collect(),
            view,
            area: area(width, height),
            layout: Layout::new(&[], &[], area(width, height)),
            frame: Frame::default(),
            behind: Vec::new(),
            told: Vec::new(),
            told_age: f64::INFINITY,
            longest: Vec::new(),
            marks: Marks::default(),
            camera: Camera::default(),
            unfolded: Rc::new([]),
        };
        scene.arrange();
        scene
    }

    /// Another canvas size.
    pub fn resize(&mut self, width: f64, height: f64) {
        let area = area(width, height);
        if area != self.area {
            self.area = area;
            let before = self.layout.clone();
            self.arrange();
            self.look(Look::All);
            // What is on its way goes on, but where cards were folded or unfolded.
            if !self.layout.has_the_pieces_of(&before) {
                self.marks.clear();
            }
        }
    }

    /// Changed settings of the same run, or another run.
    pub fn set_view(&mut self, view: Rc<View>) {
        self.kinds = view.nodes.iter().map(|node| node.kind).collect();
        self.view = view;
        self.arrange();
    }

    /// A new frame, `wall_ms` after the one before. Whether it continues nothing: the run `jumped`, or is another.
    pub fn take(&mut self, frame: Frame, wall_ms: f64, jumped: bool) -> bool {
        let jumped = jumped || frame.run != self.frame.run;
        let shape = |frame: &Frame| -> Vec<(u16, u16, bool, bool)> {
            frame
                .instances
                .iter()
                .map(|each| (each.node, each.slot, each.life == Life::Gone, inside::is_single(each)))
                .collect()
        };
        let mapped = |frame: &Frame| -> Vec<bool> {
            frame.balancers.iter().map(|balanced| balanced.map.is_some()).collect()
        };
        let changed = shape(&frame) != shape(&self.frame) || mapped(&frame) != mapped(&self.frame);
        let mut behind = behind::behind_all(&self.view, &frame);
        behind::mark_moved(&self.behind, &mut behind, jumped);
        self.behind = behind;
        self.frame = frame;
        if changed {
            self.arrange();
        }
        self.longest.resize(self.frame.instances.len(), 0.0);
        for (longest, gauges) in self.longest.iter_mut().zip(&self.frame.instances) {
            *longest = (*longest * 0.995).max(gauges.next_done_us);
        }
        self.told_age += wall_ms;
        if self.told_age >= TOLD_EVERY || changed || jumped {
            self.told.clone_from(&self.frame.instances);
            self.told_age = 0.0;
        }
        if jumped {
            self.marks.jump(&self.frame, &self.kinds, &self.layout);
        } else {
            self.marks.take(&self.frame, &self.kinds, &self.layout, wall_ms);
        }
        jumped
    }

    /// Nodes of a large system whose instances are drawn one by one.
    pub fn unfold(&mut self, nodes: &Rc<[u16]>) {
        if self.unfolded != *nodes {
            self.unfolded = nodes.clone();
            self.arrange();
            self.marks.clear();
        }
    }

    /// Where one looks from.
    pub fn camera(&self) -> Camera {
        self.camera
    }

    /// Looks from elsewhere.
    pub fn look(&mut self, look: Look) {
        let (drawing, canvas) = (self.layout.size, self.canvas());
        let middle = Point::new(canvas.0 / 2.0, canvas.1 / 2.0);
        self.camera = match look {
            Look::Closer(factor, at) => self.camera.closer(factor, at.unwrap_or(middle), drawing, canvas),
            Look::Moved(by) => self.camera.moved(by, drawing, canvas),
            Look::All => Camera::whole(drawing, canvas),
        };
    }

    /// Keeps a point of the drawing in view, where not all of it is.
    pub fn keep_in_view(&mut self, point: Point) {
        if self.camera.is_close() {
            self.camera = self.camera.keeping(point, self.layout.size, self.canvas());
        }
    }

    /// What of the canvas the drawing may use: a large one leaves the legend free, on a phone too.
    fn canvas(&self) -> Size {
        let Area { width, height, bottom, .. } = self.area;
        if self.layout.size == (width, height) {
            (width, height)
        } else {
            (width, height - bottom.max(LEGEND))
        }
    }

    /// The request `root` is drawn whatever the sample.
    pub fn follow(&mut self, root: Option<u64>) {
        self.marks.follow(root);
    }

    /// Lets display time pass.
    pub fn advance(&mut self, wall_ms: f64) {
        self.marks.advance(wall_ms);
    }

    /// Shows the present figures in words too, as when the run stands still.
    pub fn settle(&mut self) {
        self.told.clone_from(&self.frame.instances);
    }

    /// The system.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Where everything stands.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Marks on their way.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Height of the canvas.
    pub fn area(&self) -> Area {
        self.area
    }

    /// Radius of a mark that is a request.
    pub fn mark_radius(&self) -> f64 {
        let few = self.layout.edges.len() <= 2;
        self.layout.scale * if few { 5.6 } else { 4.2 }
    }

    /// The instance shown on a card: the youngest of its first slot; of a folded card, of the first that is not dead.
    pub fn instance_of(&self, card: usize) -> Option<usize> {
        let card = &self.layout.cards[card];
        let youngest = |slot: u32| {
            let here = |each: &Gauges| each.node == card.node && u32::from(each.slot) == slot;
            self.frame.instances.iter().rposition(|each| here(each) && each.life != Life::Gone)
        };
        let alive = |instance: &usize| self.frame.instances[*instance].life != Life::Dead;
        let slots = card.slot..card.slot + card.slots;
        slots.filter_map(youngest).find(alive).or_else(|| youngest(card.slot))
    }

    /// How many instances behind a card are dead.
    pub fn dead_behind(&self, card: usize) -> usize {
        let card = &self.layout.cards[card];
        let slots = card.slot..card.slot + card.slots;
        let here = |each: &&Gauges| each.node == card.node && slots.contains(&u32::from(each.slot));
        self.frame.instances.iter().filter(here).filter(|each| each.life == Life::Dead).count()
    }

    /// State of an instance: now, as told in words, and the longest work left seen lately.
    pub fn gauges(&self, instance: usize) -> Option<(&Gauges, &Gauges, f64)> {
        let now = self.frame.instances.get(instance)?;
        let longest = self.longest.get(instance).copied().unwrap_or_default();
        Some((now, self.told.get(instance).unwrap_or(now), longest))
    }

    /// Whether keys are marked that moved to another server.
    pub fn has_moved(&self) -> bool {
        self.behind.iter().filter_map(|behind| behind.map.as_ref()).any(|map| map.moved.contains(&true))
    }

    /// Those behind a balancer.
    pub fn behind(&self, instance: usize) -> Option<&Behind> {
        self.behind.iter().find(|behind| behind.balancer == instance)
    }

    /// Whether a balancer shows who gets how much.
    pub fn shows_shares(&self) -> bool {
        self.behind.iter().any(|behind| behind.servers.len() > 1)
    }

    /// The colour that an instance has in the map of a balancer.
    pub fn own_ink(&self, instance: usize) -> Option<Ink> {
        let mapped = self.behind.iter().filter(|behind| behind.map.is_some());
        let server = mapped.flat_map(|behind| &behind.servers).find(|server| server.instance == instance);
        server.map(|server| server.ink)
    }

    /// Whether there is any breaker, or anybody who gets no calls.
    pub fn has_guards(&self) -> bool {
        let guarded = |each: &Gauges| each.standing.is_out() || each.breakers != Breakers::default();
        self.frame.instances.iter().any(guarded)
    }

    /// How the breaker on an edge stands, and whether calls over it go to one that gets none.
    pub fn guard_of(&self, edge: &Edge) -> (Option<Breaker>, bool) {
        let gauges = |card: usize| self.frame.instances.get(self.instance_of(card)?);
        let (Some(from), Some(to)) = (gauges(edge.from), gauges(edge.to)) else { return (None, false) };
        let mut own = self.view.links.iter().filter(|link| link.from == from.node);
        let place = own.position(|link| link.to == to.node);
        let balanced = self.kinds.get(usize::from(from.node)) == Some(&NodeKind::Balancer);
        (place.and_then(|place| from.breakers.get(place)), balanced && to.standing.is_out())
    }

    /// The edge along which a card's line stands: its only one, if long enough.
    pub fn line_edge(&self, card: usize) -> Option<usize> {
        let mut incoming = self.layout.edges.iter().enumerate().filter(|(_, edge)| edge.to == card);
        let (index, edge) = incoming.next()?;
        let kind = self.kinds.get(usize::from(self.layout.cards[card].node))?;
        let folded = self.layout.cards[card].slots > 1;
        let alone = incoming.next().is_none() && !folded && *kind == NodeKind::Service;
        (alone && line::has_room(&edge.curve, self.line_pitch())).then_some(index)
    }

    /// The line in front of a card.
    pub fn line(&self, card: usize) -> Option<line::Line> {
        let edge = self.line_edge(card)?;
        let queue = self.frame.instances.get(self.instance_of(card)?)?.queue;
        let curve = &self.layout.edges[edge].curve;
        Some(line::line(curve, queue, self.marks.exponent(), self.line_pitch()))
    }

    /// Marks beside a card for those that wait there: in front of it to be let in, behind it for a connection. A few,
    /// for the card tells the number; where a line stands in front, that shows them.
    pub fn waiting(&self, card: usize) -> Vec<Point> {
        let Some(gauges) = self.instance_of(card).and_then(|instance| self.frame.instances.get(instance))
        else {
            return Vec::new();
        };
        let (rect, radius) = (self.layout.cards[card].rect, self.mark_radius());
        let queue = if self.line_edge(card).is_some() { 0.0 } else { gauges.queue };
        let across = self.layout.flow == Flow::Across;
        // In front and behind, beside where links arrive and leave.
        let (before, behind) = if across { (rect.x, rect.right()) } else { (rect.y, rect.bottom()) };
        let middle = if across { rect.centre().y } else { rect.centre().x };
        let mut places = Vec::new();
        for (waiting, along) in [(queue, before - radius * 1.9), (gauges.pool_waiting, behind + radius * 1.9)]
        {
            let marks = (waiting / 2.0_f64.powi(self.marks.exponent() as i32)).ceil().min(MOST_BESIDE);
            places.extend((0..marks as u32).map(|place| {
                let aside = middle - radius * (2.8 + 2.6 * f64::from(place));
                if across { Point::new(along, aside) } else { Point::new(aside, along) }
            }));
        }
        places
    }

    /// How far up each edge is free for marks: lines take the rest.
    pub fn free_shares(&self) -> Vec<f64> {
        let mut free = vec![1.0; self.layout.edges.len()];
        for card in 0..self.layout.cards.len() {
            if let (Some(edge), Some(line)) = (self.line_edge(card), self.line(card)) {
                free[edge] = line.free;
            }
        }
        free
    }

    /// Where a mark is that has gone a share of its way.
    pub fn place(&self, mark: &Mark, gone: f64, free: &[f64]) -> Point {
        let edge = mark.edge as usize;
        let Some(found) = self.layout.edges.get(edge) else { return Point::default() };
        let share = if mark.against { 1.0 - gone } else { gone * free.get(edge).unwrap_or(&1.0) };
        found.curve.at(share)
    }

    /// What lies at `point`: a mark first, as marks lie on top.
    pub fn pick(&self, point: Point) -> Option<Picked> {
        let (point, reach) = (self.camera.under(point), REACH / self.camera.zoom);
        let free = self.free_shares();
        if let Some(root) = self.marks.hit(point, reach, |mark, gone| self.place(mark, gone, &free)) {
            return Some(Picked::Request(root));
        }
        if let Some(card) = self.layout.cards.iter().position(|card| card.rect.contains(point)) {
            return Some(Picked::Instance(self.instance_of(card)? as u32));
        }
        let distance = |edge: &Edge| {
            (0..=24)
                .map(|step| edge.curve.at(f64::from(step) / 24.0).distance(point))
                .fold(f64::INFINITY, f64::min)
        };
        let near = self.layout.edges.iter().map(|edge| (distance(edge), edge));
        let (_, edge) = near.filter(|(distance, _)| *distance <= reach).min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Picked::Link(self.layout.cards[edge.from].node, self.layout.cards[edge.to].node))
    }

    /// The card of an instance.
    pub fn card_rect(&self, instance: u32) -> Option<Rect> {
        let gauges = self.frame.instances.get(usize::try_from(instance).ok()?)?;
        let card = self.layout.card_of(gauges.node, u32::from(gauges.slot))?;
        Some(self.layout.cards[card].rect)
    }

    /// Which shapes the legend explains: those that this system can show.
    pub fn legend(&self) -> Vec<Shape> {
        let has = |kind: NodeKind| self.kinds.contains(&kind);
        Shape::ALL
            .into_iter()
            .filter(|shape| match shape {
                Shape::Hit | Shape::Miss => has(NodeKind::Cache),
                Shape::Write => {
                    has(NodeKind::Database) || self.marks.has_written() || self.view().paths.len() > 1
                }
                Shape::Read | Shape::Error => true,
            })
            .collect()
    }

    fn line_pitch(&self) -> f64 {
        self.mark_radius() * 2.9
    }

    fn arrange(&mut self) {
        let links: Vec<(u16, u16)> = self.view.links.iter().map(|link| (link.from, link.to)).collect();
        let blocks: Vec<Block> = (0..self.kinds.len() as u16).map(|node| self.block(node)).collect();
        let before = self.layout.size;
        self.layout = Layout::new(&blocks, &links, self.area);
        if self.layout.size != before {
            self.camera = Camera::whole(self.layout.size, self.canvas());
        }
        self.told.clone_from(&self.frame.instances);
    }

    fn block(&self, node: u16) -> Block {
        let alive = self.frame.instances.iter().filter(|each| each.node == node && each.life != Life::Gone);
        let slots = alive.clone().map(|each| u32::from(each.slot) + 1).max();
        let wanted = self.view.nodes[usize::from(node)].replicas;
        let single = alive.clone().next().is_some_and(inside::is_single);
        let pooled = self.view.links.iter().any(|link| link.from == node && link.pooled);
        let is_mapped = |balanced: &Balanced| {
            let balancer = self.frame.instances.get(balanced.balancer as usize);
            balanced.map.is_some() && balancer.is_some_and(|balancer| balancer.node == node)
        };
        let extra = match self.kinds[usize::from(node)] {
            NodeKind::Balancer => self.frame.balancers.iter().any(is_mapped),
            _ => pooled,
        };
        let block =
            inside::block(self.kinds[usize::from(node)], extra, single, slots.unwrap_or(wanted).max(1));
        Block { unfolded: self.unfolded.contains(&node), ..block }
    }
}

/// How high the legend is.
const LEGEND: f64 = 40.0;

fn area(width: f64, height: f64) -> Area {
    let narrow = width < super::layout::NARROW;
    let (top, bottom) = if narrow { (10.0, 10.0) } else { (16.0, 44.0) };
    Area { width, height, top, bottom }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LinkView, NodeView};

    #[test]
    fn a_large_picture_leaves_the_legend_free() {
        let (replicas, links) = crate::scene::sixty::system();
        let node = |replicas: u32| NodeView { replicas, ..NodeView::default() };
        let link = |(from, to): (u16, u16)| LinkView { from, to, ..LinkView::default() };
        let nodes = replicas.into_iter().map(node).collect();
        let view = Rc::new(View { nodes, links: links.into_iter().map(link).collect(), ..View::default() });
        // A desktop's picture and a phone's.
        for (width, height) in [(784.0, 508.0), (390.0, 323.0)] {
            let mut scene = Scene::new(Rc::clone(&view), width, height);
            scene.look(Look::All);
            let lowest = scene.layout().cards.iter().map(|card| card.rect.bottom()).fold(0.0, f64::max);
            let lowest = scene.camera().place(Point::new(0.0, lowest)).y;
            assert!(lowest > height / 2.0 && lowest <= height - LEGEND, "{width} x {height}: {lowest}");
        }
    }
}
