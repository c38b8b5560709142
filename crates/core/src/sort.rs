//! Sorting the short lists that are sorted now and then: requests to remember, actions, problems.
//!
//! A merge sort of places, of which there is one for all types. The standard library makes one of its own for every
//! type and key, fast on millions of items and 4 KB of WebAssembly each, which a page downloads. Stable. Costs: n log n
//! comparisons by an indirect call, and two numbers of memory per item.

use std::cmp::Ordering;

/// Sorts by a key; what has equal keys keeps its order.
pub fn by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    let mut sources = places(list.len(), &|one, other| key(&list[one]) <= key(&list[other]));
    // Place by place gets what belongs there; what stood there goes where the next of the cycle is taken from.
    for start in 0..list.len() {
        let mut at = start;
        while sources[at] != start {
            let source = std::mem::replace(&mut sources[at], at);
            list.swap(at, source);
            at = source;
        }
        sources[at] = at;
    }
}

/// A float as a key, in the order of [`f64::total_cmp`].
#[derive(Clone, Copy, Debug)]
pub struct Total(pub f64);

impl Ord for Total {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Total {}

/// For each place in the sorted list, the place where its item is now. `in_order` tells whether an item may stand
/// before a later one.
fn places(count: usize, in_order: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    let mut run = 1;
    while run < count {
        merged.clear();
        for pair in sorted.chunks(2 * run) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            while let ([one, ..], [other, ..]) = (left, right) {
                let first = if in_order(*one, *other) { &mut left } else { &mut right };
                merged.push(first[0]);
                *first = &first[1..];
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut sorted, &mut merged);
        run *= 2;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::by_key;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_sorted_as_the_standard_library_sorts_them(keys in prop::collection::vec(0u8..20, 0..200)) {
            let mut list: Vec<(u8, usize)> = keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
            let mut expected = list.clone();
            expected.sort_by_key(|(key, _)| *key);
            by_key(&mut list, |(key, _)| *key);
            prop_assert_eq!(list, expected);
        }
    }
}
