//! A group of settings in a few words: what one would tell first of clients, servers, a cache, a pool.

use crate::page::format;
use crate::page::store::State;
use crate::page::value;
use crate::page::words::say;
use crate::protocol::Control;

/// The group's most telling settings as they stand now; empty where none is.
pub(super) fn brief(state: &State, controls: &[&Control]) -> String {
    let find = |ends: &str| controls.iter().find(|control| control.path.ends_with(ends));
    let number = |ends: &str| value::number_of(&state.value(&find(ends)?.path)?);
    let shown = |ends: &str, unit: &str| Some(value::shown(&state.value(&find(ends)?.path)?, unit));
    let whole = |number: f64| format::number(number.round());
    let servers = || {
        let (replicas, cores) = (number(".replicas").unwrap_or(1.0), number(".cores")?);
        let key = if cores == 1.0 { "brief-server-of-one" } else { "brief-server" };
        let server = say(key, &[("cores", whole(cores))]);
        let figures = [("replicas", whole(replicas)), ("server", server.clone())];
        Some(if replicas > 1.0 { say("brief-servers", &figures) } else { server })
    };
    let pool = || {
        let figures = [("size", whole(number(".pool_size")?)), ("overflow", whole(number(".max_overflow")?))];
        Some(say("brief-pool", &figures))
    };
    // Reads are worth a word only where there are writes.
    let reads = || number(".reads").filter(|reads| *reads < 1.0);
    let percent = |share: f64| ("percent", whole(share * 100.0));
    // A balancer remembers nothing, unless it is DNS.
    let remembers =
        || find(".layer").is_none_or(|layer| state.value(&layer.path).is_some_and(|layer| layer == "dns"));
    let told: [Option<String>; 8] = [
        number(".arrivals.rate").map(|rate| say("per-second", &[("rate", format::number(rate))])),
        reads().map(|reads| say("brief-reads", &[percent(reads)])),
        // Of a balancer; that of a service's limit is not what one would tell first.
        find(".cores").is_none().then(|| shown(".algorithm", "")).flatten(),
        shown(".policy", ""),
        shown(".ttl", "")
            .filter(|ttl| ttl != "none" && remembers())
            .map(|ttl| say("brief-ttl", &[("time", ttl)])),
        number(".max_connections").map(|most| say("brief-connections", &[("count", whole(most))])),
        find(".max_connections").is_none().then(servers).flatten(),
        pool(),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    match told.as_slice() {
        [] => controls
            .first()
            .and_then(|control| Some(value::shown(&state.value(&control.path)?, "")))
            .unwrap_or_default(),
        told => told.join(" · "),
    }
}
