//! Search over labs and their steps, terms, symptoms and claims: every word typed must stand somewhere in an entry.
//!
//! A few hundred entries are gone through for each letter typed, which is less work than keeping an index. Entries
//! whose name has the words come before those that only mention them. Left out: spelling mistakes, other forms of words.

use super::route::Place;
use headroom_core::sort;
use headroom_labs::{Course, Outline, Sayings};

/// An entry that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it is: a key of the page's words.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What else there is to say.
    pub note: String,
    /// Where it leads.
    pub place: Place,
    /// The part of that page which it is about, by its id in the document; empty for the whole.
    pub anchor: String,
}

/// Results shown.
const MOST: usize = 12;

/// What is found for `query`, best first; nothing for an empty one.
pub fn find(course: &Course, sayings: Option<&Sayings>, query: &str) -> Vec<Found> {
    let query = plain(query);
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let all_in = |text: &str| {
        let text = plain(text);
        words.iter().all(|word| text.contains(word))
    };
    let ranked = |found: Found| {
        let rank = if all_in(&found.name) { 0 } else { 1 };
        (rank == 0 || all_in(&format!("{} {}", found.name, found.note))).then_some((rank, found))
    };
    let mut found: Vec<(u8, Found)> = entries(course, sayings).into_iter().filter_map(ranked).collect();
    sort::by_key(&mut found, |(rank, _)| *rank);
    found.into_iter().map(|(_, found)| found).take(MOST).collect()
}

/// Small letters, and "utilization" as "utilisation".
fn plain(text: &str) -> String {
    text.to_ascii_lowercase().replace('z', "s")
}

fn entries(course: &Course, sayings: Option<&Sayings>) -> Vec<Found> {
    let entry = |kind, name, note, place| Found { kind, name, note, place, anchor: String::new() };
    let at = |lab: &str, step: &str| Place::Lab { lab: lab.to_owned(), step: step.to_owned() };
    let titled = |lab: &str| course.outline(lab).map(|lab| course.numbered(lab)).unwrap_or_default();
    let labs = course.outlines.iter().flat_map(|lab: &Outline| {
        // The first step is the lab's own entry.
        let steps = lab.steps.iter().skip(1);
        let step = |(id, title): &(String, String)| {
            entry("found-step", title.clone(), course.numbered(lab), at(&lab.id, id))
        };
        let whole = entry("found-lab", course.numbered(lab), lab.promise.plain(), at(&lab.id, ""));
        std::iter::once(whole).chain(steps.map(step)).collect::<Vec<_>>()
    });
    let terms = course.terms.iter().map(|term| Found {
        anchor: term.id.clone(),
        ..entry("found-term", term.name.clone(), term.means.plain(), Place::Glossary)
    });
    let symptoms = sayings.into_iter().flat_map(|sayings| &sayings.symptoms).map(|symptom| {
        let note = format!("{} \u{203a} {}", symptom.look.plain(), titled(&symptom.lab));
        entry("found-symptom", symptom.says.plain(), note, at(&symptom.lab, &symptom.step))
    });
    let claims = sayings.into_iter().flat_map(|sayings| &sayings.claims).map(|claim| {
        let note = format!("{} \u{203a} {}", claim.says.plain(), titled(&claim.lab));
        entry("found-claim", claim.claim.plain(), note, at(&claim.lab, &claim.step))
    });
    labs.chain(terms).chain(symptoms).chain(claims).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(query: &str) -> Option<(&'static str, String)> {
        let found = find(headroom_labs::course(), headroom_labs::sayings(), query).into_iter().next()?;
        Some((found.kind, found.place.address()))
    }

    #[test]
    fn words_lead_to_labs_terms_symptoms_and_claims() {
        for (query, kind, address) in [
            ("busy", "found-lab", "./?lab=busy-is-not-full"),
            ("2.10", "found-lab", "./?lab=stampede"),
            ("2.4 value", "found-lab", "./?lab=the-old-value-comes-back"),
            ("BUSY full", "found-lab", "./?lab=busy-is-not-full"),
            ("upgrade", "found-step", "./?lab=the-narrow-place&step=upgrade"),
            ("utilization", "found-term", "./?page=glossary"),
            ("little", "found-term", "./?page=glossary"),
            ("processors idle", "found-symptom", "./?lab=what-a-miss-costs&step=spike"),
            ("deploy", "found-symptom", "./?lab=what-a-miss-costs&step=shrink"),
            ("cache-aside", "found-claim", "./?lab=what-a-miss-costs&step=spike"),
        ] {
            assert_eq!(first(query), Some((kind, address.to_owned())), "{query}");
        }
    }

    #[test]
    fn nothing_is_found_for_nothing_and_for_nonsense() {
        for query in ["", "  ", "xyzzy", "busy xyzzy"] {
            assert_eq!(find(headroom_labs::course(), headroom_labs::sayings(), query), [], "{query}");
        }
    }

    #[test]
    fn names_come_before_mentions_and_the_list_is_short() {
        let found = find(headroom_labs::course(), headroom_labs::sayings(), "connection");
        let named: Vec<bool> =
            found.iter().map(|one| one.name.to_ascii_lowercase().contains("connection")).collect();
        assert!(named[0] && named.is_sorted_by(|a, b| a >= b), "{named:?}");
        assert!(find(headroom_labs::course(), headroom_labs::sayings(), "e").len() <= MOST);
    }
}
