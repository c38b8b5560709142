//! What a run may be searched for: the wire form of the session's `Sought`.

use headroom_wire::Wire;

/// Something that may happen next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub enum Happening {
    /// Ten or more begin to wait somewhere.
    #[default]
    Queue,
    /// A request fails.
    Failure,
    /// A wait for a connection ends without one.
    PoolTimeout,
    /// A cache puts an entry out.
    Eviction,
    /// A cache finds an entry too old.
    Expiry,
    /// An instance goes down.
    Down,
    /// An instance becomes ready.
    Up,
    /// Something is done to the system.
    Action,
}

impl Happening {
    /// All there are, the most telling first.
    pub const ALL: [Happening; 8] = [
        Happening::Queue,
        Happening::Failure,
        Happening::PoolTimeout,
        Happening::Eviction,
        Happening::Expiry,
        Happening::Down,
        Happening::Up,
        Happening::Action,
    ];
}
