//! Addresses: `./`, `./?lab=<id>&step=<step>`, `./?page=<name>`; the fragment is only `#run=…`. No path routing, so that the page
//! works from any folder of any static host.

/// Where in the site one is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The list of labs.
    #[default]
    Home,
    /// A lab at one of its steps; `step` is empty for the first and [`LAST`] for the closing card.
    Lab {
        /// The lab's id.
        lab: String,
        /// The step's id.
        step: String,
    },
    /// All terms that lessons explain.
    Glossary,
    /// Widely repeated claims, and what the labs say of them.
    CommonlySaid,
    /// What one sees in a system, and the lab that shows why.
    Symptoms,
    /// Eviction policies side by side; the rest of its address is the workbench's own.
    Workbench,
}

/// Address of a lab's closing card.
pub const LAST: &str = "in-your-system";

impl Place {
    /// The place that `query` (`?lab=…`, with or without the question mark) names.
    pub fn read(query: &str) -> Self {
        let field = |name: &str| {
            let pairs = query.trim_start_matches('?').split('&');
            pairs
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| clean(value))
        };
        match field("lab") {
            Some(lab) if !lab.is_empty() => Self::Lab { lab, step: field("step").unwrap_or_default() },
            _ => match field("page").as_deref() {
                Some("glossary") => Self::Glossary,
                Some("commonly-said") => Self::CommonlySaid,
                Some("symptoms") => Self::Symptoms,
                Some("workbench") => Self::Workbench,
                _ => Self::Home,
            },
        }
    }

    /// Its address, relative to the page's folder.
    pub fn address(&self) -> String {
        match self {
            Self::Home => "./".to_owned(),
            Self::Glossary => "./?page=glossary".to_owned(),
            Self::CommonlySaid => "./?page=commonly-said".to_owned(),
            Self::Symptoms => "./?page=symptoms".to_owned(),
            Self::Workbench => "./?page=workbench".to_owned(),
            Self::Lab { lab, step } if step.is_empty() => format!("./?lab={lab}"),
            Self::Lab { lab, step } => format!("./?lab={lab}&step={step}"),
        }
    }
}

/// The packed run in a fragment such as `#run=abc`.
pub fn packed_run(fragment: &str) -> Option<&str> {
    fragment.trim_start_matches('#').strip_prefix("run=")
}

/// Ids are kebab-case, so whatever else a link holds is dropped rather than decoded.
fn clean(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(lab: &str, step: &str) -> Place {
        Place::Lab { lab: lab.to_owned(), step: step.to_owned() }
    }

    #[test]
    fn addresses_name_places() {
        let cases = [
            ("", Place::Home),
            ("?", Place::Home),
            ("?lab=", Place::Home),
            ("?step=x", Place::Home),
            ("?page=glossary", Place::Glossary),
            ("?page=commonly-said", Place::CommonlySaid),
            ("?page=symptoms", Place::Symptoms),
            ("?page=workbench&trace=loop", Place::Workbench),
            ("?page=nothing", Place::Home),
            ("?lab=what-a-miss-costs", lab("what-a-miss-costs", "")),
            ("?lab=a&step=b", lab("a", "b")),
            ("?step=b&lab=a", lab("a", "b")),
            ("?lab=%3Cscript%3E", lab("3Cscript3E", "")),
        ];
        for (query, place) in cases {
            assert_eq!(Place::read(query), place, "{query}");
        }
        for place in [
            Place::Home,
            Place::Glossary,
            Place::CommonlySaid,
            Place::Symptoms,
            Place::Workbench,
            lab("a", ""),
            lab("a", "b"),
        ] {
            assert_eq!(Place::read(place.address().trim_start_matches("./")), place);
        }
    }

    #[test]
    fn only_a_run_is_read_from_the_fragment() {
        assert_eq!(packed_run("#run=abc"), Some("abc"));
        assert_eq!(packed_run("#ru"), None);
        assert_eq!(packed_run(""), None);
    }
}
