//! What the workbench's page and its worker say to each other. A file goes beside its command, as the browser hands files.

use headroom_wire::Wire;

/// Parts of a contender's row, at most.
pub const MOST_CELLS: usize = 64;

/// Page to worker.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum Command {
    /// Make a trace to order; the numbers as in `Recipe`, the pattern by its name.
    Make {
        /// Number of this trace: answers carry it.
        trace: u64,
        /// Name of the pattern.
        pattern: String,
        /// Requests, keys, every, length, seed.
        numbers: Vec<u64>,
        /// Exponent of Zipf's law.
        popularity: f64,
    },
    /// Read the file that comes with this.
    Read {
        /// Number of this trace: answers carry it.
        trace: u64,
        /// Its name, which tells the format unless that is given.
        name: String,
        /// How it is to be read.
        reading: Reading,
    },
    /// Let these compete, and go to an access.
    Race {
        /// By name.
        contenders: Vec<String>,
        /// How large each cache is.
        capacity: u64,
        /// Whether in bytes.
        in_bytes: bool,
        /// Where to.
        to: u64,
    },
    /// Go to an access, forward or back, and stay there.
    Go(u64),
    /// Go on by itself.
    Play {
        /// So many accesses a second.
        per_second: f64,
    },
    /// Stay.
    Pause,
}

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Reading {
    /// Name of the format; empty if the file's name tells it.
    pub format: String,
    /// Column of the key, by name or number; empty for the first. This and what follows is for CSV.
    pub key_column: String,
    /// Column of the size; empty for none.
    pub size_column: String,
    /// Character between fields; empty for a comma.
    pub delimiter: String,
    /// Whether the first line has data, no names.
    pub no_header: bool,
    /// Whether records that cannot be read are left out and counted.
    pub skip_bad: bool,
}

/// Worker to page.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum Answer {
    /// It listens.
    Ready,
    /// A trace is being read or made.
    Reading {
        /// Its number.
        trace: u64,
        /// How far, 0 to 1.
        done: f64,
        /// Accesses so far.
        accesses: u64,
    },
    /// The trace is there.
    Opened {
        /// Its number.
        trace: u64,
        /// What there is to know about it.
        about: About,
    },
    /// It cannot be read.
    Failed {
        /// Its number.
        trace: u64,
        /// Why, and what to do.
        message: String,
    },
    /// How the race stands.
    Stand(Stand),
    /// Miss ratios over the size of the cache.
    Curve {
        /// Number of the trace.
        trace: u64,
        /// Names of the contenders.
        names: Vec<String>,
        /// Contender, size, miss ratio.
        points: Vec<(u64, u64, f64)>,
        /// How much of the work is done, 0 to 1.
        done: f64,
    },
    /// The worker is at its end.
    Crashed(String),
}

/// What there is to know about a trace.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct About {
    /// Accesses of all kinds.
    pub accesses: u64,
    /// Distinct keys.
    pub keys: u64,
    /// Bytes of all keys, each by its first size; none if all values count as 1.
    pub bytes: Option<u64>,
    /// Name of the format; empty for a trace made to order.
    pub format: String,
    /// Records left out.
    pub skipped: u64,
    /// What was wrong with the first of them.
    pub first_fault: String,
    /// Whether it goes on behind what is kept.
    pub cut: bool,
}

/// How a race stands.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Stand {
    /// Number of the trace.
    pub trace: u64,
    /// Accesses carried out.
    pub at: u64,
    /// Where it goes to.
    pub to: u64,
    /// Whether it goes on by itself.
    pub playing: bool,
    /// Accesses in each window of hit ratios.
    pub width: u64,
    /// Every contender.
    pub lanes: Vec<Lane>,
}

/// One contender.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Reads so far.
    pub requests: u64,
    /// Of these, misses.
    pub misses: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Of these, missed.
    pub missed_bytes: u64,
    /// Entries stored.
    pub entries: u64,
    /// Entries in a part.
    pub per_cell: u64,
    /// Parts of what is stored: entries, how many of these were read since they came in, and reads in all.
    pub cells: Vec<(u32, u32, u64)>,
    /// Key of each queue's name, and where it begins, in entries.
    pub queues: Vec<(String, u64)>,
    /// Entry under the hand.
    pub hand: Option<u64>,
    /// Entry of the last access.
    pub last: Option<u64>,
    /// Hit ratio of each window.
    pub ratios: Vec<Option<f64>>,
    /// What was done with the last access, if it is told.
    pub told: Option<Told>,
}

/// What a contender did with an access.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Told {
    /// The key.
    pub key: u64,
    /// `hit`, `miss`, `write` or `delete`.
    pub outcome: String,
    /// What it did, in order.
    pub sentences: Vec<Sentence>,
}

/// Words and what is put into them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Sentence {
    /// Key of the words.
    pub key: String,
    /// Names and figures; one whose name begins with `-` is the key of a queue's name.
    pub figures: Vec<(String, String)>,
}
