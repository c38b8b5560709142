//! What each policy just did, in words: a card for each, of the access one stands behind.

use super::Part;
use super::names::{place, title_of};
use crate::page::format::number;
use crate::page::words::{say, word};
use crate::workbench::protocol::{Sentence, Told};
use headroom_core::metrics::written::thousands;
use yew::prelude::*;

/// The cards.
#[component]
pub(super) fn Cards(part: &Part) -> Html {
    let bench = &part.bench;
    let stand = &bench.stand;
    let first = stand.lanes.iter().find_map(|lane| lane.told.as_ref());
    if bench.playing || stand.at == 0 || first.is_none() {
        let words = if bench.playing { "bench-told-playing" } else { "bench-told-nothing" };
        return html! { <section class="bench-told"><h2>{ word("bench-told") }</h2><p class="note">{ word(words) }</p></section> };
    }
    let key = first.map_or(0, |told| told.key);
    let figures = [("at", number(stand.at as f64)), ("key", thousands(&key.to_string()))];
    html! {
        <section class="bench-told">
            <h2 aria-live="polite">{ say("bench-told-at", &figures) }</h2>
            { for stand.lanes.iter().filter_map(|lane| Some(card(title_of(&lane.name), lane.told.as_ref()?))) }
        </section>
    }
}

fn card(title: &str, told: &Told) -> Html {
    html! {
        <p class="bench-card" key={title.to_owned()}>
            { mark(&told.outcome) }
            <strong>{ title }{ ": " }{ word(&format!("bench-{}", told.outcome)) }{ "." }</strong>{ " " }
            { told.sentences.iter().map(written).collect::<Vec<_>>().join(" ") }
        </p>
    }
}

/// A sentence in words. A figure whose name begins with `-` is a queue.
fn written(sentence: &Sentence) -> String {
    let figure = |(name, figure): &(String, String)| match name.strip_prefix('-') {
        None => (name.clone(), figure.clone()),
        Some(name) => (name.to_owned(), place(figure)),
    };
    let figures: Vec<(String, String)> = sentence.figures.iter().map(figure).collect();
    let figures: Vec<(&str, String)> =
        figures.iter().map(|(name, figure)| (name.as_str(), figure.clone())).collect();
    say(&sentence.key, &figures)
}

/// Hits and misses by their shapes.
fn mark(outcome: &str) -> Html {
    let shape = match outcome {
        "hit" => html! { <path d="M6 1l5 9H1z" fill="var(--hit)" /> },
        "miss" => html! { <circle cx="6" cy="6" r="4" fill="none" stroke="var(--miss)" stroke-width="2" /> },
        _ => html! { <path d="M2 2h8v8H2z" fill="var(--write)" /> },
    };
    html! { <svg class="bench-outcome" viewBox="0 0 12 12" aria-hidden="true">{ shape }</svg> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::words::has;
    use crate::workbench::explain;
    use headroom_core::engine::cache::{Capacity, Future};
    use headroom_core::race::{Contender, Generator, Pattern, Race, Recipe};

    /// Whatever a policy does is said, with every figure put in.
    #[test]
    fn every_step_of_every_policy_has_words() {
        let contenders: Vec<Contender> = Contender::all().collect();
        let cases = Pattern::ALL.into_iter().flat_map(|pattern| [(pattern, 10), (pattern, 40)]);
        for (pattern, capacity) in cases {
            let recipe =
                Recipe { pattern, requests: 3_000, keys: 60, every: 300, length: 40, ..Recipe::default() };
            let (mut future, mut accesses) = (Future::new(), Vec::new());
            Generator::new(recipe).unwrap().fill(u64::MAX, &mut accesses);
            accesses.iter().for_each(|access| future.push(access).unwrap());
            future.close();
            let mut race = Race::new(&contenders, Capacity::Entries(capacity), &future);
            for at in 1..=future.len() {
                race.go(&future, at, &mut || false);
                for (contender, done) in contenders.iter().zip(race.told()) {
                    let told = explain::told(*contender, done);
                    assert!(
                        !told.sentences.is_empty() && told.sentences.len() <= 12,
                        "{contender:?} {done:?}"
                    );
                    for sentence in &told.sentences {
                        let text = written(sentence);
                        assert!(has(&sentence.key), "{}", sentence.key);
                        assert!(!text.contains('{') && !text.contains("place-"), "{contender:?}: {text}");
                    }
                }
            }
        }
    }
}
