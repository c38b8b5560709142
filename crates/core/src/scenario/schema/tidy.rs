//! From what `schemars` derives to what a scenario file is.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// See the module's description.
pub(super) fn tidy(schema: &mut Value) {
    let parts = parts(schema);
    if let Some(Value::Object(types)) = schema.get_mut("$defs") {
        for (name, schema) in types {
            visit(schema, parts.contains(name));
        }
    }
    visit(schema, false);
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), json!("Headroom scenario"));
    }
}

/// The types whose tables have a further key from outside, which says that it is them.
fn parts(schema: &Value) -> BTreeSet<String> {
    let types = schema.get("$defs").and_then(Value::as_object);
    let variants = types.into_iter().flat_map(Map::values).filter_map(|of| of.get("oneOf")?.as_array());
    let references = variants.flatten().filter_map(|variant| variant.get("$ref")?.as_str());
    references.filter_map(|reference| reference.rsplit('/').next()).map(str::to_owned).collect()
}

/// `is_part`: its keys are not all that its table has.
fn visit(schema: &mut Value, is_part: bool) {
    let Some(object) = schema.as_object_mut() else { return };
    // Widths of machine numbers, which say less than the ranges do.
    object.remove("format");
    unwrap_lines(object);
    settle_properties(object);
    let is_table = object.contains_key("properties");
    for (key, value) in object.iter_mut() {
        match (key.as_str(), value) {
            ("properties", Value::Object(children)) => {
                children.values_mut().for_each(|child| visit(child, false));
            }
            // Variants beside further keys are flattened into them.
            ("oneOf", Value::Array(variants)) => {
                variants.iter_mut().for_each(|variant| visit(variant, is_part || is_table));
            }
            ("anyOf", Value::Array(options)) => options.iter_mut().for_each(|option| visit(option, false)),
            ("items" | "additionalProperties", child) => visit(child, false),
            _ => {}
        }
    }
    if is_table && !is_part {
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

/// Comments are wrapped for the editor; a description is one line per paragraph.
fn unwrap_lines(object: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = object.get_mut("description") {
        let paragraphs: Vec<String> = text.split("\n\n").map(|lines| lines.replace('\n', " ")).collect();
        *text = paragraphs.join("\n\n");
    }
}

/// What a table passes on to its settings, and what a default means.
fn settle_properties(object: &mut Map<String, Value>) {
    let has_settings = object.contains_key("properties") || object.contains_key("oneOf");
    let live = if has_settings { object.remove("x-live") } else { None };
    let mut required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    pass_on(object, live.as_ref());
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (key, property) in properties {
            let Some(property) = property.as_object_mut() else { continue };
            if property.contains_key("default") {
                required.retain(|name| name != key);
            }
            settle_optional(property);
            settle_step(property);
        }
    }
    if required.is_empty() {
        object.remove("required");
    } else {
        object.insert("required".to_owned(), required.into());
    }
}

fn pass_on(object: &mut Map<String, Value>, live: Option<&Value>) {
    let Some(live) = live else { return };
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            // What says which of several shapes a table has is no setting by itself.
            if !property.contains_key("const") {
                property.entry("x-live").or_insert_with(|| live.clone());
            }
        }
    }
    if let Some(Value::Array(variants)) = object.get_mut("oneOf") {
        for variant in variants.iter_mut().filter_map(Value::as_object_mut) {
            pass_on(variant, Some(live));
        }
    }
}

/// What may be missing may say `"none"`, never `null`.
fn settle_optional(property: &mut Map<String, Value>) {
    let none = json!({ "const": "none", "description": "As if it were not there." });
    if let Some(Value::Array(options)) = property.get_mut("anyOf")
        && let Some(null) = options.iter_mut().find(|option| option["type"] == "null")
    {
        *null = none;
        return;
    }
    let Some(Value::Array(types)) = property.get_mut("type") else { return };
    let Some(place) = types.iter().position(|name| name == "null") else { return };
    types.remove(place);
    if let [only] = types.as_slice() {
        let only = only.clone();
        property.insert("type".to_owned(), only);
    }
    let mut inner = Map::new();
    for key in ["type", "pattern", "minimum", "maximum", "minLength", "maxLength", "enum"] {
        if let Some(value) = property.remove(key) {
            inner.insert(key.to_owned(), value);
        }
    }
    property.insert("anyOf".to_owned(), json!([inner, none]));
}

/// Whole numbers go by one; on a logarithmic scale of times or sizes the least usual one is a fine step.
fn settle_step(property: &mut Map<String, Value>) {
    let is_whole = |schema: &Map<String, Value>| schema.get("type") == Some(&json!("integer"));
    let options = property.get("anyOf").and_then(Value::as_array);
    let any_whole = options.is_some_and(|options| options.iter().filter_map(Value::as_object).any(is_whole));
    let step = if is_whole(property) || any_whole {
        json!(1)
    } else {
        match property.get("x-usual").and_then(|usual| usual.get(0)) {
            Some(Value::String(least)) => json!(least),
            _ => return,
        }
    };
    property.entry("x-step").or_insert(step);
}
