//! Choices per second of each balancing algorithm among 10, 100 and 1,000 candidates, every call ending after as many
//! further choices as there are candidates. Weights are 1, 2, 3, 1, …
//!
//! `cargo xtask bench balance`. Best of five runs.

use headroom_core::engine::balance::{Algorithm, Candidate, Picker, Request, Settings};
use headroom_core::engine::mixing::scramble;
use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;
use std::time::Duration;
use timing::timed;

mod timing;

const PICKS: usize = 500_000;
const COUNTS: [u32; 3] = [10, 100, 1_000];

fn main() {
    println!("million choices per second among {COUNTS:?} servers");
    for algorithm in Algorithm::ALL {
        let rates = COUNTS.map(|count| {
            let best = (0..5).map(|_| run(algorithm, count)).min().unwrap_or(Duration::MAX);
            format!("{:9.2}", PICKS as f64 / best.as_secs_f64() / 1e6)
        });
        println!("{:26}{}", format!("{algorithm:?}"), rates.concat());
    }
}

fn run(algorithm: Algorithm, count: u32) -> Duration {
    let candidate = |instance| Candidate {
        instance,
        identity: scramble(instance.into()),
        in_flight: 0,
        weight: instance % 3 + 1,
    };
    let mut candidates: Vec<Candidate> = (0..count).map(candidate).collect();
    let mut under_way = vec![None; candidates.len()];
    let mut picker = Picker::new(Settings::of(algorithm));
    picker.follow(0, &candidates);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let serve = || {
        for call in 0..PICKS {
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
