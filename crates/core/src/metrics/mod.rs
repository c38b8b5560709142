//! Observers of a run: they read the stream of records and the gauges, and can change nothing.
//!
//! [`digest`] one number that two equal runs share; [`histogram`] latencies counted within 1 %; [`tally`] requests
//! by outcome with their latencies; [`window`] what happened in a quarter of a second; [`series`] the windows of a
//! run, shared by its branches; [`recorder`] fills them, and remembers [notable](notable) requests; [`figures`] sums
//! over a stretch of time; [`cost`] what the system costs; [`report`] the figures under the names that goals, charts and the command line share; [`rows`] the
//! windows as charts plot them; [`interval`] how sure a mean over several runs is; [`written`] figures in words.

pub mod cost;
pub mod digest;
pub mod figures;
pub mod histogram;
pub mod interval;
mod levels;
pub mod log;
mod notable;
mod part;
pub mod recorder;
pub mod report;
pub mod rows;
pub mod series;
pub mod tally;
pub mod window;
pub mod written;

pub use cost::{Receipt, ReceiptLine};
pub use digest::Digest;
pub use figures::{Figures, NodeFigures};
pub use interval::Interval;
pub use notable::Notable;
pub use part::PartFigures;
pub use recorder::{Reading, Recorder};
pub use report::{Latency, NodeReport, PathReport, Report, Requests};
pub use rows::{CacheRow, NodeRow, Row, Rows};
