//! A stream of luck whose logarithms are drawn ahead, some at a time.
//!
//! A logarithm takes a processor some 80 cycles from end to end, but it can do several side by side. One that is drawn
//! when it is wanted holds up all that depends on it: which event comes next, above all. Drawn ahead they cost about a
//! quarter. The words are those of the stream, in its order.

use super::random::{Stream, unit};

/// How many are drawn at a time.
const AHEAD: usize = 8;

/// See the module's description.
#[derive(Clone, Debug)]
pub struct AheadStream {
    stream: Stream,
    units: [f64; AHEAD],
    logarithms: [f64; AHEAD],
    /// How many of them have been taken.
    taken: usize,
}

impl AheadStream {
    /// Draws from a stream, which nobody else does.
    pub fn new(stream: Stream) -> AheadStream {
        AheadStream { stream, units: [0.0; AHEAD], logarithms: [0.0; AHEAD], taken: AHEAD }
    }

    /// The next float above 0 and at most 1.
    pub fn unit(&mut self) -> f64 {
        let place = self.take();
        self.units[place]
    }

    /// The logarithm of the next float.
    #[inline]
    pub fn logarithm(&mut self) -> f64 {
        let place = self.take();
        self.logarithms[place]
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
        for (unit_ahead, logarithm) in self.units.iter_mut().zip(&mut self.logarithms) {
            *unit_ahead = unit(self.stream.word());
            *logarithm = libm::log(*unit_ahead);
        }
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::Purpose;

    #[test]
    fn the_words_are_those_of_the_stream_in_its_order() {
        let mut stream = Stream::new(7, "clients", Purpose::Arrivals, 0);
        let mut ahead = AheadStream::new(stream.clone());
        for n in 0..3 * AHEAD {
            let expected = unit(stream.word());
            if n % 3 == 0 {
                assert_eq!(ahead.unit(), expected);
            } else {
                assert_eq!(ahead.logarithm(), libm::log(expected));
            }
        }
    }
}
