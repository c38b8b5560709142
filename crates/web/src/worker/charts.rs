//! Which rows of the charts the page has not seen yet, and what they sum up to.

use super::convert;
use crate::protocol::Row;
use headroom_core::session::Session;

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub(super) struct ChartFeed {
    /// Rows that the page has.
    sent: usize,
    /// Frames since rows were last sent.
    frames: u32,
}

/// Windows of a second: a percentile of fewer requests jumps about more than anybody can read.
pub(super) const SECOND: usize = (1e6 / crate::protocol::WINDOW) as usize;

/// Frames between two messages with rows: about a tenth of a second.
const EVERY: u32 = 6;

impl ChartFeed {
    /// Everything may differ from now on: all rows go again.
    pub(super) fn cut(&mut self) {
        *self = ChartFeed { sent: 0, frames: EVERY };
    }

    /// The next frame brings all rows there are: the run stands, or stands elsewhere, and no more frames may follow.
    pub(super) fn due(&mut self) {
        self.frames = EVERY;
    }

    /// Rows that are new and where they begin, at most every few frames.
    pub(super) fn news(&mut self, session: &Session) -> Option<(u32, Vec<Row>)> {
        self.frames += 1;
        if self.frames < EVERY {
            return None;
        }
        let rows = session.rows(self.sent, SECOND);
        let first = usize::try_from(rows.first).unwrap_or(usize::MAX);
        // A run so long that its windows were merged starts anew.
        let rows = if first == self.sent { rows } else { session.rows(0, SECOND) };
        if rows.rows.is_empty() {
            return None;
        }
        let from = u32::try_from(rows.first).unwrap_or(0);
        self.frames = 0;
        self.sent = from as usize + rows.rows.len();
        Some((from, rows.rows.iter().map(convert::row).collect()))
    }
}
