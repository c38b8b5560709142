//! Where labs are kept, and what people say: what the program carries, and what it was brought.
//!
//! A native program carries all of them. The page carries the first, which its home page shows alive, and is brought
//! each other one, as the file that [`every_file`] has for it, when it is opened: a course grows without what
//! every visit downloads. So are claims and symptoms, when they are wanted. What was brought stays until the program
//! ends. Costs: a lab is read once, 2 to 8 KB.

use crate::{Lab, Sayings};
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

/// The file of [`sayings`]: what [`bring_sayings`] takes.
#[cfg(not(target_arch = "wasm32"))]
pub const SAYINGS_FILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sayings.bin"));

static SAYINGS: OnceLock<Sayings> = OnceLock::new();

/// Claims and symptoms, if they are at hand.
pub fn sayings() -> Option<&'static Sayings> {
    #[cfg(not(target_arch = "wasm32"))]
    // It is tested that they can be read.
    let _ = bring_sayings(SAYINGS_FILE);
    SAYINGS.get()
}

/// Takes claims and symptoms in, and keeps them.
///
/// # Errors
/// Where the bytes are not those of claims and symptoms; nothing is kept of them.
pub fn bring_sayings(bytes: &[u8]) -> Result<(), headroom_wire::Damaged> {
    if SAYINGS.get().is_none() {
        let read = headroom_wire::from_bytes(bytes)?;
        SAYINGS.get_or_init(|| read);
    }
    Ok(())
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
    fn sayings_are_those_of_the_course() {
        assert!(headroom_wire::from_bytes::<Sayings>(&SAYINGS_FILE[1..]).is_err());
        let (course, sayings) = (crate::course(), super::sayings().unwrap());
        assert_eq!(sayings.symptoms, course.symptoms);
        let without_runs = |claim: &crate::Claim| crate::Claim { refutation: None, ..claim.clone() };
        assert_eq!(sayings.claims, course.claims.iter().map(without_runs).collect::<Vec<_>>());
        assert_eq!(bring_sayings(&[]), Ok(()), "what is at hand is not read again");
    }

    #[test]
    fn every_lab_has_its_file() {
        for (lab, (id, file)) in labs().iter().zip(every_file()) {
            assert_eq!((lab.id.as_str(), headroom_wire::from_bytes(file)), (id, Ok(lab.clone())));
        }
    }
}
