//! Luck, in two kinds.
//!
//! **Streams** are sequential: one per client node and purpose, and one per choosing instance. **Keyed draws**
//! belong to a request: they are a hash of (seed, node, purpose, path), so that two variants of a system give the
//! same request the same luck (common random numbers). The mixer is the engines' own
//! ([`crate::engine::mixing`]). One draw costs two multiplications.

pub use crate::engine::mixing::{below, combine, scramble, unit};

use crate::engine::mixing::GOLDEN;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Hash of a name; names, not positions, so that adding a node leaves the luck of the others alone.
pub fn hash_name(name: &str) -> u64 {
    name.bytes().fold(GOLDEN, |hash, byte| combine(hash, u64::from(byte)))
}

/// What a draw decides. The numbers are part of what a seed means: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Times between arrivals.
    Arrivals = 0,
    /// Which key a request asks for.
    Keys = 1,
    /// Read or write.
    Operations = 2,
    /// How long a user thinks.
    Think = 3,
    /// How much work a request is.
    Work = 4,
    /// Extra latency of a message.
    Jitter = 5,
    /// Whether a message is lost.
    Loss = 6,
    /// A choice among instances.
    Choice = 7,
    /// When an entry of a cache ends, and whether it is loaded before.
    Refresh = 8,
    /// Which entry leaves a cache whose policy draws.
    Eviction = 9,
    /// Which of its users a request comes from, and where they live.
    Users = 10,
    /// How long a caller waits before it tries again.
    Backoff = 11,
    /// Whether a request fails, and what a limit learns from it.
    Failure = 12,
    /// Which path a request asks for.
    Paths = 13,
    /// What breaks by itself, and when.
    Chaos = 14,
}

/// The place keyed draws of one node and purpose start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(u64);

impl Salt {
    /// The salt of a node (or link) by its name.
    pub fn new(seed: u64, name: &str, purpose: Purpose) -> Salt {
        Salt(combine(combine(seed, hash_name(name)), purpose as u64))
    }

    /// The word that belongs to `path`.
    #[inline]
    pub fn draw(self, path: u64) -> u64 {
        scramble(path.wrapping_add(self.0))
    }
}

/// Path of a client's request: the client node's name and the request's ordinal there. The seed has no part in
/// it, so that samples of requests are the same requests in every run.
#[inline]
pub fn root_path(client: Client, ordinal: u64) -> u64 {
    // 0 means "no call".
    scramble(client.0.wrapping_add(ordinal)).max(1)
}

/// A client node's part of its requests' paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(u64);

impl Client {
    /// The client node of this name.
    pub fn new(name: &str) -> Client {
        // One half of `combine`, which is the same for all requests.
        Client(scramble(hash_name(name).wrapping_add(GOLDEN)))
    }
}

/// Path of a call made by the visit of `parent` at a plan's step.
#[inline]
pub fn child_path(parent: u64, step: u16, attempt: u8) -> u64 {
    combine(parent, u64::from(step) << 8 | u64::from(attempt)).max(1)
}

/// A sequential stream of words.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

/// A sequential stream of choices with one probability, which may change: as if a word were drawn for each choice, but
/// where the answer is certain, words are only counted until somebody wants the ones behind them.
#[derive(Clone, Debug)]
pub struct Choices {
    stream: Stream,
    threshold: u64,
    /// Choices whose words have not been drawn.
    skipped: u64,
}

impl Choices {
    /// Choices of a probability given as its [`threshold`].
    pub fn new(stream: Stream, threshold: u64) -> Choices {
        Choices { stream, threshold, skipped: 0 }
    }

    /// The threshold of all choices to come.
    pub fn set_threshold(&mut self, threshold: u64) {
        self.threshold = threshold;
    }

    /// Whether it happens.
    #[inline]
    pub fn happens(&mut self) -> bool {
        if self.threshold == u64::MAX {
            self.skipped += 1;
            return true;
        }
        self.draw() < self.threshold
    }

    fn draw(&mut self) -> u64 {
        for _ in 0..std::mem::take(&mut self.skipped) {
            self.stream.word();
        }
        self.stream.word()
    }
}

