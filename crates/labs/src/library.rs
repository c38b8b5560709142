//! Where labs are kept: those the program carries, and those it was brought.
//!
//! A native program carries all of them. The page carries the first, which its home page shows alive, and is brought
//! each other one, as the file that [`every_file`] has for it, when it is opened: a course grows without what
//! every visit downloads. What was brought stays until the program ends. Costs: a lab is read once, 2 to 8 KB.

use crate::Lab;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A lab that was brought, and the bytes it was read from.
type Brought = (&'static Lab, &'static [u8]);

static BROUGHT: Mutex<Vec<Brought>> = Mutex::new(Vec::new());

/// The lab with this id, if it is at hand.
pub fn lab(id: &str) -> Option<&'static Lab> {
    let carried = carried().iter().find(|lab| lab.id == id);
    carried.or_else(|| {
        let brought = BROUGHT.lock().unwrap_or_else(PoisonError::into_inner);
        brought.iter().map(|(lab, _)| *lab).find(|lab| lab.id == id)
    })
}

/// All labs, in course order.
#[cfg(not(target_arch = "wasm32"))]
pub fn labs() -> &'static [Lab] {
    carried()
}

/// Each lab's file, by id: what [`bring`] takes.
#[cfg(not(target_arch = "wasm32"))]
pub fn every_file() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    carried().iter().map(|lab| lab.id.as_str()).zip(CARRIED.iter().copied())
}

/// Takes a lab in, and keeps it.
///
/// # Errors
/// Where the bytes are not those of a lab; nothing is kept of them.
pub fn bring(bytes: Vec<u8>) -> Result<&'static Lab, headroom_wire::Damaged> {
    let read: Lab = headroom_wire::from_bytes(&bytes)?;
    if let Some(known) = lab(&read.id) {
        return Ok(known);
    }
    let (lab, bytes): Brought = (Box::leak(Box::new(read)), bytes.leak());
    BROUGHT.lock().unwrap_or_else(PoisonError::into_inner).push((lab, bytes));
    Ok(lab)
}

/// The files of what was brought, from number `first` on, in the order in which they came.
pub fn brought_since(first: usize) -> Vec<&'static [u8]> {
    let brought = BROUGHT.lock().unwrap_or_else(PoisonError::into_inner);
    brought.iter().skip(first).map(|(_, bytes)| *bytes).collect()
}

#[allow(clippy::expect_used)]
fn carried() -> &'static [Lab] {
    static LABS: OnceLock<Vec<Lab>> = OnceLock::new();
    LABS.get_or_init(|| {
        let read = |bytes: &&[u8]| {
            headroom_wire::from_bytes(bytes).expect("the build script writes what this type reads")
        };
        CARRIED.iter().map(read).collect()
    })
}

/// As the build script wrote them: in course order.
const ALL: &[&[u8]] = &include!(concat!(env!("OUT_DIR"), "/labs.rs"));

#[cfg(not(target_arch = "wasm32"))]
const CARRIED: &[&[u8]] = ALL;
#[cfg(target_arch = "wasm32")]
const CARRIED: &[&[u8]] = &[ALL[0]];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_brought_is_at_hand_and_kept_once() {
        let mut lab = labs()[1].clone();
        lab.id = "brought".to_owned();
        let bytes = headroom_wire::to_bytes(&lab);
        assert_eq!(super::lab("brought"), None);
        for _ in 0..2 {
            assert_eq!(bring(bytes.clone()), Ok(&lab));
            assert_eq!(super::lab("brought"), Some(&lab));
            assert_eq!(brought_since(0), [&bytes[..]]);
        }
        assert!(bring(bytes[..bytes.len() / 2].to_vec()).is_err());
        assert_eq!(brought_since(1), [&[] as &[u8]; 0]);
    }

    #[test]
    fn every_lab_has_its_file() {
        for (lab, (id, file)) in labs().iter().zip(every_file()) {
            assert_eq!((lab.id.as_str(), headroom_wire::from_bytes(file)), (id, Ok(lab.clone())));
        }
    }
}
