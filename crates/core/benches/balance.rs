//! Choices per second of each balancing algorithm among 10, 100 and 1,000 candidates, every call ending after as many
//! further choices as there are candidates. Weights are 1, 2, 3, 1, …
//!
//! `cargo xtask bench balance`. Best of three runs of a tenth of a second or so.

use headroom_core::engine::balance::{Algorithm, Candidate, Picker, Request, Settings};
use headroom_core::engine::mixing::scramble;
use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;
use std::time::Duration;
use timing::timed;

mod timing;

/// Choices to begin with; ever more until they take [`LONG_ENOUGH`], for a clock of the processor that ticks.
const PICKS: usize = 200_000;
const LONG_ENOUGH: Duration = Duration::from_millis(80);
const COUNTS: [u32; 3] = [10, 100, 1_000];

fn main() {
    println!(
        "million choices per second among {COUNTS:?} servers, and the time of one among the most to among the fewest"
    );
    for algorithm in Algorithm::ALL {
        let rates = COUNTS.map(|count| rate(algorithm, count));
        let columns = rates.map(|rate| format!("{:9.2}", rate / 1e6)).concat();
        println!("{:26}{columns}{:9.1}", format!("{algorithm:?}"), rates[0] / rates[COUNTS.len() - 1]);
    }
}

/// The most choices per second of three runs that are long enough to be timed.
fn rate(algorithm: Algorithm, count: u32) -> f64 {
    let mut picks = PICKS;
    while run(algorithm, count, picks) < LONG_ENOUGH {
        picks *= 4;
    }
    let best = (0..3).map(|_| run(algorithm, count, picks)).min().unwrap_or(Duration::MAX);
    picks as f64 / best.as_secs_f64()
}

fn run(algorithm: Algorithm, count: u32, picks: usize) -> Duration {
    let candidate = |instance| Candidate {
        instance,
        identity: scramble(instance.into()),
        in_flight: 0,
        weight: instance % 3 + 1,
        distance: u64::from(instance % 5),
    };
    let mut candidates: Vec<Candidate> = (0..count).map(candidate).collect();
    let mut under_way = vec![None; candidates.len()];
    let mut picker = Picker::new(Settings::of(algorithm));
    picker.follow(0, &candidates);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let serve = || {
        for call in 0..picks {
            let now = call as u64 * 1_000;
            let word = scramble(call as u64);
            let request =
                Request { key: word, address: word as u32, user: Some((0, (word >> 32) as u32 % 10_000)) };
            let chosen = picker.pick(now, &candidates, &request, &mut rng);
            let place = call % under_way.len();
            if let Some(index) = chosen {
                candidates[index].in_flight += 1;
            }
            if let Some((index, since)) = std::mem::replace(&mut under_way[place], chosen.zip(Some(now))) {
                let candidate: &mut Candidate = &mut candidates[index];
                candidate.in_flight -= 1;
                picker.answered(now, index, candidate, now - since);
            }
        }
        black_box(&candidates);
    };
    timed(serve).1
}
