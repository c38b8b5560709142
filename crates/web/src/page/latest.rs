//! The state as it is now. What a component holds is as old as its last drawing, and the browser may be given its turn
//! between two drawings: a key or an answer that comes meanwhile counts from what the one before it has made.

use super::store::State;
use std::fmt;
use std::rc::Rc;

/// Reads the newest state. Clones read the same.
#[derive(Clone)]
pub struct Latest(Rc<dyn Fn() -> Rc<State>>);

impl Latest {
    /// Reads by `read`.
    pub fn new(read: impl Fn() -> Rc<State> + 'static) -> Self {
        Self(Rc::new(read))
    }

    /// The state by now.
    pub fn read(&self) -> Rc<State> {
        (self.0)()
    }
}

impl fmt::Debug for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Latest").field(&self.read()).finish()
    }
}
