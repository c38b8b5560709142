//! Choices per second of each balancing algorithm among 3 and 51 candidates of equal weight, every call ending after
//! as many further choices as there are candidates.
//!
//! `cargo bench -p headroom-core --bench balance`. Best of five runs.

use headroom_core::engine::balance::{Algorithm, Candidate, Picker};
use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;
use std::time::Duration;
use timing::timed;

mod timing;

const PICKS: usize = 2_000_000;

fn main() {
    for count in [3, 51] {
        for algorithm in Algorithm::ALL {
            let best = (0..5).map(|_| run(algorithm, count)).min().unwrap_or(Duration::MAX);
            let rate = PICKS as f64 / best.as_secs_f64() / 1e6;
            println!("{algorithm:?} among {count}: {rate:.1} million choices/s");
        }
    }
}

fn run(algorithm: Algorithm, count: u32) -> Duration {
    let candidate = |instance| Candidate { instance, in_flight: 0, weight: 1 };
    let mut candidates: Vec<Candidate> = (0..count).map(candidate).collect();
    let mut under_way = vec![None; candidates.len()];
    let mut picker = Picker::new(algorithm);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let serve = || {
        for call in 0..PICKS {
            let chosen = picker.pick(&candidates, 0, &mut rng);
            let place = call % under_way.len();
            for (index, change) in [(chosen, 1), (std::mem::replace(&mut under_way[place], chosen), u32::MAX)]
            {
                if let Some(index) = index {
                    candidates[index].in_flight = candidates[index].in_flight.wrapping_add(change);
                }
            }
        }
        black_box(&candidates);
    };
    timed(serve).1
}
