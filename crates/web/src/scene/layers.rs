//! Columns of the drawing: which nodes stand side by side, and in which order.
//!
//! A node's column is its longest path from a node that nobody calls, so callers always stand before callees.
//! Links that close a cycle (found by depth-first search in file order) do not count. Within a column, nodes are
//! ordered by the mean position of their callers, ties in file order. O(nodes x links).

use headroom_core::sort;

/// Node indices by column. Every node appears exactly once.
pub fn assign(nodes: usize, links: &[(u16, u16)]) -> Vec<Vec<u16>> {
    let forward = without_cycles(nodes, links);
    let mut depth = vec![0_usize; nodes];
    // A longest path has at most `nodes` links, so this many rounds settle it.
    for _ in 0..nodes {
        for &(from, to) in &forward {
            depth[usize::from(to)] = depth[usize::from(to)].max(depth[usize::from(from)] + 1);
        }
    }
    let mut columns = vec![Vec::new(); depth.iter().max().map_or(0, |deepest| deepest + 1)];
    for (node, &column) in depth.iter().enumerate() {
        columns[column].push(node as u16);
    }
    for column in 1..columns.len() {
        order_by_callers(column, &mut columns, &forward);
    }
    columns
}

fn order_by_callers(column: usize, columns: &mut [Vec<u16>], links: &[(u16, u16)]) {
    let before: Vec<u16> = columns[..column].iter().flatten().copied().collect();
    let place = |node: u16| {
        let row = |node: u16| columns[..column].iter().find_map(|each| each.iter().position(|&n| n == node));
        let callers: Vec<usize> = links
            .iter()
            .filter(|&&(from, to)| to == node && before.contains(&from))
            .filter_map(|&(from, _)| row(from))
            .collect();
        callers.iter().sum::<usize>() as f64 / callers.len().max(1) as f64
    };
    let mut keyed: Vec<(f64, u16)> = columns[column].iter().map(|&node| (place(node), node)).collect();
    sort::by_key(&mut keyed, |&(place, node)| (sort::Total(place), node));
    columns[column] = keyed.into_iter().map(|(_, node)| node).collect();
}

/// The links that remain when those closing a cycle are left out.
pub fn without_cycles(nodes: usize, links: &[(u16, u16)]) -> Vec<(u16, u16)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let inside = |node: u16| usize::from(node) < nodes;
    let links: Vec<(u16, u16)> =
        links.iter().copied().filter(|&(a, b)| inside(a) && inside(b) && a != b).collect();
    let mut marks = vec![Mark::New; nodes];
    let mut kept = Vec::new();
    for start in 0..nodes {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut path = vec![(start, 0_usize)];
        while let Some((node, next)) = path.pop() {
            match links.iter().enumerate().skip(next).find(|(_, link)| usize::from(link.0) == node) {
                None => marks[node] = Mark::Done,
                Some((index, &(from, to))) => {
                    path.push((node, index + 1));
                    if marks[usize::from(to)] != Mark::Open {
                        kept.push((from, to));
                    }
                    if marks[usize::from(to)] == Mark::New {
                        marks[usize::from(to)] = Mark::Open;
                        path.push((usize::from(to), 0));
                    }
                }
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_the_first_labs() {
        // (nodes, links, columns)
        type Case = (usize, &'static [(u16, u16)], &'static [&'static [u16]]);
        let cases: &[Case] = &[
            (2, &[(0, 1)], &[&[0], &[1]]),
            (4, &[(0, 1), (1, 2), (2, 3)], &[&[0], &[1], &[2], &[3]]),
            (5, &[(0, 1), (1, 2), (2, 3), (2, 4)], &[&[0], &[1], &[2], &[3, 4]]),
            // A short cut does not pull a node forward.
            (3, &[(0, 2), (0, 1), (1, 2)], &[&[0], &[1], &[2]]),
            // Order in the file does not matter for columns.
            (3, &[(2, 0), (0, 1)], &[&[2], &[0], &[1]]),
            // A cycle and a self-call end.
            (3, &[(0, 1), (1, 2), (2, 1), (1, 1)], &[&[0], &[1], &[2]]),
            // Nodes stand beside their callers.
            (5, &[(0, 1), (0, 2), (1, 4), (2, 3)], &[&[0], &[1, 2], &[4, 3]]),
            (0, &[], &[]),
        ];
        for (nodes, links, columns) in cases {
            assert_eq!(assign(*nodes, links), *columns, "{links:?}");
        }
    }

    #[test]
    fn links_to_nowhere_are_left_out() {
        assert_eq!(assign(1, &[(0, 7), (7, 0)]), vec![vec![0]]);
    }
}
