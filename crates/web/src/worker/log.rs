//! The news of a run as an instance's inspector lists them.

use super::convert::micros;
use crate::protocol::LogEntry;
use headroom_core::metrics::log::Entry;
use headroom_core::session::Session;
use headroom_core::sim::record::{Note, NoteKind};

/// Most entries told.
const TOLD: usize = 30;

/// What happened to an instance up to now, the latest first.
pub(super) fn of(session: &Session, instance: u32) -> Vec<LogEntry> {
    let now = session.now();
    let here = |entry: &&Entry| entry.note.instance == instance && entry.note.time <= now;
    session.log().iter().rev().filter(here).take(TOLD).map(told).collect()
}

/// Whether a note that says how fast an instance is says that it is so fast as ever.
pub(super) fn recovers(note: &Note) -> bool {
    note.a >= 1_000_000
}

fn told(entry: &Entry) -> LogEntry {
    let note = &entry.note;
    let (what, number) = match note.kind {
        NoteKind::Flushed => ("flushed", note.a as f64),
        NoteKind::Purged => ("purged", note.a as f64),
        NoteKind::MarkedStale => ("marked-stale", note.a as f64),
        NoteKind::WritesLost => ("writes-lost", note.a as f64),
        NoteKind::Starting => ("starting", micros(note.b)),
        NoteKind::Ready => ("ready", 0.0),
        NoteKind::Draining => ("draining", note.b as f64),
        NoteKind::Gone => ("gone", 0.0),
        NoteKind::Died => ("died", note.b as f64),
        NoteKind::Slowed if recovers(note) => ("recovered", 0.0),
        NoteKind::Slowed => ("slowed", note.a as f64 / 1e4),
        NoteKind::PoolTimedOut => ("pool-timed-out", micros(note.b)),
        NoteKind::Overloaded => ("overloaded", note.a as f64),
        NoteKind::BreakerOpened => ("breaker-opened", 0.0),
        NoteKind::BreakerHalfOpened => ("breaker-half-opened", 0.0),
        NoteKind::BreakerClosed => ("breaker-closed", 0.0),
        NoteKind::InstanceUnhealthy => ("unhealthy", 0.0),
        NoteKind::InstanceHealthy => ("healthy", 0.0),
        NoteKind::InstanceEjected => ("ejected", 0.0),
        NoteKind::InstanceReturned => ("returned", 0.0),
        NoteKind::PanicBegan => ("panic-began", note.a as f64),
        NoteKind::PanicEnded => ("panic-ended", note.a as f64),
        NoteKind::KeysMoved => ("keys-moved", note.a as f64 * 100.0 / note.b as f64),
        // Told of the system, not of an instance.
        NoteKind::Reconfigured | NoteKind::Disturbed | NoteKind::Restored => ("changed", 0.0),
        // No news.
        NoteKind::Evicted
        | NoteKind::Expired
        | NoteKind::Connected
        | NoteKind::Disconnected
        | NoteKind::StaleRead
        | NoteKind::FillRefused
        | NoteKind::Loaded
        | NoteKind::DuplicateLoad
        | NoteKind::Coalesced
        | NoteKind::Refreshed
        | NoteKind::Buffered
        | NoteKind::WritesFlushed
        | NoteKind::ServedOnError
        | NoteKind::RetryDenied
        | NoteKind::RateLimited
        | NoteKind::Shed
        | NoteKind::FellBack => ("changed", 0.0),
    };
    LogEntry { at_us: micros(note.time), what: what.to_owned(), number, count: entry.count }
}
