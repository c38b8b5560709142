//! Closed forms as numbers, from `data/theory`.

use serde::Deserialize;
use serde_json::Value;

/// A system with a closed form.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// Its name in the file.
    pub name: String,
    inputs: Value,
    outputs: Value,
}

#[derive(Deserialize)]
struct File {
    entries: Vec<Entry>,
}

/// The entry of that name.
///
/// # Panics
/// If there is none: the test asks for something that is not there.
pub fn entry(name: &str) -> Entry {
    let file: File =
        serde_json::from_str(include_str!("../data/theory/queueing.json")).expect("the file is JSON");
    let found = file.entries.into_iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| panic!("no entry {name} in data/theory/queueing.json"))
}

impl Entry {
    /// What the system is made of.
    ///
    /// # Panics
    /// If there is no such number.
    pub fn input(&self, key: &str) -> f64 {
        number(&self.inputs[key], key)
    }

    /// Several numbers of one name, one a station.
    ///
    /// # Panics
    /// If it is no list of numbers.
    pub fn inputs(&self, key: &str) -> Vec<f64> {
        let list = self.inputs[key].as_array().unwrap_or_else(|| panic!("{key} is a list"));
        list.iter().map(|value| number(value, key)).collect()
    }

    /// What theory says of it.
    ///
    /// # Panics
    /// If there is no such number.
    pub fn output(&self, key: &str) -> f64 {
        number(&self.outputs[key], key)
    }

    /// What theory says for each of several, such as the tail of a distribution.
    ///
    /// # Panics
    /// If it is no list of numbers.
    pub fn outputs(&self, key: &str) -> Vec<f64> {
        let list = self.outputs[key].as_array().unwrap_or_else(|| panic!("{key} is a list"));
        list.iter().map(|value| number(value, key)).collect()
    }
}

fn number(value: &Value, key: &str) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{key} is a number"))
}
