//! From what was typed to a run that can be made: a scenario file, a run file, a lab's id, a link.

use crate::args::SystemArguments;
use crate::failure::Failure;
use crate::link;
use headroom_core::scenario::{LONGEST_TEXT, Problem, Scenario, TimedAction, Value};
use headroom_core::session::run_file::{LONGEST, RunFile};
use headroom_core::sim::time::{Time, from_seconds};
use std::io::Read;
use std::sync::Arc;

/// A run that can be made.
#[derive(Debug)]
pub(crate) struct Source {
    /// What people call where it came from.
    pub(crate) name: String,
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) actions: Vec<TimedAction>,
    /// How far it runs, if not to its end.
    pub(crate) until: Option<Time>,
    /// The digest that whoever made the run got.
    pub(crate) digest: Option<String>,
    /// Something to know before one trusts the figures.
    pub(crate) warning: Option<String>,
}

/// Finds and reads what the arguments name.
pub(crate) fn load(arguments: &SystemArguments) -> Result<Source, Failure> {
    let mut source = load_unlimited(arguments)?;
    if let Some(duration) = &arguments.duration {
        limit(&mut source, duration)?;
    }
    Ok(source)
}

/// Makes a run end earlier or later. One that ends earlier only stops there: what would happen after it stays in the
/// scenario, where it does no harm.
fn limit(source: &mut Source, duration: &str) -> Result<(), Failure> {
    let length = ("duration".to_owned(), Value::Text(duration.to_owned()));
    let alone = [length.clone(), ("actions".to_owned(), Value::List(Vec::new()))];
    let wanted = change(&source.name, &source.scenario, &alone)?.duration;
    if wanted > source.scenario.duration {
        source.scenario = change(&source.name, &source.scenario, &[length])?;
    }
    source.until = Some(wanted);
    source.digest = None;
    Ok(())
}

fn load_unlimited(arguments: &SystemArguments) -> Result<Source, Failure> {
    let changes = changes(arguments)?;
    let given = arguments.source.as_str();
    if let Some(packed) = link::packed(given) {
        let json = link::unpack(packed).map_err(|error| Failure::Unusable(error.to_string()))?;
        return load_run("link", &json, changes);
    }
    if given.ends_with(".json") {
        let json = read_text(given, LONGEST)?;
        return load_run(given, &json, changes);
    }
    let (name, text) = match lab(given) {
        Some(text) => (given.to_owned(), text.to_owned()),
        None => (given.to_owned(), read_scenario_text(given)?),
    };
    let scenario = parse_scenario(&name, &text)?;
    let scenario = change(&name, &scenario, &changes)?;
    Ok(Source { name, scenario, actions: Vec::new(), until: None, digest: None, warning: None })
}

/// The text of a scenario file, or of standard input for `-`.
pub(crate) fn read_scenario_text(file: &str) -> Result<String, Failure> {
    read_text(file, LONGEST_TEXT)
}

/// Reads a scenario, or says everything that is wrong with it.
pub(crate) fn parse_scenario(name: &str, text: &str) -> Result<Scenario, Failure> {
    Scenario::read(text).map_err(|problems| Failure::Problems {
        name: name.to_owned(),
        text: Some(text.to_owned()),
        problems,
    })
}

fn load_run(name: &str, json: &str, later: Vec<(String, Value)>) -> Result<Source, Failure> {
    let run = RunFile::read(json).map_err(|error| Failure::Unusable(format!("{name}: {error}")))?;
    let warning = run.engine_warning();
    let text = match (&run.lab, &run.scenario) {
        (Some(id), _) => lab(id).map(str::to_owned).ok_or_else(|| unknown_lab(id))?,
        (None, Some(text)) => text.clone(),
        (None, None) => return Err(Failure::Unusable(format!("{name}: give either a lab or a scenario"))),
    };
    let scenario = parse_scenario(name, &text)?;
    // Whoever asks for other settings asks for another run, whose digest nobody has told.
    let digest = run.digest.filter(|_| later.is_empty());
    let seed = run.seed.map(|seed| ("seed".to_owned(), whole(seed)));
    let changes: Vec<(String, Value)> = seed.into_iter().chain(run.set).chain(later).collect();
    let scenario = change(name, &scenario, &changes)?;
    Ok(Source {
        name: name.to_owned(),
        scenario,
        actions: run.actions,
        until: run.until.map(from_seconds),
        digest,
        warning,
    })
}

