//! A card seen from afar: its name as large as can be, and how busy it is. What is too small to read is left out.

use super::geometry::{Point, Rect};
use super::ink::{Align, Ink, Item};
use crate::protocol::frame::{Gauges, Life};

/// Below this factor cards are drawn so.
pub const FAR: f64 = 0.62;

/// Size that the name should have on the canvas.
const READABLE: f64 = 11.5;

/// Size below which it is cut rather than written smaller.
const SMALLEST: f64 = 6.5;

/// Draws the card's inside.
pub fn draw(title: &str, gauges: &Gauges, rect: Rect, zoom: f64, out: &mut Vec<Item>) {
    // A long name is written smaller before it is cut.
    let fits = (rect.width - 14.0) / (title.chars().count().max(1) as f64 * 0.64);
    let size = (READABLE / zoom).min(fits.max(SMALLEST / zoom)).min(rect.height * 0.42);
    let at = Point::new(rect.x + 9.0, rect.y + size + 7.0);
    let room = rect.width - 14.0;
    out.push(Item::Text {
        at,
        text: title.to_owned(),
        size,
        strong: true,
        ink: Ink::Text,
        align: Align::Left,
        room,
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_readable_and_what_is_down_is_struck_out() {
        let rect = Rect { x: 0.0, y: 0.0, width: 149.0, height: 84.0 };
        let mut items = Vec::new();
        draw("App", &Gauges { cores: 4.0, utilisation: 0.5, ..Gauges::default() }, rect, 0.4, &mut items);
        let size = items.iter().find_map(|item| match item {
            Item::Text { size, .. } => Some(size * 0.4),
            _ => None,
        });
        assert_eq!(size, Some(READABLE));
        assert_eq!(items.len(), 3);
        items.clear();
        draw("App", &Gauges { life: Life::Dead, ..Gauges::default() }, rect, 0.4, &mut items);
        assert!(items.iter().any(|item| matches!(item, Item::Cross { .. })));
    }
}
