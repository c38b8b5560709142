//! The language of the shell. English is in the program; another one is a file beside it, fetched before the page is
//! drawn. Lessons are in English and say so to whatever reads them aloud.
//!
//! A language is one line in [`LANGUAGES`], a file in `locales/`, and one line for that in `www/index.html`. Leaves out: numbers and dates, which are
//! written the same way everywhere.

use super::{storage, words};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

const KEY: &str = "headroom.language";

/// A language: its code, its name in itself, and whether it is written from the right.
pub type Language = (&'static str, &'static str, bool);

/// All there are, the program's own first.
pub const LANGUAGES: [Language; 2] = [("en", "English", false), ("de", "Deutsch", false)];

/// The chosen one, else the browser's, else English.
fn chosen() -> Language {
    let browsers = || web_sys::window().and_then(|window| window.navigator().language());
    let code = storage::get(KEY).or_else(browsers).unwrap_or_default();
    matching(&code)
}

/// "de-AT" is "de".
fn matching(code: &str) -> Language {
    let family = code.split('-').next().unwrap_or_default();
    LANGUAGES.into_iter().find(|(known, ..)| *known == family).unwrap_or(LANGUAGES[0])
}

thread_local! {
    /// The shell's, once its words are there.
    static SPOKEN: Cell<Language> = const { Cell::new(LANGUAGES[0]) };
}

/// The language the page is in.
pub fn spoken() -> Language {
    SPOKEN.get()
}

/// The language of lessons, where it is another than the shell's.
pub fn of_lessons() -> Option<&'static str> {
    (spoken() != LANGUAGES[0]).then_some(LANGUAGES[0].0)
}

/// Keeps the choice and draws the page anew; what was done stands in its address and in storage.
pub fn choose(code: &str) {
    storage::set(KEY, code);
    if let Some(window) = web_sys::window() {
        // A page that cannot be loaded again speaks the language at its next visit.
        let _ = window.location().reload();
    }
}

/// Has the words ready, other languages' from `folder`, and tells the document which language and direction it is in.
pub async fn prepare(folder: &str) {
    let chosen = chosen();
    // Without its file the page speaks English, as it does for every single word that is missing.
    if chosen != LANGUAGES[0]
        && let Ok(text) = fetch(&format!("{folder}/{}.ftl", chosen.0)).await
    {
        words::adopt(&text);
        SPOKEN.set(chosen);
    }
    let (code, _, from_the_right) = spoken();
    let root = web_sys::window().and_then(|window| window.document()?.document_element());
    if let Some(root) = root {
        // Names of attributes are valid, so this cannot fail.
        let _ = root.set_attribute("lang", code);
        let _ = root.set_attribute("dir", if from_the_right { "rtl" } else { "ltr" });
    }
}

async fn fetch(address: &str) -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(JsValue::NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_language_is_matched_by_its_family() {
        for (code, expected) in [("de", "de"), ("de-AT", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en")] {
            assert_eq!(matching(code).0, expected, "{code}");
        }
    }
}
