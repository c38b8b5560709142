//! A run as a file or a link: all that is needed to have exactly the same run again.

use crate::ENGINE;
use crate::scenario::{TimedAction, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The longest run file that is read, in bytes.
pub const LONGEST: usize = 1 << 20;

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFile {
    /// The version of the format: 1.
    pub headroom: u32,
    /// The engine that made the run; another one may give other figures.
    pub engine: u32,
    /// The lab whose scenario it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab: Option<String>,
    /// Otherwise the scenario's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// The seed, if not the scenario's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Settings changed before the run began, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Value>,
    /// What the learner did, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<TimedAction>,
    /// Seconds it ran, if not to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Its digest: 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Why a run file cannot be used. Nothing is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunFileError {
    /// Longer than [`LONGEST`].
    TooLong,
    /// Not what a run file looks like; the reader's own words.
    Damaged(String),
    /// Of a newer format.
    Newer(u32),
    /// Neither a lab nor a scenario, or both.
    NoSystem,
    /// `until` is not a time.
    NoTime,
}

impl fmt::Display for RunFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunFileError::TooLong => write!(f, "longer than 1 MiB; this is not a run of Headroom"),
            RunFileError::Damaged(reason) => write!(f, "damaged, or not a run of Headroom: {reason}"),
            RunFileError::Newer(version) => {
                write!(f, "written in format {version}, newer than format {VERSION}; use a newer Headroom")
            }
            RunFileError::NoSystem => f.write_str("give either a lab or a scenario"),
            RunFileError::NoTime => f.write_str("until: give seconds of at least 0"),
        }
    }
}

impl std::error::Error for RunFileError {}

impl RunFile {
    /// Reads the JSON of a run.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(json: &str) -> Result<RunFile, RunFileError> {
        if json.len() > LONGEST {
            return Err(RunFileError::TooLong);
        }
        let damaged = |error: serde_json::Error| RunFileError::Damaged(error.to_string());
        let version: Version = serde_json::from_str(json).map_err(damaged)?;
        if version.headroom > VERSION {
            return Err(RunFileError::Newer(version.headroom));
        }
        let run: RunFile = serde_json::from_str(json).map_err(damaged)?;
        if run.lab.is_some() == run.scenario.is_some() {
            return Err(RunFileError::NoSystem);
        }
        if run.until.is_some_and(|until| !until.is_finite() || until < 0.0) {
            return Err(RunFileError::NoTime);
        }
        Ok(run)
    }

    /// The JSON of this run, on one line.
    pub fn write(&self) -> String {
        // Numbers, text and lists only: nothing that JSON could refuse.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether another engine made it, as a sentence.
    pub fn engine_warning(&self) -> Option<String> {
        (self.engine != ENGINE)
            .then(|| format!("made with engine {}, now {ENGINE}: figures may differ", self.engine))
    }
}

/// What every version of the format has.
#[derive(Deserialize)]
struct Version {
    headroom: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::session::Session;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use std::sync::Arc;

    fn run() -> RunFile {
        RunFile {
            headroom: VERSION,
            engine: ENGINE,
            lab: Some("busy-is-not-full".into()),
            scenario: None,
            seed: Some(7),
            set: BTreeMap::from([("nodes.server.cores".into(), Value::Whole(2))]),
            actions: Vec::new(),
            until: Some(12.5),
            digest: Some("00000000000000ff".into()),
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        assert_eq!(RunFile::read(&run().write()), Ok(run()));
        assert!(RunFile { engine: ENGINE + 1, ..run() }.engine_warning().is_some());
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        for (json, expected) in [
            ("", "damaged"),
            ("[1]", "damaged"),
            ("{\"headroom\":1}", "damaged"),
            ("{\"headroom\":2,\"new\":true}", "newer than format 1"),
            ("{\"headroom\":1,\"engine\":1}", "either a lab or a scenario"),
            ("{\"headroom\":1,\"engine\":1,\"lab\":\"a\",\"scenario\":\"b\"}", "either a lab or a scenario"),
            ("{\"headroom\":1,\"engine\":1,\"lab\":\"a\",\"until\":-1}", "at least 0"),
            ("{\"headroom\":1,\"engine\":1,\"lab\":\"a\",\"colour\":1}", "damaged"),
        ] {
            let error = RunFile::read(json).unwrap_err().to_string();
            assert!(error.contains(expected), "{json}: {error}");
        }
        assert_eq!(RunFile::read(&" ".repeat(LONGEST + 1)), Err(RunFileError::TooLong));
    }

    /// A run with something of everything.
    const WHOLE: &str = r#"{"headroom":1,"engine":1,"scenario":"title='a'\nduration='3s'\n[nodes.c]\nkind='clients'\nto='s'\narrivals={process='poisson',rate=50}\n[nodes.s]\nkind='service'\nservice_time={distribution='exponential',mean='5ms'}\n","seed":7,"set":{"nodes.s.cores":2,"warmup":"1s"},"actions":[{"at":"1s","do":"set","path":"nodes.s.cores","value":1},{"at":"2s","do":"spike","node":"c","factor":3,"for":"500ms"},{"at":"2s","do":"kill","node":"s[0]"},{"at":"2.5s","do":"partition","between":["c","s"],"for":"1s"}],"until":2.5,"digest":"0123456789abcdef"}"#;

    const WORDS: &[&str] = &[
        "0",
        "-1",
        "1e300",
        "1e999",
        "null",
        "true",
        "\"\"",
        "\"s\"",
        "\"c\"",
        "\"8760h\"",
        "\"-1s\"",
        "\"set\"",
        "\"slow\"",
        "[]",
        "{}",
        "[[",
        "}",
        "9007199254740993",
        "\"nodes.s.replicas\"",
        "\"a.a.a\"",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12_000) })]

        #[test]
        fn a_damaged_run_is_refused_or_runs(
            words in proptest::collection::vec((any::<Index>(), select(WORDS)), 0..3),
            bytes in proptest::collection::vec((any::<Index>(), any::<u8>()), 0..3),
        ) {
            let mut parts: Vec<String> = WHOLE.split_inclusive([':', ',']).map(str::to_owned).collect();
            for (at, word) in words {
                let part = at.index(parts.len());
                let end = parts[part].pop().unwrap_or(',');
                parts[part] = format!("{word}{end}");
            }
            let mut text = parts.concat().into_bytes();
            for (at, byte) in bytes {
                let place = at.index(text.len());
                text[place] = byte;
            }
            let Ok(run) = RunFile::read(&String::from_utf8_lossy(&text)) else { return Ok(()) };
            let Some(Ok(scenario)) = run.scenario.as_deref().map(Scenario::read) else { return Ok(()) };
            let set: Vec<(String, Value)> = run.set.into_iter().collect();
            let Ok(scenario) = scenario.with(&set) else { return Ok(()) };
            let Ok(mut session) = Session::new(Arc::new(scenario), run.actions) else { return Ok(()) };
            session.advance(session.duration(), 500);
            prop_assert_eq!(session.report().digest.len(), 16);
        }
    }

    #[test]
    fn the_undamaged_run_is_fine() {
        let run = RunFile::read(WHOLE).unwrap();
        let set: Vec<(String, Value)> = run.set.into_iter().collect();
        let scenario = Scenario::read(run.scenario.as_deref().unwrap()).unwrap().with(&set).unwrap();
        assert!(Session::new(Arc::new(scenario), run.actions).is_ok());
    }
}