impl Stream {
    /// The stream of a node (by name) for one purpose; `instance` tells instances of a node apart.
    pub fn new(seed: u64, name: &str, purpose: Purpose, instance: u32) -> Stream {
        let start = combine(combine(combine(seed, hash_name(name)), purpose as u64), u64::from(instance));
        Stream(Xoshiro256PlusPlus::seed_from_u64(start))
    }

    /// The next word.
    #[inline]
    pub fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// The generator itself, for engines that draw as they choose.
    pub fn generator(&mut self) -> &mut Xoshiro256PlusPlus {
        &mut self.0
    }
}

/// A probability as a threshold: a word below it happens. 1 becomes "always".
pub fn threshold(probability: f64) -> u64 {
    // The cast saturates: 1.0 * 2^64 becomes the largest word, which `happens` treats as certain.
    (probability * 18_446_744_073_709_551_616.0) as u64
}

/// Whether `word` falls below a [`threshold`].
#[inline]
pub fn happens(word: u64, threshold: u64) -> bool {
    word < threshold || threshold == u64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changing_one_input_bit_changes_half_of_the_output_bits() {
        // Strict avalanche: 64 x 64 cells, 4,096 words each; the standard deviation of a cell is 0.0078.
        let words = 4096;
        for bit in 0..64 {
            let mut flips = [0u32; 64];
            for n in 0..words {
                let word = combine(n, 7);
                let changed = scramble(word) ^ scramble(word ^ (1 << bit));
                for (out, count) in flips.iter_mut().enumerate() {
                    *count += (changed >> out & 1) as u32;
                }
            }
            for (out, count) in flips.iter().enumerate() {
                let share = f64::from(*count) / words as f64;
                assert!((share - 0.5).abs() < 0.05, "bit {bit} to {out}: {share}");
            }
        }
    }

    #[test]
    fn keyed_draws_are_uniform_and_purposes_are_independent() {
        let work = Salt::new(1, "server", Purpose::Work);
        let loss = Salt::new(1, "server", Purpose::Loss);
        let n = 200_000u64;
        let (mut buckets, mut product) = ([0u32; 100], 0.0);
        for ordinal in 0..n {
            let path = root_path(Client::new("clients"), ordinal);
            let (a, b) = (unit(work.draw(path)), unit(loss.draw(path)));
            buckets[((a * 100.0) as usize).min(99)] += 1;
            product += (a - 0.5) * (b - 0.5);
        }
        let expected = n as f64 / 100.0;
        let chi_square: f64 =
            buckets.iter().map(|c| (f64::from(*c) - expected) * (f64::from(*c) - expected) / expected).sum();
        // 99 degrees of freedom: mean 99, standard deviation 14; 160 is beyond one in ten thousand.
        assert!(chi_square < 160.0, "chi square {chi_square}");
        let correlation = product / n as f64 * 12.0;
        assert!(correlation.abs() < 0.012, "correlation {correlation}");
    }

    proptest! {
        /// The naive twin: a word for each choice.
        #[test]
        fn choices_are_as_if_a_word_were_drawn_for_each(operations in prop::collection::vec((any::<bool>(), 0usize..4), 0..100)) {
            let mut stream = Stream::new(3, "clients", Purpose::Operations, 0);
            let thresholds = [0.0, 0.5, 0.99, 1.0].map(threshold);
            let mut now = thresholds[3];
            let mut choices = Choices::new(stream.clone(), now);
            for (change, which) in operations {
                if change {
                    now = thresholds[which];
                    choices.set_threshold(now);
                }
                prop_assert_eq!(choices.happens(), happens(stream.word(), now));
            }
        }
    }

    #[test]
    fn thresholds_hold_at_their_ends() {
        assert!(!happens(0, threshold(0.0)));
        assert!(happens(u64::MAX, threshold(1.0)));
        assert_eq!(below(u64::MAX, 10), 9);
        assert_eq!(below(0, 10), 0);
        assert_eq!(unit(0), 1.0 / 9_007_199_254_740_992.0);
        assert_eq!(unit(u64::MAX), 1.0);
    }
}
