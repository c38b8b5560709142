//! A card seen from afar: its name as large as can be, and how busy it is. What is too small to read is left out.

use super::behind::Behind;
use super::geometry::{Point, Rect};
use super::ink::{Align, Ink, Item};
use super::inside::halves;
use crate::protocol::frame::{Gauges, Life};

/// Below this factor cards are drawn so.
pub const FAR: f64 = 0.62;

/// Size that the name should have on the canvas.
const READABLE: f64 = 11.5;

/// Size below which it is cut rather than written smaller.
const SMALLEST: f64 = 6.5;

/// Draws the card's inside; `behind` are those that a balancer sends to.
pub fn draw(
    title: &str,
    gauges: &Gauges,
    behind: Option<&Behind>,
    rect: Rect,
    zoom: f64,
    out: &mut Vec<Item>,
) {
    let room = rect.width - 14.0;
    // A long name is written smaller or in two lines before it is cut.
    let fits = |letters: usize| room / (letters.max(1) as f64 * 0.64);
    let one = fits(title.chars().count()).min(rect.height * 0.42);
    let halves = halves(title).map(|(first, second)| {
        let letters = first.chars().count().max(second.chars().count());
        (first, second, fits(letters).min(rect.height * 0.23))
    });
    let (lines, size) = match halves {
        Some((first, second, two)) if two > one && one < READABLE / zoom => (vec![first, second], two),
        _ => (vec![title], one),
    };
    let size = size.max(SMALLEST / zoom).min(READABLE / zoom);
    for (line, text) in (1..).zip(lines) {
        let at = Point::new(rect.x + 9.0, rect.y + size * 1.1 * f64::from(line) + 5.0);
        let text = text.to_owned();
        out.push(Item::Text { at, text, size, strong: true, ink: Ink::Text, align: Align::Left, room });
    }
    if let Some(behind) = behind {
        shares(behind, rect, out);
    }
    let bar = Rect { x: rect.x + 9.0, y: rect.bottom() - 20.0, width: rect.width - 18.0, height: 10.0 };
    let mut fill = |share: f64, ink: Ink, hatched: bool| {
        let rect = Rect { width: bar.width * share, ..bar };
        out.push(Item::Bar { rect, radius: 3.0, ink, alpha: 1.0, hatched });
    };
    match gauges.life {
        Life::Dead => {
            fill(1.0, Ink::Line, true);
            let reach = rect.height * 0.16;
            let centre = Point::new(rect.right() - reach - 9.0, bar.y - reach - 6.0);
            out.push(Item::Cross { centre, reach, ink: Ink::Error, width: 6.0 });
        }
        _ if gauges.cores > 0.0 => {
            let full = super::inside::is_full(gauges) || gauges.queue > 0.0;
            fill(1.0, Ink::Line, false);
            fill(gauges.utilisation.clamp(0.0, 1.0), if full { Ink::Saturated } else { Ink::Text }, full);
        }
        _ => {}
    }
}

/// What each server is given, as bars along the lower edge.
fn shares(behind: &Behind, rect: Rect, out: &mut Vec<Item>) {
    let most = behind.servers.iter().map(|server| server.share).fold(0.0, f64::max);
    let pitch = ((rect.width - 18.0) / behind.servers.len().max(1) as f64).min(16.0);
    for (place, server) in behind.servers.iter().enumerate() {
        let high = if most > 0.0 { server.share / most * 18.0 } else { 0.0 }.max(2.0);
        let ink = match () {
            () if server.dead => Ink::Error,
            () if behind.map.is_some() => server.ink,
            () => Ink::Dim,
        };
        let (x, y) = (rect.x + 9.0 + pitch * place as f64, rect.bottom() - 10.0 - high);
        let rect = Rect { x, y, width: pitch * 0.8, height: high };
        out.push(Item::Bar { rect, radius: 1.0, ink, alpha: 1.0, hatched: server.out });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_readable_and_what_is_down_is_struck_out() {
        let rect = Rect { x: 0.0, y: 0.0, width: 149.0, height: 84.0 };
        let mut items = Vec::new();
        let gauges = Gauges { cores: 4.0, utilisation: 0.5, ..Gauges::default() };
        draw("App", &gauges, None, rect, 0.4, &mut items);
        let size = items.iter().find_map(|item| match item {
            Item::Text { size, .. } => Some(size * 0.4),
            _ => None,
        });
        assert_eq!(size, Some(READABLE));
        assert_eq!(items.len(), 3);
        items.clear();
        draw("App", &Gauges { life: Life::Dead, ..Gauges::default() }, None, rect, 0.4, &mut items);
        assert!(items.iter().any(|item| matches!(item, Item::Cross { .. })));
    }

    /// Ends of the longest line, on the canvas, beside the room of the card.
    #[test]
    fn a_long_name_takes_two_lines_rather_than_be_cut() {
        let rect = Rect { x: 0.0, y: 0.0, width: 104.0, height: 64.0 };
        for (title, lines) in [("Ireland users", 2), ("Lb", 1), ("Payments", 1)] {
            let mut items = Vec::new();
            draw(title, &Gauges::default(), None, rect, 0.45, &mut items);
            let mut texts = Vec::new();
            for item in &items {
                if let Item::Text { text, size, at, .. } = item {
                    let letters = text.chars().count() as f64;
                    assert!(letters * size * 0.6 <= rect.width - 14.0, "{text} of {size}");
                    assert!(at.y < rect.height - 6.0, "{text} at {}", at.y);
                    texts.push(text.as_str());
                }
            }
            assert_eq!((texts.len(), texts.join(" ").as_str()), (lines, title));
        }
    }
}
