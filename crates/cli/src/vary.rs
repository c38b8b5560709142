//! `--vary PATH=VALUE,...`: from settings and their values to the variants of a comparison.

use crate::failure::Failure;
use crate::source::setting_of;
use headroom_core::scenario::Value;
use headroom_core::session::compare::Variant;

/// More would be a grid, not a comparison.
const MOST: usize = 64;

/// Every combination of the values, the first value of each option first.
pub(crate) fn variants(options: &[String]) -> Result<Vec<Variant>, Failure> {
    let settings: Vec<Vec<Variant>> =
        options.iter().map(|option| values(option)).collect::<Result<_, _>>()?;
    let mut variants = vec![Variant { name: String::new(), changes: Vec::new(), actions: Vec::new() }];
    for values in &settings {
        if variants.len() * values.len() > MOST {
            return Err(Failure::Unusable(format!("--vary: more than {MOST} variants; give fewer values")));
        }
        variants =
            variants.iter().flat_map(|variant| values.iter().map(|value| both(variant, value))).collect();
    }
    if variants.len() == 1 {
        variants.insert(0, Variant { name: "as it is".to_owned(), changes: Vec::new(), actions: Vec::new() });
    }
    Ok(variants)
}

fn both(one: &Variant, other: &Variant) -> Variant {
    let between = if one.name.is_empty() { "" } else { ", " };
    let changes = one.changes.iter().chain(&other.changes).cloned().collect();
    Variant { name: format!("{}{between}{}", one.name, other.name), changes, actions: Vec::new() }
}

/// One option: a variant for each value.
fn values(option: &str) -> Result<Vec<Variant>, Failure> {
    let (path, first) = setting_of("--vary", option)?;
    // What stands behind the path, as it was typed.
    let typed = option.trim_start()[path.len()..].trim_start().trim_start_matches('=');
    let parts = split(typed);
    if parts.len() == 1 {
        return Ok(vec![variant(&path, typed, first)]);
    }
    let one = |part: &&str| {
        let (_, value) = setting_of("--vary", &format!("{path}={part}"))?;
        Ok(variant(&path, part, value))
    };
    parts.iter().map(one).collect()
}

fn variant(path: &str, typed: &str, value: Value) -> Variant {
    Variant {
        name: format!("{path} = {}", typed.trim()),
        changes: vec![(path.to_owned(), value)],
        actions: Vec::new(),
    }
}

/// The parts between commas that stand in no bracket and no quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0_i32, false, 0, Vec::new());
    for (place, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_variants() {
        for (options, names) in [
            (
                vec!["nodes.lb.algorithm=random, round-robin"],
                vec!["nodes.lb.algorithm = random", "nodes.lb.algorithm = round-robin"],
            ),
            (vec!["nodes.app.cores=8"], vec!["as it is", "nodes.app.cores = 8"]),
            (
                vec!["a.b=1,2", "c.d=3,4"],
                vec!["a.b = 1, c.d = 3", "a.b = 1, c.d = 4", "a.b = 2, c.d = 3", "a.b = 2, c.d = 4"],
            ),
            (
                vec!["a.t={ mean = \"1ms\", cv = 1 }, {mean=\"2ms\"}"],
                vec!["a.t = { mean = \"1ms\", cv = 1 }", "a.t = {mean=\"2ms\"}"],
            ),
            (
                vec!["links.\"a=b, c\".latency=1ms,2ms"],
                vec!["links.\"a=b, c\".latency = 1ms", "links.\"a=b, c\".latency = 2ms"],
            ),
        ] {
            let options: Vec<String> = options.into_iter().map(str::to_owned).collect();
            let found: Vec<String> =
                variants(&options).unwrap().into_iter().map(|variant| variant.name).collect();
            assert_eq!(found, names, "{options:?}");
        }
    }

    #[test]
    fn a_grid_is_refused() {
        let options = ["a.b=1,2,3,4,5,6,7,8,9".to_owned(), "c.d=1,2,3,4,5,6,7,8".to_owned()];
        assert!(variants(&options).is_err());
        assert!(variants(&["nodes.app.cores".to_owned()]).is_err());
    }
}
