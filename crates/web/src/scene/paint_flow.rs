//! What travels and waits, put on the canvas: links, marks, bands, the followed request. Marks of one colour and form
//! share one path, which is what makes thousands of them cheap: 5,000 arcs in four paths take under 3 ms without a GPU,
//! one path each about four times that.

use super::bands;
use super::geometry::{Curve, Point, Rect};
use super::ink::{Align, Ink};
use super::layout::{Edge, Flow};
use super::marks::Shape;
use super::paint::{DIMMED, Painter};
use super::state::Scene;
use super::theme::ink_of;
use crate::protocol::frame::Breaker;
use std::f64::consts::TAU;

impl Painter<'_> {
    pub(super) fn edges(&self, scene: &Scene) {
        let layout = scene.layout();
        self.context.set_stroke_style_str(self.theme.ink(Ink::Line));
        self.context.set_line_width(1.3 / scene.camera().zoom.min(1.0));
        let guarded = scene.has_guards();
        for edge in &layout.edges {
            let bright =
                self.in_focus(layout.cards[edge.from].node) || self.in_focus(layout.cards[edge.to].node);
            self.context.set_global_alpha(if bright { 1.0 } else { DIMMED });
            // Nobody is sent to one that is out.
            let out = guarded && scene.guard_of(edge).1;
            self.dash(out.then_some((3.0, 6.0)));
            self.context.begin_path();
            self.trace(&edge.curve);
            self.context.stroke();
        }
        self.dash(None);
        self.context.set_global_alpha(1.0);
    }

    /// Lines from now on are dashed so, or whole.
    fn dash(&self, lengths: Option<(f64, f64)>) {
        let dash =
            lengths.map_or_else(js_sys::Array::new, |(on, off)| js_sys::Array::of2(&on.into(), &off.into()));
        let _ = self.context.set_line_dash(&dash);
    }

    /// Breakers as switches beside their links, where those leave the caller; one that does not just let calls pass says so.
    pub(super) fn breakers(&self, scene: &Scene) {
        if scene.camera().zoom < super::far::FAR || !scene.has_guards() {
            return;
        }
        let layout = scene.layout();
        let link = |edge: &Edge| (edge.from, layout.cards[edge.to].node);
        let mut last = None;
        for edge in &layout.edges {
            // All cards of a node are called over one link.
            if last.replace(link(edge)) == Some(link(edge)) {
                continue;
            }
            if let (Some(breaker), _) = scene.guard_of(edge) {
                self.breaker(
                    (edge.curve.at(0.0), edge.curve.at(1.0)),
                    layout.flow,
                    layout.scale.min(1.15),
                    breaker,
                );
            }
        }
    }

    fn breaker(&self, (start, end): (Point, Point), flow: Flow, scale: f64, breaker: Breaker) {
        let context = self.context;
        // On the side that the link goes to, so that it does not seem to be the next one's.
        let before = flow == Flow::Down && end.x < start.x;
        let (ink, lift, word) = match breaker {
            Breaker::Closed => (Ink::Dim, 0.0, None),
            Breaker::HalfOpen => (Ink::Saturated, 4.5 * scale, Some("scene-breaker-half-open")),
            Breaker::Open => (Ink::Error, 9.0 * scale, Some("scene-breaker-open")),
        };
        let (left, y) = match flow {
            Flow::Across => (start.x + 10.0 * scale, start.y - 14.0 * scale),
            Flow::Down if before => (start.x - 30.0 * scale, start.y + 13.0 * scale),
            Flow::Down => (start.x + 12.0 * scale, start.y + 13.0 * scale),
        };
        let right = left + 18.0 * scale;
        context.set_global_alpha(1.0);
        context.begin_path();
        for x in [left, right] {
            context.move_to(x + 2.4, y);
            let _ = context.arc(x, y, 2.4, 0.0, TAU);
        }
        context.set_fill_style_str(self.theme.ink(ink));
        context.fill();
        context.begin_path();
        context.move_to(left, y);
        context.line_to(if lift > 0.0 { right - 2.0 } else { right }, y - lift);
        context.set_stroke_style_str(self.theme.ink(ink));
        context.set_line_width(2.0);
        context.stroke();
        if let Some(word) = word {
            let (x, align) = if before { (left - 8.0, Align::Right) } else { (right + 8.0, Align::Left) };
            let at = Point::new(x, y + 4.0 * scale);
            self.text(at, &self.words.plain(word), (13.0 * scale, ink, align), true, 80.0);
        }
    }

    fn trace(&self, curve: &Curve) {
        for [from, a, b, to] in &curve.segments {
            self.context.move_to(from.x, from.y);
            self.context.bezier_curve_to(a.x, a.y, b.x, b.y, to.x, to.y);
        }
    }

    /// One path for each form and size.
    pub(super) fn marks(&self, scene: &Scene) {
        let free = scene.free_shares();
        let radius = scene.mark_radius();
        let mut batches: [[Vec<Point>; 2]; 5] = Default::default();
        let mut again = Vec::new();
        for (mark, gone) in scene.marks().visible() {
            let at = scene.place(mark, gone, &free);
            batches[mark.shape as usize][usize::from(mark.reply)].push(at);
            if mark.again {
                again.push(at);
            }
        }
        self.again(&again, radius);
        for shape in Shape::ALL {
            for (reply, points) in batches[shape as usize].iter().enumerate() {
                let size = if reply == 1 { 0.75 * radius } else { radius };
                self.batch(shape, points, size);
            }
        }
    }

    /// A ring around each call that is made again, or sent twice.
    pub(super) fn again(&self, points: &[Point], radius: f64) {
        if points.is_empty() {
            return;
        }
        let (context, radius) = (self.context, radius * 1.75);
        context.begin_path();
        for at in points {
            context.move_to(at.x + radius, at.y);
            let _ = context.arc(at.x, at.y, radius, 0.0, TAU);
        }
        context.set_stroke_style_str(self.theme.ink(Ink::Text));
        context.set_line_width(1.2);
        context.stroke();
    }

    pub(super) fn batch(&self, shape: Shape, points: &[Point], radius: f64) {
        if points.is_empty() {
            return;
        }
        let context = self.context;
        let colour = self.theme.ink(ink_of(shape));
        context.begin_path();
        for point in points {
            self.mark(shape, *point, radius);
        }
        if matches!(shape, Shape::Miss | Shape::Error) {
            context.set_stroke_style_str(colour);
            context.set_line_width(radius * 0.5);
            context.stroke();
        } else {
            context.set_fill_style_str(colour);
            context.fill();
        }
    }

    /// Adds one mark to the path.
    fn mark(&self, shape: Shape, at: Point, radius: f64) {
        let context = self.context;
        match shape {
            Shape::Read | Shape::Miss => {
                // A ring's line lies half outside its radius.
                let radius = if shape == Shape::Miss { radius * 0.8 } else { radius };
                context.move_to(at.x + radius, at.y);
                let _ = context.arc(at.x, at.y, radius, 0.0, TAU);
            }
            Shape::Write => {
                context.rect(at.x - radius * 0.86, at.y - radius * 0.86, radius * 1.72, radius * 1.72)
            }
            Shape::Hit => {
                context.move_to(at.x, at.y - radius * 1.05);
                context.line_to(at.x + radius, at.y + radius * 0.8);
                context.line_to(at.x - radius, at.y + radius * 0.8);
                context.close_path();
            }
            Shape::Error => {
                let reach = radius * 0.85;
                context.move_to(at.x - reach, at.y - reach);
                context.line_to(at.x + reach, at.y + reach);
                context.move_to(at.x + reach, at.y - reach);
                context.line_to(at.x - reach, at.y + reach);
            }
        }
    }

    /// The followed request on top of everything, with a ring around it: full while something happens to it, dashed
    /// while it waits.
    pub(super) fn followed(&self, scene: &Scene) {
        let free = scene.free_shares();
        let Some(shown) = self.followed.and_then(|followed| scene.followed(followed, &free)) else { return };
        let (context, radius) = (self.context, scene.mark_radius());
        context.begin_path();
        let _ = context.arc(shown.at.x, shown.at.y, radius * 2.0, 0.0, TAU);
        context.set_fill_style_str(self.theme.ink(Ink::Background));
        context.fill();
        context.set_stroke_style_str(self.theme.ink(Ink::Accent));
        context.set_line_width(2.0);
        self.dash(shown.waits.then_some((3.0, 3.0)));
        context.stroke();
        self.dash(None);
        self.batch(shown.shape, &[shown.at], radius);
    }

    /// Those that wait: outlined and struck through, so that they differ from those that travel.
    pub(super) fn waiting(&self, points: &[Point], radius: f64) {
        if points.is_empty() {
            return;
        }
        let (context, reach) = (self.context, radius * 0.78);
        context.begin_path();
        for at in points {
            context.move_to(at.x + reach, at.y);
            let _ = context.arc(at.x, at.y, reach, 0.0, TAU);
            let slant = reach * 0.62;
            context.move_to(at.x - slant, at.y + slant);
            context.line_to(at.x + slant, at.y - slant);
        }
        context.set_fill_style_str(self.theme.ink(Ink::Background));
        context.fill();
        context.set_stroke_style_str(self.theme.ink(Ink::Read));
        context.set_line_width(radius * 0.36);
        context.stroke();
    }

    /// How much goes over each link a second, as the width of a band and as a number; what of it fails lies inside,
    /// dashed.
    pub(super) fn bands(&self, scene: &Scene) {
        let flows = scene.marks().flows();
        let most = flows.iter().map(|flow| flow.rate).fold(0.0, f64::max);
        let context = self.context;
        for (edge, flow) in scene.layout().edges.iter().zip(&flows) {
            let width = bands::width(flow.rate, most);
            for (ink, alpha, width) in [(Ink::Read, 0.55, width), (Ink::Error, 1.0, width * flow.failing)] {
                if width <= 0.0 {
                    continue;
                }
                self.dash((ink == Ink::Error).then_some((6.0, 4.0)));
                context.begin_path();
                self.trace(&edge.curve);
                context.set_global_alpha(alpha);
                context.set_stroke_style_str(self.theme.ink(ink));
                context.set_line_width(width.max(1.5));
                context.stroke();
            }
        }
        self.dash(None);
        context.set_global_alpha(1.0);
        // Nearer to the caller, where links that meet at a callee stand apart.
        let size = 12.0 * scene.layout().scale / scene.camera().zoom.min(1.0);
        for (edge, flow) in scene.layout().edges.iter().zip(&flows).filter(|(_, flow)| flow.rate > 0.0) {
            let at = edge.curve.at(0.42);
            let text = self.words.rate(flow.rate);
            let wide = text.chars().count() as f64 * size * 0.6 + 8.0;
            // On a short link the number would hide the band.
            let up = if edge.curve.length() < wide * 1.6 { size * 1.8 } else { 0.0 };
            let at = Point::new(at.x, at.y - up);
            let rect = Rect { x: at.x - wide / 2.0, y: at.y - size * 0.75, width: wide, height: size * 1.5 };
            self.bar(rect, 4.0, Ink::Background, 0.85, false);
            self.context.set_global_alpha(1.0);
            self.text(
                Point::new(at.x, at.y + size * 0.35),
                &text,
                (size, Ink::Text, Align::Middle),
                false,
                120.0,
            );
        }
    }
}
