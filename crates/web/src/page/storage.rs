//! The browser's local storage; memory where that is refused (private windows, embeds without permission).

use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// What was kept under `key`.
pub fn get(key: &str) -> Option<String> {
    let stored = local().and_then(|storage| storage.get_item(key).ok().flatten());
    stored.or_else(|| MEMORY.with_borrow(|memory| memory.get(key).cloned()))
}

/// Keeps `value` under `key`, for this visit at least.
pub fn set(key: &str, value: &str) {
    MEMORY.with_borrow_mut(|memory| memory.insert(key.to_owned(), value.to_owned()));
    if let Some(storage) = local() {
        // A full or forbidden storage leaves the value in memory.
        let _ = storage.set_item(key, value);
    }
}

/// Whether what is kept outlives this visit.
pub fn lasts() -> bool {
    local().is_some()
}

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
