//! A layered drawing of a large system: which place each node has in its column, and where links bend around others.
//!
//! After Sugiyama, Tagawa and Toda (1981): nodes by columns, a bend for each column that a link passes, order within
//! columns by the mean place of the neighbours, sweeping there and back; of all sweeps the one with the fewest
//! crossings is kept (Gansner and others, 1993). Heights follow by sweeps too: each column takes the places nearest to
//! where its neighbours want it, in its order and without overlap, by pooling adjacent violators (Barlow and others,
//! 1972). O(sweeps x (links log nodes + links^2 for counting crossings)): 60 nodes take about a millisecond.

/// How often the order is swept there and back.
const SWEEPS: usize = 12;

/// How often the heights are.
const SETTLINGS: usize = 16;

/// Columns of vertices from top to bottom, and their middles. The first vertices are the nodes, then come bends.
#[derive(Clone, Debug, PartialEq)]
pub struct Layered {
    /// Vertices by column, in order.
    pub columns: Vec<Vec<usize>>,
    /// Middle of each vertex, from the top.
    pub middles: Vec<f64>,
    /// Bends of each link, in the order of the links.
    pub bends: Vec<Vec<usize>>,
    /// Column of each vertex.
    pub column_of: Vec<usize>,
}

/// Lays out nodes of these `heights` in these columns, `apart` from one another, joined by `links` that run forward.
pub fn layered(columns: &[Vec<u16>], links: &[(u16, u16)], heights: &[f64], apart: f64) -> Layered {
    let mut drawing = vertices(columns, links, heights.len());
    let (before, after) = neighbours(&drawing, links);
    order(&mut drawing, &before, &after);
    settle(&mut drawing, &before, &after, heights, apart);
    drawing
}

/// A vertex for each node, and one for each column that a link passes by.
fn vertices(columns: &[Vec<u16>], links: &[(u16, u16)], nodes: usize) -> Layered {
    let mut column_of = vec![0; nodes];
    for (column, members) in columns.iter().enumerate() {
        members.iter().for_each(|&node| column_of[usize::from(node)] = column);
    }
    let mut columns: Vec<Vec<usize>> =
        columns.iter().map(|members| members.iter().map(|&node| usize::from(node)).collect()).collect();
    let mut bends = Vec::new();
    for &(from, to) in links {
        let between = column_of[usize::from(from)] + 1..column_of[usize::from(to)];
        let mut own = Vec::new();
        for column in between {
            own.push(column_of.len());
            columns[column].push(column_of.len());
            column_of.push(column);
        }
        bends.push(own);
    }
    Layered { columns, middles: vec![0.0; column_of.len()], bends, column_of }
}

type Neighbours = Vec<Vec<usize>>;

/// Who stands before and after each vertex.
fn neighbours(drawing: &Layered, links: &[(u16, u16)]) -> (Neighbours, Neighbours) {
    let mut before = vec![Vec::new(); drawing.column_of.len()];
    let mut after = before.clone();
    for (&(from, to), bends) in links.iter().zip(&drawing.bends) {
        let mut last = usize::from(from);
        for &next in bends.iter().chain(&[usize::from(to)]) {
            after[last].push(next);
            before[next].push(last);
            last = next;
        }
    }
    (before, after)
}

/// Sweeps there and back and keeps the best order.
fn order(drawing: &mut Layered, before: &Neighbours, after: &Neighbours) {
    let mut best = (crossings(&drawing.columns, after), drawing.columns.clone());
    for sweep in 0..2 * SWEEPS {
        let there = sweep % 2 == 0;
        let count = drawing.columns.len();
        for step in 1..count {
            let (column, fixed) = if there { (step, step - 1) } else { (count - 1 - step, count - step) };
            let fixed = drawing.columns[fixed].clone();
            let place = places(&fixed);
            let wanted = |vertex: usize| if there { &before[vertex] } else { &after[vertex] };
            let mut keyed: Vec<(f64, usize)> = drawing.columns[column]
                .iter()
                .enumerate()
                .map(|(own, &vertex)| {
                    let of: Vec<f64> = wanted(vertex).iter().filter_map(|each| place(*each)).collect();
                    (mean(&of).unwrap_or(own as f64), vertex)
                })
                .collect();
            by_mean(&mut keyed);
            drawing.columns[column] = keyed.into_iter().map(|(_, vertex)| vertex).collect();
        }
        let crossing = crossings(&drawing.columns, after);
        if crossing < best.0 {
            best = (crossing, drawing.columns.clone());
        }
    }
    drawing.columns = best.1;
}

/// A column is short, so each is moved up as far as it goes; equals keep their order.
fn by_mean(keyed: &mut [(f64, usize)]) {
    for index in 1..keyed.len() {
        let before = |place: &usize| keyed[*place].0 <= keyed[index].0;
        let place = (0..index).rev().find(before).map_or(0, |place| place + 1);
        keyed[place..=index].rotate_right(1);
    }
}

fn places(column: &[usize]) -> impl Fn(usize) -> Option<f64> + '_ {
    move |vertex| column.iter().position(|&each| each == vertex).map(|place| place as f64)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// How many pairs of lines between neighbouring columns cross.
