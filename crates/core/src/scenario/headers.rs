//! Headers and cookies: what a request says of itself beside its path, as far as balancers choose by it. A release for a
//! few (a canary) goes by them: by a header that some requests carry, or by a cookie that some users have.
//!
//! A header is a request's: each carries it or not. A cookie is a user's: all requests of a user carry it, or none. Which
//! ones do is a keyed draw, so that a larger share only adds to them. A balancer passes both on. Left out: cookies that
//! answers set, other servers, which carry none, and headers that are alike in part.

use serde::Serialize;

use super::read::{Field, Fields, quoted};

/// A header that a share of the requests carries.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct HeaderShare {
    /// The header: `x-version: beta`.
    pub header: String,
    /// The share of requests that carry it. 0 to 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0), extend("x-step" = 0.01)))]
    pub share: f64,
}

/// A cookie that a share of the users has.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct CookieShare {
    /// The cookie: `group=beta`.
    pub cookie: String,
    /// The share of users who have it. 0 to 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0), extend("x-step" = 0.01)))]
    pub share: f64,
}

impl HeaderShare {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let header = fields.required("header", "the header", read_header);
        let share = fields.required("share", "the share of requests that carry it", |field| field.share());
        Some(Self { header: header?, share: share? })
    }
}

impl CookieShare {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let cookie = fields.required("cookie", "the cookie", read_cookie);
        let share = fields.required("share", "the share of users who have it", |field| field.share());
        Some(Self { cookie: cookie?, share: share? })
    }
}

/// `x-version: beta`
pub(super) fn read_header(field: Field<'_>) -> Option<String> {
    read(
        field,
        ": ",
        "header; write its name in small letters, a colon, a space and its value",
        "x-version: beta",
    )
}

/// `group=beta`
pub(super) fn read_cookie(field: Field<'_>) -> Option<String> {
    read(field, "=", "cookie; write its name in small letters, an equals sign and its value", "group=beta")
}

fn read(field: Field<'_>, between: &str, what: &str, such_as: &str) -> Option<String> {
    let text = field.text()?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let is_value = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fits = text.split_once(between).is_some_and(|(name, value)| {
        !name.is_empty() && name.chars().all(is_name) && !value.is_empty() && value.chars().all(is_value)
    });
    if fits && text.chars().count() <= 80 {
        return Some(text);
    }
    field.reject(format!("{} is no {what}, such as \"{such_as}\"", quoted(&text)))
}
