//! Which path a request asks for: drawn for the request itself, so that it asks for the same one in every variant of a
//! system. O(paths) a request; clients without paths draw nothing.

use crate::scenario::{Clients as Spec, number_of};
use crate::sim::random::{Salt, unit};

/// The paths of some clients.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    luck: Salt,
    /// Where each path's part of the shares ends, and its number.
    ends: Vec<(f64, u8)>,
}

impl Paths {
    /// `known` are all paths of the system.
    pub(super) fn new(luck: Salt, spec: &Spec, known: &[&str]) -> Paths {
        let numbers = spec.paths.iter().map(|of| (0.0, number_of(known, &of.path)));
        let mut paths = Paths { luck, ends: numbers.collect() };
        paths.reconfigure(spec);
        paths
    }

    /// Other shares of the same paths.
    pub(super) fn reconfigure(&mut self, spec: &Spec) {
        let mut end = 0.0;
        for (place, of) in self.ends.iter_mut().zip(&spec.paths) {
            end += of.share;
            place.0 = end;
        }
    }

    /// The number of the path that a request asks for; 0 if it has none.
    #[inline]
    pub(super) fn of(&self, request: u64) -> u8 {
        if self.ends.is_empty() { 0 } else { self.draw(request) }
    }

    #[inline(never)]
    fn draw(&self, request: u64) -> u8 {
        let all = self.ends.last().map_or(0.0, |(end, _)| *end);
        // Above 0 and at most 1, so that a path whose share is 0 is never drawn.
        let place = unit(self.luck.draw(request)) * all;
        self.ends.iter().find(|(end, _)| place <= *end).map_or(0, |(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{NodeSpec, Scenario};
    use crate::sim::random::{Client, Purpose, root_path};

    fn paths(list: &str) -> Paths {
        let text = format!(
            r#"
            title = "t"
            duration = "1s"
            nodes.clients = {{ kind = "clients", to = "app", arrivals = {{ process = "poisson", rate = 1 }}, paths = {list} }}
            nodes.app = {{ kind = "service", service_time = {{ distribution = "fixed", value = "1ms" }} }}
            "#
        );
        let scenario = Scenario::read(&text).unwrap();
        let NodeSpec::Clients(clients) = &scenario.node("clients").unwrap().spec else { panic!() };
        Paths::new(Salt::new(1, "clients", Purpose::Paths), clients, &scenario.paths())
    }

    /// Shares are weights: 3 of 4 are as 0.75 of 1.
    #[test]
    fn shares_are_relative_and_draws_follow_them() {
        let cases: [(&str, &[f64]); 5] = [
            ("[]", &[1.0]),
            (r#"[{ path = "/a", share = 1 }]"#, &[0.0, 1.0]),
            (r#"[{ path = "/a", share = 0.9 }, { path = "/b", share = 0.1 }]"#, &[0.0, 0.9, 0.1]),
            (r#"[{ path = "/a", share = 30 }, { path = "/b", share = 10 }]"#, &[0.0, 0.75, 0.25]),
            (
                r#"[{ path = "/a", share = 0 }, { path = "/b", share = 1 }, { path = "/c", share = 0 }]"#,
                &[0.0, 0.0, 1.0, 0.0],
            ),
        ];
        let draws = 100_000;
        for (list, expected) in cases {
            let (paths, mut seen) = (paths(list), vec![0_u32; expected.len()]);
            for ordinal in 0..draws {
                seen[usize::from(paths.of(root_path(Client::new("clients"), ordinal)))] += 1;
            }
            for (seen, p) in seen.iter().zip(expected) {
                let (found, deviation) =
                    (f64::from(*seen) / draws as f64, libm::sqrt(p * (1.0 - p) / draws as f64));
                assert!((found - p).abs() <= 4.5 * deviation, "{list}: {found} of {p}");
            }
        }
    }

    /// Common random numbers: more for one path takes requests from the others, and no request changes otherwise.
    #[test]
    fn a_larger_share_only_takes_from_the_others() {
        let [few, many] = ["0.1", "0.4"].map(|share| {
            paths(&format!(
                r#"[{{ path = "/search", share = {share} }}, {{ path = "/pay", share = {} }}]"#,
                if share == "0.1" { 0.9 } else { 0.6 }
            ))
        });
        for ordinal in 0..10_000 {
            let request = root_path(Client::new("clients"), ordinal);
            assert!(few.of(request) >= many.of(request), "a search stays one");
        }
    }
}