pub fn crossings(columns: &[Vec<usize>], after: &[Vec<usize>]) -> usize {
    let mut count = 0;
    for pair in columns.windows(2) {
        let place = places(&pair[1]);
        let lines: Vec<(usize, f64)> = pair[0]
            .iter()
            .enumerate()
            .flat_map(|(from, &vertex)| after[vertex].iter().map(move |&to| (from, to)))
            .filter_map(|(from, to)| Some((from, place(to)?)))
            .collect();
        for (index, a) in lines.iter().enumerate() {
            count += lines[index + 1..].iter().filter(|b| a.0 < b.0 && a.1 > b.1).count();
        }
    }
    count
}

/// Heights: each column in turn as near to its neighbours as its order allows.
fn settle(drawing: &mut Layered, before: &Neighbours, after: &Neighbours, heights: &[f64], apart: f64) {
    // A bend needs room for its line only.
    let height = |vertex: usize| heights.get(vertex).copied().unwrap_or(0.0);
    let gap = |a: usize, b: usize| (height(a) + height(b)) / 2.0 + apart;
    for column in &drawing.columns {
        let mut y = 0.0;
        for (index, &vertex) in column.iter().enumerate() {
            y += if index > 0 { gap(column[index - 1], vertex) } else { 0.0 };
            drawing.middles[vertex] = y;
        }
    }
    for settling in 0..SETTLINGS {
        let count = drawing.columns.len();
        for step in 0..count {
            let column = if settling % 2 == 0 { step } else { count - 1 - step };
            let column = &drawing.columns[column];
            let mut down = 0.0;
            let mut wanted = Vec::new();
            let mut downs = Vec::new();
            for (index, &vertex) in column.iter().enumerate() {
                down += if index > 0 { gap(column[index - 1], vertex) } else { 0.0 };
                let of: Vec<f64> =
                    before[vertex].iter().chain(&after[vertex]).map(|&each| drawing.middles[each]).collect();
                wanted.push(mean(&of).unwrap_or(drawing.middles[vertex]) - down);
                downs.push(down);
            }
            for ((&vertex, place), down) in column.iter().zip(rising(&wanted)).zip(downs) {
                drawing.middles[vertex] = place + down;
            }
        }
    }
    let top = (0..drawing.middles.len()).map(|vertex| drawing.middles[vertex] - height(vertex) / 2.0);
    let top = top.fold(f64::INFINITY, f64::min);
    drawing.middles.iter_mut().for_each(|middle| *middle -= top);
}

/// The rising sequence nearest to the wanted one in the sum of squares.
fn rising(wanted: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for &value in wanted {
        let mut pool = (value, 1);
        while let Some(&(last, size)) = pools.last().filter(|last| last.0 > pool.0) {
            pools.pop();
            pool = ((last * size as f64 + pool.0 * pool.1 as f64) / (size + pool.1) as f64, size + pool.1);
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(value, size)| std::iter::repeat_n(value, size)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_untangled() {
        // Two columns joined crosswise, and a link that passes a column by.
        let columns = vec![vec![0, 1, 2], vec![3, 4, 5], vec![6]];
        let links = [(0, 5), (1, 4), (2, 3), (3, 6), (0, 6)];
        let drawing = layered(&columns, &links, &[40.0; 7], 10.0);
        let (_, after) = neighbours(&drawing, &links);
        assert_eq!(crossings(&drawing.columns, &after), 0, "{drawing:?}");
        assert_eq!(drawing.bends.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
    }

    #[test]
    fn a_rising_sequence_is_the_nearest_one() {
        let cases: [(&[f64], &[f64]); 4] = [
            (&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]),
            (&[3.0, 1.0], &[2.0, 2.0]),
            (&[1.0, 4.0, 2.0, 0.0, 9.0], &[1.0, 2.0, 2.0, 2.0, 9.0]),
            (&[], &[]),
        ];
        for (wanted, nearest) in cases {
            assert_eq!(rising(wanted), nearest);
        }
    }

    proptest! {
        /// Whatever the system: everybody has a place, nobody stands on another, crossings are never more than before.
        #[test]
        fn any_system_is_laid_out(links in prop::collection::vec((0u16..30, 0u16..30), 0..80)) {
            let links: Vec<(u16, u16)> = links.into_iter().filter(|(a, b)| a < b).collect();
            let columns = crate::scene::layers::assign(30, &links);
            let heights = [60.0; 30];
            let drawing = layered(&columns, &links, &heights, 20.0);
            let placed: usize = drawing.columns.iter().map(Vec::len).sum();
            prop_assert_eq!(placed, drawing.column_of.len());
            for column in &drawing.columns {
                for pair in column.windows(2) {
                    let height = |vertex: usize| heights.get(vertex).copied().unwrap_or(0.0);
                    let apart = (height(pair[0]) + height(pair[1])) / 2.0 + 20.0;
                    prop_assert!(drawing.middles[pair[1]] - drawing.middles[pair[0]] >= apart - 1e-6);
                }
            }
            let plain = vertices(&columns, &links, 30);
            let (_, after) = neighbours(&plain, &links);
            prop_assert!(crossings(&drawing.columns, &after) <= crossings(&plain.columns, &after));
        }
    }
}
