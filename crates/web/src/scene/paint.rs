//! Puts the scene on a 2D canvas: cards, legend, words. What travels is drawn by [`super::paint_flow`].

use super::far;
use super::follow::Followed;
use super::geometry::{Point, Rect};
use super::ink::{Align, Ink, Item};
use super::inside::{self, Face, Place, States};
use super::layout::Flow;
use super::marks::Shape;
use super::state::Scene;
use super::theme::Theme;
use super::words::Words;
use std::f64::consts::{PI, TAU};
use web_sys::CanvasRenderingContext2d as Context;

/// What one drawing needs besides the scene.
#[derive(Debug)]
pub struct Painter<'a> {
    /// The canvas.
    pub context: &'a Context,
    /// Colours and font.
    pub theme: &'a Theme,
    /// Words.
    pub words: &'a Words,
    /// Device pixels per CSS pixel.
    pub ratio: f64,
    /// Nodes that are bright while others are dimmed; empty for all.
    pub focus: &'a [u16],
    /// The instance whose card is marked as chosen.
    pub selected: Option<u32>,
    /// The request that is followed.
    pub followed: Option<Followed>,
    /// Rates as numbers and bars in place of moving marks.
    pub still: bool,
}

/// How bright a card is that is out of focus: the whole system stays readable.
pub(super) const DIMMED: f64 = 0.85;