/// A problem of a change by path, which stands in no text.
pub(crate) fn unplaced(problem: Problem) -> Problem {
    Problem { span: None, ..problem }
}

fn change(name: &str, scenario: &Scenario, changes: &[(String, Value)]) -> Result<Arc<Scenario>, Failure> {
    if changes.is_empty() {
        return Ok(Arc::new(scenario.clone()));
    }
    scenario.with(changes).map(Arc::new).map_err(|problems| Failure::Problems {
        name: name.to_owned(),
        text: None,
        problems: problems.into_iter().map(unplaced).collect(),
    })
}

/// The settings that options change.
fn changes(arguments: &SystemArguments) -> Result<Vec<(String, Value)>, Failure> {
    let mut changes = Vec::new();
    if let Some(seed) = arguments.seed {
        changes.push(("seed".to_owned(), whole(seed)));
    }
    for setting in &arguments.set {
        changes.push(setting_of("--set", setting)?);
    }
    Ok(changes)
}

/// `path=value`. The path may hold a quoted part with `=` in it, and the value reads as in a scenario file; what does
/// not is text, so that `timeout=1s` needs no quotes within quotes.
pub(crate) fn setting_of(option: &str, text: &str) -> Result<(String, Value), Failure> {
    let mut quoted = false;
    let place = text.find(|character| {
        quoted ^= character == '"';
        character == '=' && !quoted
    });
    let Some((path, value)) = place.map(|place| (text[..place].trim(), text[place + 1..].trim())) else {
        return Err(Failure::Unusable(format!(
            "{option} {text}: give PATH=VALUE, such as nodes.cache.capacity=100"
        )));
    };
    let parsed = format!("value = {value}").parse::<toml::Table>().ok();
    let parsed = parsed.and_then(|mut table| table.remove("value")?.try_into::<Value>().ok());
    Ok((path.to_owned(), parsed.unwrap_or_else(|| Value::Text(value.to_owned()))))
}

fn whole(number: u64) -> Value {
    i64::try_from(number).map_or(Value::Number(number as f64), Value::Whole)
}

fn lab(id: &str) -> Option<&'static str> {
    headroom_labs::lab(id).map(|lab| lab.scenario.as_str())
}

fn unknown_lab(id: &str) -> Failure {
    Failure::Unusable(format!("there is no lab \"{id}\"; `headroom labs` lists them"))
}

fn read_text(file: &str, longest: usize) -> Result<String, Failure> {
    let bytes =
        if file == "-" { read_limited(std::io::stdin().lock(), longest) } else { read_file(file, longest) };
    let bytes = bytes.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if !file.contains(['/', '.']) => Failure::Unusable(format!(
            "there is neither a file nor a lab \"{file}\"; `headroom labs` lists the labs"
        )),
        std::io::ErrorKind::NotFound => Failure::Unusable(format!("{file}: there is no such file")),
        _ => Failure::Unusable(format!("{file}: {error}")),
    })?;
    if bytes.len() > longest {
        return Err(Failure::Unusable(format!(
            "{file}: longer than {longest} bytes; this is not a file of Headroom"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Unusable(format!("{file}: byte {at} is not UTF-8 text; save the file as UTF-8"))
    })
}

fn read_file(file: &str, longest: usize) -> std::io::Result<Vec<u8>> {
    read_limited(std::fs::File::open(file)?, longest)
}

/// At most one byte more than `longest`, so that endless input ends.
fn read_limited(input: impl Read, longest: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(longest as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_as_in_a_file_or_as_text() {
        for (text, path, value) in [
            ("nodes.cache.capacity=100", "nodes.cache.capacity", Value::Whole(100)),
            ("nodes.app.hold = false", "nodes.app.hold", Value::Flag(false)),
            ("nodes.clients.timeout=1s", "nodes.clients.timeout", Value::Text("1s".into())),
            ("nodes.clients.reads=0.5", "nodes.clients.reads", Value::Number(0.5)),
            ("links.\"a=b -> c\".latency=\"2ms\"", "links.\"a=b -> c\".latency", Value::Text("2ms".into())),
            ("title=a=b", "title", Value::Text("a=b".into())),
        ] {
            assert_eq!(setting_of("--set", text).unwrap(), (path.to_owned(), value), "{text}");
        }
        assert!(setting_of("--set", "nodes.cache.capacity").is_err());
    }
}
