//! Turns the schema of scenario files (`schema.json`) into the table of settings that the worker carries: what the page
//! offers, and no more.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value as Json};

/// Writes `settings.rs`.
pub(crate) fn build(out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed=schema.json");
    let schema = std::fs::read_to_string("schema.json").map_err(|error| format!("schema.json: {error}"))?;
    let schema: Json = serde_json::from_str(&schema).map_err(|error| format!("schema.json: {error}"))?;
    let path = out.join("settings.rs");
    std::fs::write(&path, table(&schema)?).map_err(|error| format!("{}: {error}", path.display()))
}

/// A constant for every table that can be turned: nodes, links and what stands inside them.
fn table(root: &Json) -> Result<String, String> {
    let mut text = String::new();
    let mut names = vec!["NodeSpec".to_owned(), "Link".to_owned()];
    let mut done = 0;
    while let Some(name) = names.get(done).cloned() {
        let shapes = shapes(root, &root["$defs"][&name], &[], &Map::new(), &mut names)?;
        let _ = writeln!(text, "pub(super) static {}: &[Shape] = &[{shapes}];", constant(&name));
        done += 1;
    }
    Ok(text)
}

fn is_table(schema: &Json) -> bool {
    schema.get("properties").is_some() || schema["oneOf"][0].get("properties").is_some()
}

/// `Work` as `WORK`, `CacheUse` as `CACHE_USE`.
fn constant(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_uppercase());
    }
    text
}

/// A shape for each variant of a table. `words` say which variant it is, `outer` are settings beside the variants;
/// `names` are the tables that are named so far.
fn shapes(
    root: &Json,
    schema: &Json,
    words: &[(String, String)],
    outer: &Map<String, Json>,
    names: &mut Vec<String>,
) -> Result<String, String> {
    let mut words = words.to_vec();
    let mut properties = outer.clone();
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        match property["const"].as_str() {
            Some(word) => words.push((key.clone(), word.to_owned())),
            None => {
                properties.insert(key.clone(), property.clone());
            }
        }
    }
    if let Some(of) = schema["$ref"].as_str() {
        return shapes(root, resolve(root, of)?, &words, &properties, names);
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        let shape = |variant: &Json| shapes(root, variant, &words, &properties, names);
        return variants.iter().map(shape).collect();
    }
    let mut settings = String::new();
    for (name, property) in &properties {
        settings += &setting(root, name, property, names)?;
    }
    Ok(format!("Shape {{ words: &{words:?}, settings: &[{settings}] }},"))
}

/// One setting; nothing for what the page does not offer: names of nodes, lists, prices, a choice of one.
fn setting(root: &Json, name: &str, property: &Json, names: &mut Vec<String>) -> Result<String, String> {
    let inner = property["anyOf"].get(0).unwrap_or(property);
    let (of, schema) = match inner["$ref"].as_str() {
        Some(of) => (of.rsplit('/').next().unwrap_or_default(), resolve(root, of)?),
        None => ("", inner),
    };
    // A setting's own words go before those of its type.
    let say = |key: &str| property.get(key).or_else(|| schema.get(key));
    let form = match schema["type"].as_str() {
        _ if of == "Price" => return Ok(String::new()),
        _ if !of.is_empty() && is_table(schema) => {
            if !names.iter().any(|name| name == of) {
                names.push(of.to_owned());
            }
            format!("Form::Table({})", constant(of))
        }
        Some("integer" | "number") => number(schema, &say),
        Some("boolean") => "Form::Toggle".to_owned(),
        Some("string") if say("x-min").is_some() => duration(&say)?,
        // A size may be text or a number.
        None if schema["type"].is_array() => "Form::Size".to_owned(),
        _ => match choices(schema) {
            choices if choices.len() > 1 => format!("Form::Choice(&{choices:?})"),
            _ => match schema["anyOf"].get(0) {
                Some(number_of) if number_of["type"] == "integer" => number(number_of, &say),
                _ => return Ok(String::new()),
            },
        },
    };
    let help = say("description").and_then(Json::as_str).unwrap_or_default();
    let effect = constant_of_effect(say("x-live").and_then(Json::as_str).unwrap_or("now"))?;
    Ok(format!("Setting {{ name: {name:?}, help: {help:?}, effect: Effect::{effect}, form: {form} }},"))
}

fn number<'a>(schema: &Json, say: &impl Fn(&str) -> Option<&'a Json>) -> String {
    let usual = say("x-usual");
    let bound = |index: usize, key: &str| {
        let usual = usual.and_then(|usual| usual.get(index)).unwrap_or(&schema[key]);
        usual.as_f64().unwrap_or_default()
    };
    let (min, max) = (bound(0, "minimum"), bound(1, "maximum"));
    let step = say("x-step").and_then(Json::as_f64).unwrap_or(1.0);
    let log = say("x-scale").is_some_and(|scale| scale == "log");
    let unit = say("x-unit").and_then(Json::as_str).unwrap_or_default();
    format!("Form::Number {{ min: {min:?}, max: {max:?}, step: {step:?}, log: {log}, unit: {unit:?} }}")
}

/// In milliseconds.
fn duration<'a>(say: &impl Fn(&str) -> Option<&'a Json>) -> Result<String, String> {
    let usual = |index: usize, key: &str| {
        let text = say("x-usual").and_then(|usual| usual.get(index)).or_else(|| say(key));
        let text = text.and_then(Json::as_str).unwrap_or_default();
        milliseconds(text).ok_or_else(|| format!("schema.json: {text:?} is no duration"))
    };
    let (min, max) = (usual(0, "x-min")?, usual(1, "x-max")?);
    let step = say("x-step").and_then(Json::as_str).and_then(milliseconds).unwrap_or(1.0);
    let log = say("x-scale").is_some_and(|scale| scale == "log");
    Ok(format!("Form::Duration {{ min: {min:?}, max: {max:?}, step: {step:?}, log: {log} }}"))
}

fn milliseconds(text: &str) -> Option<f64> {
    let end = text.find(|c: char| c.is_alphabetic())?;
    let (number, unit) = text.split_at(end);
    let units = [("h", 3.6e6), ("m", 6e4), ("s", 1e3), ("ms", 1.0), ("us", 1e-3), ("ns", 1e-6)];
    let factor = units.into_iter().find(|(name, _)| *name == unit)?.1;
    Some(number.parse::<f64>().ok()? * factor)
}

fn choices(schema: &Json) -> Vec<&str> {
    let options = schema["oneOf"].as_array().into_iter().flatten();
    options.filter_map(|option| option["const"].as_str()).collect()
}

fn constant_of_effect(live: &str) -> Result<&'static str, String> {
    let effects = [
        ("now", "Now"),
        ("next", "Next"),
        ("drain", "Drain"),
        ("rebuild", "Rebuild"),
        ("restart", "Restart"),
    ];
    let found = effects.into_iter().find(|(name, _)| *name == live);
    found.map(|(_, name)| name).ok_or_else(|| format!("schema.json: no x-live {live:?}"))
}

fn resolve<'a>(root: &'a Json, reference: &str) -> Result<&'a Json, String> {
    let name = reference.rsplit('/').next().unwrap_or_default();
    root["$defs"].get(name).ok_or_else(|| format!("schema.json: no type {reference}"))
}
