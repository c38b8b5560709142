//! Where settings stand, by walking through the schema: through every variant of every table.

use serde_json::{Map, Value as Json, json};

use super::super::super::{Scenario, Value};

/// A way from the root of a file to a setting, with what says which variants it goes through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    /// The first of a list.
    First,
    /// The table here has this key with this word.
    Tag(String, Json),
}

/// A table and all of its keys.
pub(super) struct Table {
    pub(super) place: Place,
    pub(super) keys: Vec<String>,
}

impl Place {
    fn then(&self, step: Step) -> Self {
        Self { steps: self.steps.iter().cloned().chain([step]).collect() }
    }

    pub(super) fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// The last key.
    pub(super) fn last(&self) -> &str {
        let key = |step: &'_ Step| matches!(step, Step::Key(_));
        match self.steps.iter().rfind(|step| key(step)) {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }

    /// As problems name it.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) => {
                    let dot = if path.is_empty() { "" } else { "." };
                    let bare = key.chars().all(|c| c.is_alphanumeric() || c == '_');
                    path += &if bare { format!("{dot}{key}") } else { format!("{dot}{key:?}") };
                }
                Step::First => path += "[0]",
                Step::Tag(..) => {}
            }
        }
        path
    }

    /// A file with a value here, and nothing else but the words that lead here.
    pub(super) fn file(&self, value: &Json) -> Json {
        let mut file = value.clone();
        let mut tags: Vec<(&String, &Json)> = Vec::new();
        let put = |file: &mut Json, tags: &mut Vec<(&String, &Json)>| {
            for (key, word) in tags.drain(..) {
                if let Some(table) = file.as_object_mut() {
                    table.entry(key.clone()).or_insert_with(|| word.clone());
                }
            }
        };
        for step in self.steps.iter().rev() {
            match step {
                Step::Tag(key, word) => tags.push((key, word)),
                Step::First => {
                    put(&mut file, &mut tags);
                    file = json!([file]);
                }
                Step::Key(key) => {
                    put(&mut file, &mut tags);
                    file = json!({ key: file });
                }
            }
        }
        put(&mut file, &mut tags);
        file
    }

    /// The path of this setting in a scenario that has its table, in the same variants. Nodes are named by their kind,
    /// and there is one link.
    pub(crate) fn in_scenario(&self, scenario: &Scenario) -> Option<String> {
        let mut path = String::new();
        let mut steps = self.steps.iter().peekable();
        while let Some(step) = steps.next() {
            match step {
                Step::Key(key) if key == "x" => {
                    let Some(Step::Tag(_, kind)) = steps.peek() else { return None };
                    path += &format!(".{}", kind.as_str()?);
                }
                Step::Key(key) if key == "a -> b" => {
                    path += &format!(".\"{}\"", scenario.links.first()?.key());
                }
                Step::Key(key) => path += &format!("{}{key}", if path.is_empty() { "" } else { "." }),
                Step::First => return None,
                Step::Tag(key, word) => {
                    let here = scenario.get(&format!("{path}.{key}"))?;
                    if serde_json::to_value(here).ok()? != *word {
                        return None;
                    }
                }
            }
            // The table around the setting must be there; the setting need not.
            let table = matches!(scenario.get(&path), Some(Value::Table(_)));
            if steps.peek().is_some() && !table {
                return None;
            }
        }
        Some(path)
    }
}

/// Every setting that is no table, with its schema, whose own description goes before that of its type.
pub(crate) fn leaves(root: &Json) -> Vec<(Place, Json)> {
    let mut found = settings(root);
    found.retain(|(_, schema)| {
        options(schema)
            .iter()
            .all(|option| option.get("properties").is_none() && option.get("additionalProperties").is_none())
    });
    found
}

/// Every setting, tables too.
pub(super) fn settings(root: &Json) -> Vec<(Place, Json)> {
    let mut walk = Walk { root, settings: Vec::new(), tables: Vec::new() };
    walk.table(&Place::default(), root, &Map::new());
    walk.settings
}

/// Every table with keys of its own, in every variant.
pub(super) fn tables(root: &Json) -> Vec<Table> {
    let mut walk = Walk { root, settings: Vec::new(), tables: Vec::new() };
    walk.table(&Place::default(), root, &Map::new());
    walk.tables
}

/// What a schema offers to choose from: itself, if it offers no choice.
pub(crate) fn options(schema: &Json) -> Vec<&Json> {
    let choice = ["oneOf", "anyOf"].into_iter().find_map(|key| schema[key].as_array());
    choice.map_or(vec![schema], |options| options.iter().flat_map(self::options).collect())
}

/// Some values that fit a schema.
pub(super) fn values(schema: &Json) -> Vec<Json> {
    let mut values = vec![json!(true), json!(false), json!("other"), json!(["other"])];
    for of in options(schema).into_iter().chain([schema]) {
        for key in ["const", "minimum", "maximum", "x-min", "x-max"] {
            values.extend(of.get(key).cloned());
        }
    }
    values
}

/// The type that a schema refers to, else itself.
pub(super) fn resolve<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    match schema["$ref"].as_str() {
        Some(name) => &root["$defs"][name.rsplit('/').next().unwrap()],
        None => schema,
    }
}

struct Walk<'a> {
    root: &'a Json,
    settings: Vec<(Place, Json)>,
    tables: Vec<Table>,
}

impl Walk<'_> {
    /// A table: `outer` are keys that it has from outside.
    fn table(&mut self, place: &Place, schema: &Json, outer: &Map<String, Json>) {
        let mut properties = outer.clone();
        properties.extend(schema["properties"].as_object().cloned().unwrap_or_default());
        let mut place = place.clone();
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(word) = property.get("const") {
                place = place.then(Step::Tag(key.clone(), word.clone()));
            }
        }
        if schema.get("$ref").is_some() {
            self.table(&place, resolve(self.root, schema), &properties);
        } else if let Some(variants) = schema["oneOf"].as_array() {
            variants.iter().for_each(|variant| self.table(&place, variant, &properties));
        } else {
            for (key, property) in &properties {
                self.setting(&place.key(key), property);
            }
            self.tables.push(Table { place, keys: properties.keys().cloned().collect() });
        }
    }

    fn setting(&mut self, place: &Place, schema: &Json) {
        let mut whole = schema.clone();
        if let Some(table) = whole.as_object_mut() {
            for option in table.get_mut("anyOf").and_then(Json::as_array_mut).into_iter().flatten() {
                *option = resolve(self.root, option).clone();
            }
            for (key, value) in resolve(self.root, schema).as_object().into_iter().flatten() {
                table.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        self.settings.push((place.clone(), whole.clone()));
        if schema["type"] == "array" {
            let item = resolve(self.root, &schema["items"]).clone();
            if options(&item)[0].get("properties").is_some() {
                self.table(&place.then(Step::First), &item, &Map::new());
            }
        }
        if let Some(named) = schema.get("additionalProperties") {
            let name = if place.last() == "links" { "a -> b" } else { "x" };
            self.table(&place.key(name), resolve(self.root, named), &Map::new());
        }
        // A table, or one that may be missing.
        let inner = schema["anyOf"].get(0).unwrap_or(schema);
        let of = resolve(self.root, inner).clone();
        if options(&of)[0].get("properties").is_some() {
            self.table(place, &of, &Map::new());
        }
    }
}
