//! Guesses which name was meant.

/// The candidate most like `text`, as a question, if one is alike enough.
pub(in crate::scenario) fn did_you_mean<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    // Names are short. What somebody pasted need not be compared letter by letter.
    if text.len() > 64 {
        return None;
    }
    let (distance, best) = candidates
        .into_iter()
        .map(|candidate| (edits(&text.to_ascii_lowercase(), candidate), candidate))
        .min_by_key(|&(distance, _)| distance)?;
    let alike = distance <= 1 + best.chars().count() / 4 || (text.len() >= 3 && best.contains(text));
    alike.then(|| format!("did you mean `{best}`?"))
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour to make one text the other
/// (optimal string alignment). Time and memory: the product of both lengths.
fn edits(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut cost = vec![vec![0; to.len() + 1]; from.len() + 1];
    for row in 0..=from.len() {
        for column in 0..=to.len() {
            if row == 0 || column == 0 {
                cost[row][column] = row + column;
                continue;
            }
            let replaced = cost[row - 1][column - 1] + usize::from(from[row - 1] != to[column - 1]);
            let mut least = replaced.min(cost[row - 1][column] + 1).min(cost[row][column - 1] + 1);
            let swapped =
                row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            if swapped {
                least = least.min(cost[row - 2][column - 2] + 1);
            }
            cost[row][column] = least;
        }
    }
    cost[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_count_letters() {
        for (from, to, count) in
            [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("cahce", "cache", 1), ("lru", "lru", 0)]
        {
            assert_eq!(edits(from, to), count, "{from} {to}");
            assert_eq!(edits(to, from), count, "{to} {from}");
        }
    }

    #[test]
    fn only_likely_names_are_suggested() {
        let names = ["capacity", "latency", "ttl", "max_connections"];
        for (text, guess) in [
            ("capcity", Some("capacity")),
            ("Latency", Some("latency")),
            ("connections", Some("max_connections")),
            ("ttk", Some("ttl")),
            ("colour", None),
            ("", None),
        ] {
            let expected = guess.map(|name| format!("did you mean `{name}`?"));
            assert_eq!(did_you_mean(text, names), expected, "{text}");
        }
    }
}
