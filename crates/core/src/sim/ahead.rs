//! A stream of luck and the exponential times it makes, drawn ahead, some at a time.
//!
//! When the next request comes is what the next event hangs on. A time made at that moment holds up all that follows:
//! a logarithm, three multiplications and a conversion take a processor some 60 cycles from end to end, but it can do
//! several side by side. The words are those of the stream, in its order.

use super::exponential::exponential;
use super::random::{Stream, unit};
use super::time::Nanos;

/// How many are drawn at a time.
const AHEAD: usize = 8;

/// See the module's description.
#[derive(Clone, Debug)]
pub struct AheadStream {
    stream: Stream,
    /// Mean of the times, in seconds.
    mean: f64,
    units: [f64; AHEAD],
    times: [Nanos; AHEAD],
    /// How many of them have been taken.
    taken: usize,
}

impl AheadStream {
    /// Draws from a stream, which nobody else does. Times are 0 until there is a mean.
    pub fn new(stream: Stream) -> AheadStream {
        AheadStream { stream, mean: 0.0, units: [1.0; AHEAD], times: [0; AHEAD], taken: AHEAD }
    }

    /// The mean of all times to come, in seconds.
    pub fn set_mean(&mut self, mean: f64) {
        self.mean = mean;
        self.make_times();
    }

    /// The next float above 0 and at most 1.
    pub fn unit(&mut self) -> f64 {
        let place = self.take();
        self.units[place]
    }

    /// The exponential time of the next float.
    #[inline]
    pub fn time(&mut self) -> Nanos {
        let place = self.take();
        self.times[place]
    }

    #[inline]
    fn take(&mut self) -> usize {
        if self.taken >= AHEAD {
            self.draw();
        }
        self.taken += 1;
        self.taken - 1
    }

    #[inline(never)]
    fn draw(&mut self) {
        for unit_ahead in &mut self.units {
            *unit_ahead = unit(self.stream.word());
        }
        self.make_times();
        self.taken = 0;
    }

    #[inline]
    fn make_times(&mut self) {
        for (time, unit) in self.times.iter_mut().zip(&self.units) {
            *time = exponential(self.mean, *unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::Purpose;
    use crate::sim::time::from_seconds;
    use proptest::prelude::*;

    proptest! {
        /// The naive twin: each drawn when it is wanted.
        #[test]
        fn the_words_are_those_of_the_stream_in_its_order(
            operations in prop::collection::vec((0u8..8, 1e-6f64..10.0), 0..60),
        ) {
            let mut stream = Stream::new(7, "clients", Purpose::Arrivals, 0);
            let mut ahead = AheadStream::new(stream.clone());
            let mut mean = 0.0;
            for (what, new_mean) in operations {
                match what {
                    0 => {
                        mean = new_mean;
                        ahead.set_mean(mean);
                    }
                    1 | 2 => prop_assert_eq!(ahead.unit(), unit(stream.word())),
                    _ => prop_assert_eq!(ahead.time(), from_seconds(-mean * libm::log(unit(stream.word())))),
                }
            }
        }
    }
}
