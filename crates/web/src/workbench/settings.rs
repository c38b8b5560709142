//! All that one chooses in the workbench, and its address: who opens that sees the same, access by access.
//!
//! `./?page=workbench&trace=scans&requests=400000&…&policies=sieve,lru,belady&capacity=400`. What an address leaves out or says
//! wrongly is as usual; numbers out of range come to the nearest end of it.

use headroom_core::decimal;
use headroom_core::engine::cache::MOST_ENTRIES;
use headroom_core::race::{Contender, MOST_REQUESTS, Pattern, Recipe};

/// Most policies side by side.
pub const MOST_LANES: usize = 8;

/// Recorded traces that come with the page: name of the file, without its endings.
pub const BUNDLED: [&str; 4] = ["zipf", "scan", "loop", "drift"];

/// Their folder beside the page. No file of a learner's has a name that begins so.
pub const TRACES: &str = "traces/";

/// Who may compete: traces have no times here.
pub fn offered() -> impl Iterator<Item = Contender> {
    Contender::all().filter(|contender| is_offered(*contender))
}

fn is_offered(contender: Contender) -> bool {
    !matches!(contender, Contender::Policy(policy) if policy.goes_by_the_clock())
}

/// What is replayed.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// One made to order, as [`Settings::recipe`] says.
    Made,
    /// One of [`BUNDLED`].
    Bundled(usize),
    /// A file of the learner's.
    File,
}

/// All that one chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What is replayed.
    pub trace: Trace,
    /// How a made one is made.
    pub recipe: Recipe,
    /// How large each cache is: entries, or bytes.
    pub capacity: u64,
    /// Whether that is bytes.
    pub in_bytes: bool,
    /// Who competes, in order; at least one, at most [`MOST_LANES`].
    pub contenders: Vec<Contender>,
}

impl Default for Settings {
    fn default() -> Self {
        let names = ["sieve", "s3-fifo", "w-tinylfu", "arc", "lru", "belady"];
        Self {
            trace: Trace::Made,
            recipe: Recipe::default(),
            capacity: 400,
            in_bytes: false,
            contenders: names.into_iter().filter_map(Contender::named).collect(),
        }
    }
}