impl Painter<'_> {
    /// Draws everything.
    pub fn paint(&self, scene: &Scene) {
        let area = scene.area();
        let plain = || self.context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0);
        let _ = plain();
        self.context.clear_rect(0.0, 0.0, area.width, area.height);
        let camera = scene.camera();
        let (zoom, shift) = (self.ratio * camera.zoom, camera.shift);
        let (x, y) = (self.ratio * shift.x, self.ratio * shift.y);
        let _ = self.context.set_transform(zoom, 0.0, 0.0, zoom, x, y);
        self.edges(scene);
        // Without motion links show what goes over them, at any speed.
        let banded = self.still || scene.marks().banded();
        if banded {
            self.bands(scene);
        } else {
            self.marks(scene);
        }
        for card in 0..scene.layout().cards.len() {
            self.card(scene, card);
        }
        self.context.set_global_alpha(1.0);
        self.breakers(scene);
        self.followed(scene);
        let _ = plain();
        if scene.layout().flow == Flow::Across {
            self.legend(scene, banded);
        }
    }

    pub(super) fn in_focus(&self, node: u16) -> bool {
        self.focus.is_empty() || self.focus.contains(&node)
    }

    fn card(&self, scene: &Scene, index: usize) {
        let layout = scene.layout();
        let card = &layout.cards[index];
        let instance = scene.instance_of(index);
        let states = instance.and_then(|instance| scene.gauges(instance));
        let full = states.is_some_and(|(now, _, _)| inside::is_full(now));
        let chosen = instance.is_some_and(|each| self.selected == Some(each as u32));
        let alpha = if self.in_focus(card.node) { 1.0 } else { DIMMED };
        self.line(scene, index, alpha);
        if card.slots > 1 {
            let behind = Rect { x: card.rect.x + 4.0, y: card.rect.y + 4.0, ..card.rect };
            self.panel(behind, Ink::Line, 1.0, alpha);
        }
        let dead = scene.dead_behind(index);
        let spoken_of = !self.focus.is_empty() && self.in_focus(card.node);
        let (border, width) = match () {
            () if chosen => (Ink::Accent, 2.0),
            () if dead > 0 => (Ink::Error, 2.0),
            () if full => (Ink::Saturated, 2.0),
            () if spoken_of => (Ink::Dim, 1.5),
            () => (Ink::Line, 1.0),
        };
        self.panel(card.rect, border, width, alpha);
        self.context.set_global_alpha(alpha);
        let node = &scene.view().nodes[usize::from(card.node)];
        let cards = layout.cards.iter().filter(|each| each.node == card.node).map(|each| each.slots).sum();
        let title = self.words.card(&node.label, cards, card.slot, card.slots);
        let empty = Default::default();
        let (now, told, longest) = states.unwrap_or((&empty, &empty, 0.0));
        let face = Face {
            title: &title,
            kind: node.kind,
            detail: &node.detail,
            pooled: now.pool_limit > 0.0,
            line_drawn: scene.line_edge(index).is_some(),
            longest,
            dead: dead as u32,
            behind: instance.and_then(|instance| scene.behind(instance)),
            own: instance.and_then(|instance| scene.own_ink(instance)),
        };
        let place = Place { rect: card.rect, flow: layout.flow, scale: layout.scale };
        let mut items = Vec::new();
        let zoom = scene.camera().zoom;
        if zoom < far::FAR {
            far::draw(&title, told, face.behind, card.rect, zoom, &mut items);
        } else {
            inside::draw(&face, States { now, told }, place, self.words, &mut items);
            self.waiting(&scene.waiting(index), scene.mark_radius());
            self.context.set_global_alpha(alpha);
        }
        for item in &items {
            self.item(item, alpha);
        }
    }

    /// The line in front of a card, and how many stand in it.
    fn line(&self, scene: &Scene, index: usize, alpha: f64) {
        let Some(line) = scene.line(index) else { return };
        let waiting =
            scene.instance_of(index).and_then(|each| scene.gauges(each)).map_or(0.0, |(now, ..)| now.queue);
        if waiting <= 0.0 {
            return;
        }
        let layout = scene.layout();
        let scale = layout.scale;
        self.context.set_global_alpha(alpha);
        self.waiting(&line.places, scene.mark_radius());
        let rect = layout.cards[index].rect;
        let text = self.words.waiting(waiting);
        let (at, align) = match layout.flow {
            Flow::Across => (Point::new(rect.x - 9.0, rect.centre().y - 26.0 * scale), Align::Right),
            Flow::Down => (Point::new(rect.centre().x + 12.0, rect.y - 8.0), Align::Left),
        };
        self.text(at, &text, (14.0 * scale.min(1.15), Ink::Dim, align), false, 200.0);
    }

    fn panel(&self, rect: Rect, border: Ink, width: f64, alpha: f64) {
        let context = self.context;
        // Half-pixel borders stay crisp.
        let snap = |value: f64| (value * self.ratio).round() / self.ratio + width / 2.0 / self.ratio.max(1.0);
        context.begin_path();
        let _ = context.round_rect_with_f64(
            snap(rect.x),
            snap(rect.y),
            rect.width.round(),
            rect.height.round(),
            12.0,
        );
        // Opaque below: edges and marks must not shine through a dimmed card.
        context.set_global_alpha(1.0);
        context.set_fill_style_str(self.theme.ink(Ink::Raised));
        context.fill();
        context.set_global_alpha(alpha);
        context.set_stroke_style_str(self.theme.ink(border));
        context.set_line_width(width);
        context.stroke();
        context.set_global_alpha(1.0);
    }

    fn item(&self, item: &Item, alpha: f64) {
        let context = self.context;
        match item {
            Item::Text { at, text, size, strong, ink, align, room } => {
                self.text(*at, text, (*size, *ink, *align), *strong, *room);
            }
            Item::Dot { centre, radius, ink, alpha: own } => {
                context.set_global_alpha(alpha * own);
                context.begin_path();
                let _ = context.arc(centre.x, centre.y, *radius, 0.0, TAU);
                context.set_fill_style_str(self.theme.ink(*ink));
                context.fill();
            }
            Item::Ring { centre, radius, ink, width, turn } => {
                self.arc(*centre, *radius, (0.0, *turn), *ink, *width);
            }
            Item::Arc { centre, radius, ink, width, between } => {
                self.arc(*centre, *radius, *between, *ink, *width);
            }
            Item::Cross { centre: Point { x, y }, reach, ink, width } => {
                context.begin_path();
                for side in [-reach, *reach] {
                    context.move_to(x - reach, y - side);
                    context.line_to(x + reach, y + side);
                }
                context.set_stroke_style_str(self.theme.ink(*ink));
                context.set_line_width(*width);
                context.stroke();
            }
            Item::Bar { rect, radius, ink, alpha: own, hatched } => {
                self.bar(*rect, *radius, *ink, alpha * own, *hatched);
            }
        }
        context.set_global_alpha(alpha);
    }

    fn arc(&self, centre: Point, radius: f64, (from, to): (f64, f64), ink: Ink, width: f64) {
        let context = self.context;
        context.begin_path();
        let turned = |share: f64| TAU * share - PI / 2.0;
        let _ = context.arc(centre.x, centre.y, radius, turned(from), turned(to));
        context.set_stroke_style_str(self.theme.ink(ink));
        context.set_line_width(width);
        context.stroke();
    }

    pub(super) fn bar(&self, rect: Rect, radius: f64, ink: Ink, alpha: f64, hatched: bool) {
        if rect.width <= 0.0 {
            return;
        }
        let context = self.context;
        context.set_global_alpha(alpha);
        context.begin_path();
        let _ = context.round_rect_with_f64(
            rect.x,
            rect.y,
            rect.width,
            rect.height,
            radius.min(rect.width / 2.0),
        );
        context.set_fill_style_str(self.theme.ink(ink));
        context.fill();
        if hatched {
            self.hatch(rect);
        }
    }

    /// Slanted stripes over the path that was just filled.
    fn hatch(&self, rect: Rect) {
        let context = self.context;
        context.save();
        context.clip();
        context.begin_path();
        let step = 7.0;
        let mut x = rect.x - rect.height;
        while x < rect.right() {
            context.move_to(x, rect.bottom());
            context.line_to(x + rect.height, rect.y);
            x += step;
        }
        context.set_stroke_style_str(self.theme.ink(Ink::Background));
        context.set_line_width(2.5);
        context.stroke();
        context.restore();
    }

    pub(super) fn text(&self, at: Point, text: &str, style: (f64, Ink, Align), strong: bool, room: f64) {
        let (size, ink, align) = style;
        let context = self.context;
        context.set_font(&self.theme.font(size, strong));
        context.set_fill_style_str(self.theme.ink(ink));
        context.set_text_align(match align {
            Align::Left => "left",
            Align::Middle => "center",
            Align::Right => "right",
        });
        // Measuring is slow, so only what may be too long is measured.
        let long = text.chars().count() as f64 * size * 0.62 > room;
        let text = if long { self.cut(text, room) } else { text.to_owned() };
        let _ = context.fill_text(&text, at.x, at.y);
    }

    fn cut(&self, text: &str, room: f64) -> String {
        let width = |text: &str| self.context.measure_text(text).map_or(0.0, |measured| measured.width());
        if width(text) <= room {
            return text.to_owned();
        }
        let mut short = text.to_owned();
        while short.pop().is_some() {
            let candidate = format!("{}…", short.trim_end());
            if width(&candidate) <= room {
                return candidate;
            }
        }
        String::new()
    }

    /// What each form means, and what one mark stands for.
    fn legend(&self, scene: &Scene, banded: bool) {
        let area = scene.area();
        let y = area.height - 24.0;
        let marks = scene.marks();
        let scale = match banded {
            true => self.words.bands(marks.counted()),
            false => self.words.scale(marks.exponent(), marks.stretched()),
        };
        if scene.camera().is_close() {
            let behind = Rect { x: 0.0, y: y - 20.0, width: area.width, height: area.height - y + 20.0 };
            self.bar(behind, 0.0, Ink::Background, 0.9, false);
            self.context.set_global_alpha(1.0);
        }
        let shapes = scene.legend();
        // A system with one kind of mark explains itself.
        let explained = scene.layout().edges.len() > 1 || marks.has_repeated();
        if !explained {
            let x = scene.layout().cards.first().map_or(14.0, |card| card.rect.x);
            self.text(Point::new(x, y), &scale, (13.0, Ink::Dim, Align::Left), false, area.width);
            return;
        }
        let mut x = 26.0;
        for shape in shapes {
            self.batch(shape, &[Point::new(x, y - 4.5)], 4.6);
            // Where requests ask for paths, these tell them apart.
            let path = match shape {
                Shape::Read => scene.view().paths.first(),
                Shape::Write => scene.view().paths.get(1),
                _ => None,
            };
            let word = match shape {
                Shape::Read => "scene-legend-read",
                Shape::Write => "scene-legend-write",
                Shape::Hit => "scene-legend-hit",
                Shape::Miss => "scene-legend-miss",
                Shape::Error => "scene-legend-error",
            };
            x = match path {
                Some(path) => self.explain_as(x, y, path),
                None => self.explain(x, y, word),
            };
        }
        if marks.has_repeated() {
            let at = [Point::new(x, y - 4.5)];
            self.batch(Shape::Read, &at, 3.2);
            self.again(&at, 3.6);
            x = self.explain(x, y, "scene-legend-again");
        }
        // The scale, which matters more, is not cut for what follows.
        let wide = |text: &str| text.chars().count() as f64 * 7.0;
        let line = self.words.plain("scene-legend-waiting");
        if area.width - x - wide(&line) - 60.0 > wide(&scale) {
            self.waiting(&[Point::new(x, y - 4.5)], 4.6);
            x = self.explain(x, y, "scene-legend-waiting");
        }
        // Only where bars are drawn.
        let shares = self.words.plain("scene-legend-shares");
        let room = area.width - x - wide(&shares) - 60.0;
        if scene.shows_shares() && scene.camera().zoom >= far::FAR && room > wide(&scale) {
            for (place, high) in [(0.0, 9.0), (1.0, 5.0), (2.0, 7.0)] {
                let bar = Rect { x: x - 6.0 + 4.5 * place, y: y - high, width: 3.5, height: high };
                self.bar(bar, 1.0, Ink::Dim, 1.0, false);
            }
            x = self.explain(x, y, "scene-legend-shares");
            if scene.has_moved() {
                let bar = |x: f64, y: f64, size: f64| Rect { x, y, width: size, height: size };
                self.bar(bar(x - 6.0, y - 9.0, 9.0), 1.0, Ink::Neutral1, 1.0, false);
                self.bar(bar(x - 3.3, y - 6.3, 3.6), 1.0, Ink::Background, 1.0, false);
                x = self.explain(x, y, "scene-legend-moved");
            }
        }
        let at = Point::new(area.width - 16.0, y);
        self.text(at, &scale, (13.0, Ink::Dim, Align::Right), false, area.width - x - 20.0);
    }

    /// The word for a mark of the legend. Where the next may stand.
    fn explain(&self, x: f64, y: f64, key: &str) -> f64 {
        self.explain_as(x, y, &self.words.plain(key))
    }

    fn explain_as(&self, x: f64, y: f64, word: &str) -> f64 {
        self.text(Point::new(x + 10.0, y), word, (13.0, Ink::Dim, Align::Left), false, 120.0);
        x + self.context.measure_text(word).map_or(40.0, |measured| measured.width()) + 38.0
    }
}
