//! As much of JSON Schema as the schema of scenarios uses: does a value fit?

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::places::resolve;

/// Why a value does not fit: the keyword and the place.
pub(super) fn problem(schema: &Json, value: &Json) -> Option<String> {
    judge(schema, schema, value, "").err()
}

/// Whether a schema names a type.
pub(super) fn is_type(schema: &Json, name: &str) -> bool {
    match &schema["type"] {
        Json::Array(names) => names.iter().any(|of| of == name),
        only => only == name,
    }
}

/// The keys that the schema knows, of a value that fits.
fn judge(root: &Json, schema: &Json, value: &Json, place: &str) -> Result<BTreeSet<String>, String> {
    let refuse = |keyword: &str| Err(format!("{keyword} at {place:?}: {value}"));
    let mut known = BTreeSet::new();
    if schema.get("$ref").is_some() {
        known.extend(judge(root, resolve(root, schema), value, place)?);
    }
    if schema.get("type").is_some() && !type_names(value).iter().any(|name| is_type(schema, name)) {
        return refuse("type");
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return refuse("const");
    }
    if let (Some(number), Some(least), Some(most)) =
        (value.as_f64(), schema["minimum"].as_f64(), schema["maximum"].as_f64())
        && !(least..=most).contains(&number)
    {
        return refuse("range");
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(options) = schema[keyword].as_array() else { continue };
        let fitting: Vec<_> =
            options.iter().filter_map(|option| judge(root, option, value, place).ok()).collect();
        if fitting.is_empty() || (keyword == "oneOf" && fitting.len() > 1) {
            return refuse(keyword);
        }
        known.extend(fitting.into_iter().flatten());
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        judge(root, &schema["items"], item, &format!("{place}[{index}]"))?;
    }
    if let Some(table) = value.as_object() {
        judge_table(root, schema, table, place, &mut known)?;
    }
    Ok(known)
}

fn judge_table(
    root: &Json,
    schema: &Json,
    table: &Map<String, Json>,
    place: &str,
    known: &mut BTreeSet<String>,
) -> Result<(), String> {
    let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
    if let Some(missing) = required.find(|key| !table.contains_key(*key)) {
        return Err(format!("required at {place:?}: {missing}"));
    }
    for (key, inner) in table {
        let of = schema["properties"].get(key).or_else(|| schema.get("additionalProperties"));
        if let Some(of) = of {
            judge(root, of, inner, &format!("{place}.{key}"))?;
            known.insert(key.clone());
        }
    }
    let closed = schema.get("unevaluatedProperties") == Some(&Json::Bool(false));
    match table.keys().find(|key| closed && !known.contains(*key)) {
        Some(unknown) => Err(format!("unevaluated at {place:?}: {unknown}")),
        None => Ok(()),
    }
}

fn type_names(value: &Json) -> &'static [&'static str] {
    match value {
        Json::Null => &["null"],
        Json::Bool(_) => &["boolean"],
        Json::Number(number) if number.is_f64() => &["number"],
        Json::Number(_) => &["integer", "number"],
        Json::String(_) => &["string"],
        Json::Array(_) => &["array"],
        Json::Object(_) => &["object"],
    }
}