impl Settings {
    /// The settings that `query` (with or without the question mark) names.
    pub fn read(query: &str) -> Self {
        let mut settings = Self::default();
        for (key, value) in query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('=')) {
            settings.take(key, value);
        }
        if settings.recipe.pattern == Pattern::Scans {
            settings.recipe.length = settings.recipe.length.min(settings.recipe.every.max(2) - 1);
        }
        settings
    }

    fn take(&mut self, key: &str, value: &str) {
        let whole =
            |from: u64, to: u64, usual: u64| value.parse().map_or(usual, |read: u64| read.clamp(from, to));
        let usual = Recipe::default();
        let recipe = &mut self.recipe;
        match key {
            "trace" => {
                let bundled = BUNDLED.iter().position(|name| value.strip_prefix("recorded-") == Some(name));
                if let Some(pattern) = Pattern::ALL.into_iter().find(|pattern| pattern.name() == value) {
                    (self.trace, recipe.pattern) = (Trace::Made, pattern);
                } else if let Some(bundled) = bundled {
                    self.trace = Trace::Bundled(bundled);
                }
            }
            "requests" => recipe.requests = whole(1, MOST_REQUESTS, usual.requests),
            "keys" => recipe.keys = whole(1, 10_000_000, usual.keys),
            "every" => recipe.every = whole(2, MOST_REQUESTS, usual.every),
            "length" => recipe.length = whole(1, MOST_REQUESTS, usual.length),
            "seed" => recipe.seed = whole(0, (1 << 53) - 1, usual.seed),
            "popularity" => {
                let read = decimal::read(value).filter(|read| read.is_finite());
                recipe.popularity = read.map_or(usual.popularity, |read| read.clamp(0.0, 3.0));
            }
            "capacity" => match value.strip_suffix("-bytes") {
                Some(bytes) => {
                    self.in_bytes = true;
                    self.capacity = bytes.parse().unwrap_or(1 << 20).max(1);
                }
                None => self.capacity = whole(1, MOST_ENTRIES, self.capacity),
            },
            "policies" => {
                let mut named: Vec<Contender> = Vec::new();
                for contender in value.split(',').filter_map(Contender::named).filter(|it| is_offered(*it)) {
                    if !named.contains(&contender) && named.len() < MOST_LANES {
                        named.push(contender);
                    }
                }
                if !named.is_empty() {
                    self.contenders = named;
                }
            }
            _ => {}
        }
    }

    /// Their address, relative to the page's folder. A file's cannot name the file.
    pub fn address(&self) -> String {
        let Recipe { pattern, requests, keys, popularity, every, length, seed } = self.recipe;
        let trace = match self.trace {
            Trace::Made => {
                let mut text = format!("&trace={}&requests={requests}", pattern.name());
                let mut add = |name: &str, value: String| text.extend(["&", name, "=", &value]);
                add("keys", keys.to_string());
                if pattern != Pattern::Uniform {
                    add("popularity", popularity.to_string());
                }
                if pattern.has_every() {
                    add("every", every.to_string());
                }
                if pattern.has_length() {
                    add("length", length.to_string());
                }
                add("seed", seed.to_string());
                text
            }
            Trace::Bundled(index) => format!("&trace=recorded-{}", BUNDLED[index]),
            Trace::File => String::new(),
        };
        let names: Vec<&str> = self.contenders.iter().map(|contender| contender.name()).collect();
        let unit = if self.in_bytes { "-bytes" } else { "" };
        format!("./?page=workbench{trace}&capacity={}{unit}&policies={}", self.capacity, names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_an_address_says_wrongly_is_as_usual() {
        let usual = Settings::default();
        for query in
            ["", "?", "?page=workbench", "?trace=none&policies=best,&capacity=many&popularity=NaN", "?=&&=="]
        {
            assert_eq!(Settings::read(query), usual, "{query}");
        }
        let read = Settings::read("?page=workbench&trace=recorded-loop&capacity=0&policies=lru,lru,fifo");
        assert_eq!((read.trace, read.capacity), (Trace::Bundled(2), 1));
        assert_eq!(read.contenders.iter().map(|it| it.name()).collect::<Vec<_>>(), ["lru", "fifo"]);
        assert_eq!(Settings::read("?requests=99999999999").recipe.requests, MOST_REQUESTS);
        let read = Settings::read("?capacity=4096-bytes");
        assert_eq!((read.capacity, read.in_bytes), (4_096, true));
        // A scan that would never end is cut.
        let read = Settings::read("?trace=scans&every=100&length=100");
        assert!(headroom_core::race::Generator::new(read.recipe).is_ok());
    }

    proptest! {
        #[test]
        fn an_address_says_it_all(
            trace in 0..9usize,
            (requests, keys, popularity) in (1..=MOST_REQUESTS, 1..1_000_000u64, 0..300u32),
            (every, length, seed) in (1_000..100_000u64, 1..1_000u64, 0..1u64 << 53),
            (capacity, in_bytes) in (1..MOST_ENTRIES, any::<bool>()),
            lanes in prop::sample::subsequence(offered().collect::<Vec<_>>(), 1..=MOST_LANES),
        ) {
            let pattern = Pattern::ALL[trace % 5];
            let recipe = Recipe { pattern, requests, keys, popularity: f64::from(popularity) / 100.0, every, length, seed };
            let trace = if trace < 5 { Trace::Made } else { Trace::Bundled(trace - 5) };
            let settings = Settings { trace, recipe, capacity, in_bytes, contenders: lanes };
            let address = settings.address();
            let read = Settings::read(address.trim_start_matches("./"));
            // Numbers that do not matter are left out.
            prop_assert_eq!(read.address(), address);
            prop_assert_eq!(&read.trace, &settings.trace);
            prop_assert_eq!(&read.contenders, &settings.contenders);
            prop_assert_eq!((read.capacity, read.in_bytes), (settings.capacity, settings.in_bytes));
        }
    }
}
