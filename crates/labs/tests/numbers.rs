//! Every number in a lab's words has a fact behind it: a setting, a figure that a run measures, or a sum. Facts about
//! settings and figures are checked in `facts.rs`.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_labs::{Ask, Lab, Prose, labs};
use support::facts;

/// All words of a lab that state numbers: all but the answers to choose from.
fn prose(lab: &Lab) -> Vec<String> {
    let mut lab = lab.clone();
    for predict in lab.steps.iter_mut().filter_map(|step| step.predict.as_mut()) {
        match &mut predict.ask {
            Ask::Choice(choices) => choices.iter_mut().for_each(|choice| choice.text = Prose::default()),
            Ask::Variant { variants, .. } | Ask::Rank { variants, .. } => {
                variants.iter_mut().for_each(|variant| variant.text = Prose::default())
            }
            Ask::Number(_) | Ask::Sketch(_) | Ask::Where { .. } => {}
        }
    }
    lab.prose_mut().into_iter().map(|prose| prose.plain()).collect()
}

/// Marks in `covered` where `fact` stands in `text`, as a number of its own.
fn cover(text: &str, fact: &str, covered: &mut [bool]) -> bool {
    let mut found = false;
    for (start, _) in text.match_indices(fact) {
        let before = text[..start].chars().next_back();
        let mut after = text[start + fact.len()..].chars();
        let next = after.next();
        // "3,6" goes on after a comma, "3, 6" does not.
        let goes_on = next.is_some_and(|char| char.is_ascii_digit())
            || matches!(next, Some('.' | ',')) && after.next().is_some_and(|char| char.is_ascii_digit());
        let begun = before.is_some_and(|char| char.is_ascii_digit() || matches!(char, '.' | ',' | ':'));
        if !goes_on && !begun {
            covered[start..start + fact.len()].fill(true);
            found = true;
        }
    }
    found
}

/// Digits that belong to a name, as in p99.
fn is_name(text: &str, at: usize) -> bool {
    text[..at].trim_end_matches(|char: char| char.is_ascii_digit()).ends_with('p')
}

#[test]
fn every_number_has_a_fact() {
    let mut missing = Vec::new();
    for lab in labs() {
        let facts = facts(lab);
        for text in prose(lab) {
            let mut covered = vec![false; text.len()];
            for fact in &facts {
                cover(&text, &fact.text, &mut covered);
            }
            let bare = text
                .char_indices()
                .any(|(at, char)| char.is_ascii_digit() && !covered[at] && !is_name(&text, at));
            if bare {
                missing.push(format!("{}: {text}", lab.id));
            }
        }
    }
    assert!(missing.is_empty(), "numbers without a fact:\n{}", missing.join("\n"));
}

#[test]
fn every_fact_is_told() {
    for lab in labs() {
        let texts = prose(lab);
        for fact in facts(lab) {
            let told = texts.iter().any(|text| cover(text, &fact.text, &mut vec![false; text.len()]));
            assert!(told, "{}: `{}` is told nowhere", lab.id, fact.text);
        }
    }
}

#[test]
fn facts_rest_on_one_thing() {
    for lab in labs() {
        for fact in facts(lab) {
            let setting = fact.setting.is_some() && fact.is.is_some();
            let figure = fact.metric.is_some() && fact.between.is_some();
            let reasons =
                [setting, figure, fact.because.is_some()].into_iter().filter(|rests| *rests).count();
            assert_eq!(reasons, 1, "{}: `{}`", lab.id, fact.text);
        }
    }
}
