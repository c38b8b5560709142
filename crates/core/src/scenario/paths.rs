//! Paths: what part of a system a request asks for, such as `/search` of `https://shop.example/search?q=tea`.
//!
//! Clients say which paths they send and how often, a balancer at layer 7 which servers they go to, a service how long
//! they take. A request's path is drawn when it is sent and goes with every call that is made for it.
//!
//! A route may also go by what else a request carries: see `headers`. Left out: paths that begin alike (a route is for one
//! path as it stands here), and routes by host.

use serde::Serialize;

use super::headers::{read_cookie, read_header};
use super::read::{Field, Fields, quoted};
#[cfg(feature = "schema")]
use super::schema::Text;
use super::{NodeSpec, Scenario, Work};

/// The most paths in one list.
pub(super) const MOST: usize = 20;

/// The most paths of a whole system: their numbers must fit into a byte.
pub(super) const MOST_IN_ALL: usize = 200;

/// A path that clients send requests for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct PathShare {
    /// The path: `/search`.
    #[cfg_attr(feature = "schema", schemars(extend("x-live" = "restart")))]
    pub path: String,
    /// How many requests are for it, compared with the other paths: shares need not add up to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1000.0), extend("x-usual" = [0, 1], "x-step" = 0.01))
    )]
    pub share: f64,
}

/// Where a balancer sends some requests: those for the path, with the header and the cookie that are given here. If
/// several routes fit, the first counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Route {
    /// The path, one of those that clients send. Without it, any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The header, one of those that clients send: `x-version: beta`. Without it, any or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The cookie, one of those that clients have: `group=beta`. Without it, any or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookie: Option<String>,
    /// The nodes that get them.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Vec<Text>", length(min = 1, max = 200), extend("x-live" = "next"))
    )]
    pub to: Vec<String>,
}

/// How long a service works on requests for a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct PathTime {
    /// The path, one of those that clients send.
    pub path: String,
    /// Core time of a request for it.
    pub service_time: Work,
}

impl PathShare {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let path = fields.required("path", "the path", read_path);
        let share =
            fields.required("share", "how many requests are for it", |field| field.number(0.0..=1_000.0, ""));
        Some(Self { path: path?, share: share? })
    }
}

impl Route {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let path = fields.optional("path", read_path);
        let header = fields.optional("header", read_header);
        let cookie = fields.optional("cookie", read_cookie);
        let to = fields.required("to", "a list of the nodes that get its requests", |field| {
            field.some_list(200, "nodes", |item| item.text())
        });
        if !["path", "header", "cookie"].iter().any(|key| fields.has(key)) {
            fields.reject("path", "missing; give a path, a header or a cookie".to_owned());
        }
        Some(Self { path, header, cookie, to: to? })
    }
}

impl PathTime {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let path = fields.required("path", "the path", read_path);
        let time = fields.required("service_time", "the core time of its requests", Work::read);
        Some(Self { path: path?, service_time: time? })
    }
}

/// Paths are parts of the names of figures, in which dots part one key from the next.
fn read_path(field: Field<'_>) -> Option<String> {
    let text = field.text()?;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
    if !text.starts_with('/') || text.chars().count() > 40 || !text.chars().all(fits) {
        let message = format!(
            "{} is no path; begin with /, and use at most 40 letters, digits, `-`, `_` and `/`",
            quoted(&text)
        );
        return field.reject(message);
    }
    Some(text)
}

impl Scenario {
    /// The paths that clients send, in the order of the file. The number of a path is its place here, from 1 on; 0 is
    /// that of requests without one.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = Vec::new();
        for node in &self.nodes {
            let NodeSpec::Clients(clients) = &node.spec else { continue };
            for PathShare { path, .. } in &clients.paths {
                if !paths.contains(&path.as_str()) {
                    paths.push(path);
                }
            }
        }
        paths
    }
}

/// The number of a path; 0 if nobody sends it.
pub fn number_of(paths: &[&str], path: &str) -> u8 {
    paths.iter().position(|known| *known == path).map_or(0, |place| place as u8 + 1)
}
