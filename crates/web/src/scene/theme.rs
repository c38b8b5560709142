//! The page's colours and type, read from its style sheet once and again when the theme changes.

use super::ink::Ink;
use super::marks::Shape;
use web_sys::CssStyleDeclaration;

/// Colours as CSS writes them, and the font.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    inks: [String; 17],
    family: String,
}

/// Custom property of each ink, and what stands in where the style sheet has not been loaded.
const PROPERTIES: [(Ink, &str, &str); 17] = [
    (Ink::Background, "--bg", "#0f1216"),
    (Ink::Raised, "--raised", "#1b2129"),
    (Ink::Line, "--line", "#27303a"),
    (Ink::Text, "--ink", "#e8edf2"),
    (Ink::Dim, "--dim", "#93a0ae"),
    (Ink::Accent, "--accent", "#7aa2ff"),
    (Ink::Saturated, "--saturated", "#f2c14e"),
    (Ink::Read, "--read", "#56b4e9"),
    (Ink::Write, "--write", "#e69f00"),
    (Ink::Hit, "--hit", "#2fbf8f"),
    (Ink::Miss, "--miss", "#cc79a7"),
    (Ink::Error, "--error", "#ff6b57"),
    (Ink::Neutral1, "--neutral-1", "#8ea0ff"),
    (Ink::Neutral2, "--neutral-2", "#c9a36a"),
    (Ink::Neutral3, "--neutral-3", "#7fc4c9"),
    (Ink::Neutral4, "--neutral-4", "#b79ad9"),
    (Ink::Neutral5, "--neutral-5", "#9aa7b4"),
];

/// The custom property of an ink.
pub fn property(ink: Ink) -> &'static str {
    PROPERTIES[ink as usize].1
}

impl Theme {
    /// The colours of the document as it is styled now.
    pub fn read() -> Self {
        let style = web_sys::window().and_then(|window| {
            let root = window.document()?.document_element()?;
            window.get_computed_style(&root).ok().flatten()
        });
        let property = |name: &str, otherwise: &str| {
            let value = style.as_ref().map(|style: &CssStyleDeclaration| style.get_property_value(name));
            match value {
                Some(Ok(text)) if !text.trim().is_empty() => text.trim().to_owned(),
                _ => otherwise.to_owned(),
            }
        };
        let mut inks: [String; 17] = Default::default();
        for (ink, name, otherwise) in PROPERTIES {
            inks[ink as usize] = property(name, otherwise);
        }
        Self { inks, family: property("--font", "system-ui, sans-serif") }
    }

    /// A colour.
    pub fn ink(&self, ink: Ink) -> &str {
        &self.inks[ink as usize]
    }

    /// Red, green and blue of a colour; grey if the style sheet does not write it as `#rrggbb`.
    pub fn rgb(&self, ink: Ink) -> (u8, u8, u8) {
        parse(self.ink(ink)).unwrap_or((128, 128, 128))
    }

    /// A font of `size` pixels, as the canvas wants it.
    pub fn font(&self, size: f64, strong: bool) -> String {
        format!("{} {size:.1}px {}", if strong { 600 } else { 400 }, self.family)
    }
}

/// The colour of a mark.
pub fn ink_of(shape: Shape) -> Ink {
    match shape {
        Shape::Read => Ink::Read,
        Shape::Write => Ink::Write,
        Shape::Hit => Ink::Hit,
        Shape::Miss => Ink::Miss,
        Shape::Error => Ink::Error,
    }
}

fn parse(colour: &str) -> Option<(u8, u8, u8)> {
    let digits = colour.strip_prefix('#')?;
    let wide: String = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 => digits.to_owned(),
        _ => return None,
    };
    let number = u32::from_str_radix(&wide, 16).ok()?;
    Some(((number >> 16) as u8, (number >> 8) as u8, number as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read() {
        let cases = [
            ("#0f1216", Some((15, 18, 22))),
            ("#fff", Some((255, 255, 255))),
            ("red", None),
            ("#12", None),
            ("#ééé", None),
        ];
        for (text, rgb) in cases {
            assert_eq!(parse(text), rgb, "{text}");
        }
    }

    #[test]
    fn every_ink_has_its_place() {
        for (index, (ink, _, _)) in PROPERTIES.iter().enumerate() {
            assert_eq!(*ink as usize, index);
        }
    }
}
