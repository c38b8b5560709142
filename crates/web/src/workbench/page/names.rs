//! What contenders are called, and how their lines are drawn: the same in lanes, charts and lists.

use crate::page::words::word;
use headroom_core::engine::cache::Policy;
use headroom_core::race::Contender;
use yew::prelude::*;

/// A contender's name as its paper or product writes it; names are the same in all languages.
pub(super) fn title(contender: Contender) -> &'static str {
    let Contender::Policy(policy) = contender else { return "Belady" };
    match policy {
        Policy::Fifo => "FIFO",
        Policy::Lru => "LRU",
        Policy::Mru => "MRU",
        Policy::Random => "Random",
        Policy::Clock => "CLOCK",
        Policy::Lfu => "LFU",
        Policy::Lfuda => "LFU-DA",
        Policy::Slru => "SLRU",
        Policy::TwoQ => "2Q",
        Policy::LruK => "LRU-K",
        Policy::Arc => "ARC",
        Policy::Lirs => "LIRS",
        Policy::S3Fifo => "S3-FIFO",
        Policy::Sieve => "SIEVE",
        Policy::WTinylfu => "W-TinyLFU",
        Policy::RedisLru => "Redis LRU",
        Policy::RedisLfu => "Redis LFU",
        Policy::Gdsf => "GDSF",
    }
}

/// The name of the contender that files call `name`.
pub(super) fn title_of(name: &str) -> &'static str {
    Contender::named(name).map_or("", title)
}

/// A queue by the key of its name, behind which after a blank its number may stand.
pub(super) fn place(key: &str) -> String {
    match key.split_once(' ') {
        Some((key, number)) => format!("{} {number}", word(key)),
        None => word(key),
    }
}

/// Colour and dashes of the line in a place: told apart by both.
pub(super) fn line(place: usize) -> (&'static str, &'static str) {
    const LINES: [(&str, &str); 8] = [
        ("var(--neutral-1)", "none"),
        ("var(--neutral-2)", "7 3"),
        ("var(--neutral-3)", "1.5 3"),
        ("var(--neutral-4)", "7 3 1.5 3"),
        ("var(--neutral-5)", "none"),
        ("var(--ink)", "3 3"),
        ("var(--neutral-1)", "10 4"),
        ("var(--neutral-2)", "1.5 5"),
    ];
    LINES[place % LINES.len()]
}

/// A short piece of that line.
pub(super) fn sample(place: usize) -> Html {
    let (stroke, dashes) = line(place);
    html! {
        <svg class="bench-sample" viewBox="0 0 22 8" aria-hidden="true">
            <path d="M1 4H21" {stroke} stroke-dasharray={dashes} stroke-width="2" fill="none" />
        </svg>
    }
}
