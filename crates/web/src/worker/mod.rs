//! The worker's side: one session under control, fed by commands.

/// Listens for commands.
pub fn start() {}
