//! The words on the canvas. They come from the page's word file through one function, so that the drawing holds no
//! sentence of its own; figures are put in already written out.

use crate::protocol::frame::{Gauges, Life, Standing};
use headroom_core::metrics::written;

/// Looks a sentence up by its key and fills in figures by name.
pub type Say = fn(key: &str, figures: &[(&str, String)]) -> String;

/// The words of the scene.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    say: Say,
}

impl Words {
    /// The words that `say` knows.
    pub fn new(say: Say) -> Self {
        Self { say }
    }

    /// A sentence without figures.
    pub fn plain(&self, key: &str) -> String {
        (self.say)(key, &[])
    }

    /// "1,200 /s"
    pub fn rate(&self, per_second: f64) -> String {
        (self.say)("scene-rate", &[("rate", number(per_second))])
    }

    /// "80 % busy"
    pub fn busy(&self, share: f64) -> String {
        (self.say)("scene-busy", &[("percent", number(share * 100.0))])
    }

    /// "35 % · 4,012 wait"
    pub fn busy_waiting(&self, share: f64, waiting: f64) -> String {
        (self.say)("scene-busy-waiting", &[("percent", number(share * 100.0)), ("count", number(waiting))])
    }

    /// "500 of 2,000 keys"; "2,000 keys" once they are all there.
    pub fn keys(&self, keys: f64, capacity: f64) -> String {
        let key = if keys < capacity { "scene-keys" } else { "scene-keys-full" };
        (self.say)(key, &[("keys", number(keys)), ("capacity", number(capacity))])
    }

    /// "3 busy, 7/100 open", or "7 of 100 busy" where all open ones are; without a most, only how many. Short enough
    /// for a card.
    pub fn connections(&self, open: f64, busy: f64, most: f64) -> String {
        let key = if most <= 0.0 {
            "scene-calls"
        } else if open > busy {
            "scene-connected"
        } else {
            "scene-connections"
        };
        (self.say)(key, &[("open", number(open)), ("busy", number(busy)), ("most", number(most))])
    }

    /// "pool 15 of 15 · full"
    pub fn pool(&self, gauges: &Gauges) -> String {
        let full = gauges.pool_in_use >= gauges.pool_limit;
        if full && gauges.pool_waiting > 0.0 {
            return (self.say)("scene-pool-waiting", &[("count", number(gauges.pool_waiting))]);
        }
        let key = if full { "scene-pool-full" } else { "scene-pool" };
        (self.say)(key, &[("used", number(gauges.pool_in_use)), ("most", number(gauges.pool_limit))])
    }

    /// "4 are waiting"
    pub fn waiting(&self, number_waiting: f64) -> String {
        let key = if number_waiting == 1.0 { "scene-waiting-one" } else { "scene-waiting" };
        (self.say)(key, &[("count", number(number_waiting))])
    }

    /// "64 wait"
    pub fn waiting_short(&self, number_waiting: f64) -> String {
        (self.say)("scene-waiting-short", &[("count", number(number_waiting))])
    }

    /// "6 ms to go"
    pub fn to_go(&self, micros: f64) -> String {
        (self.say)("scene-to-go", &[("time", duration(micros))])
    }

    /// "idle"
    pub fn idle(&self) -> String {
        self.plain("scene-idle")
    }

    /// "1 down", of several.
    pub fn some_dead(&self, dead: u32) -> String {
        (self.say)("scene-some-dead", &[("count", dead.to_string())])
    }

    /// What balancers think of an instance.
    pub fn standing(&self, standing: Standing) -> String {
        self.plain(match standing {
            Standing::In => "scene-ready",
            Standing::StartingSlowly => "scene-starting-slowly",
            Standing::Unhealthy => "scene-unhealthy",
            Standing::Ejected => "scene-ejected",
            Standing::Panics => "scene-panics",
        })
    }

    /// What an instance that takes no calls is doing.
    pub fn life(&self, life: Life) -> String {
        self.plain(match life {
            Life::Starting => "scene-starting",
            Life::Ready => "scene-ready",
            Life::Draining => "scene-draining",
            Life::Gone => "scene-gone",
            Life::Dead => "scene-dead",
        })
    }

    /// "App 2", or "App 4 to 51" for a folded card.
    pub fn card(&self, label: &str, replicas: u32, slot: u32, slots: u32) -> String {
        match (replicas, slots) {
            (..=1, _) => label.to_owned(),
            (_, 1) => format!("{label} {}", slot + 1),
            _ => {
                let figures = [
                    ("name", label.to_owned()),
                    ("first", (slot + 1).to_string()),
                    ("last", (slot + slots).to_string()),
                ];
                (self.say)("scene-folded", &figures)
            }
        }
    }

    /// What the width of a band is, and on how many requests it was counted.
    pub fn bands(&self, exponent: u32) -> String {
        let key = if exponent == 0 { "scene-bands-all" } else { "scene-bands" };
        (self.say)(key, &[("count", number(2.0_f64.powi(exponent as i32)))])
    }

    /// "1 mark = 32 requests", with "travel drawn slower than real" where it is.
    pub fn scale(&self, exponent: u32, stretched: bool) -> String {
        let key = if exponent == 0 { "scene-scale-one" } else { "scene-scale" };
        let scale = (self.say)(key, &[("count", number(2.0_f64.powi(exponent as i32)))]);
        if stretched { format!("{scale} · {}", self.plain("scene-stretched")) } else { scale }
    }
}

/// A whole number with separators: "1,200".
pub fn number(value: f64) -> String {
    let sign = if value <= -0.5 { "-" } else { "" };
    format!("{sign}{}", written::thousands(&format!("{:.0}", value.abs())))
}

/// A length of time in the unit that suits it: "0.4 ms", "6 ms", "1.2 s".
pub fn duration(micros: f64) -> String {
    let millis = micros / 1_000.0;
    match millis {
        ms if ms < 0.95 => format!("{:.1} ms", ms.max(0.0)),
        ms if ms < 9.95 => format!("{ms:.1} ms").replace(".0 ms", " ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 9_950.0 => format!("{:.1} s", ms / 1_000.0),
        ms => format!("{:.0} s", ms / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_separated() {
        let cases = [
            (0.0, "0"),
            (999.4, "999"),
            (1_200.0, "1,200"),
            (1_234_567.0, "1,234,567"),
            (-1_000.0, "-1,000"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        let cases = [
            (400.0, "0.4 ms"),
            (6_000.0, "6 ms"),
            (6_400.0, "6.4 ms"),
            (52_300.0, "52 ms"),
            (1_000_000.0, "1.0 s"),
            (12_000_000.0, "12 s"),
        ];
        for (micros, text) in cases {
            assert_eq!(duration(micros), text);
        }
    }
}
