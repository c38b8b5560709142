//! Looking ahead for what happens next.

use super::tests::{finish, session, whole};
use super::*;
use crate::sim::time::SECOND;

/// Looks ahead from where the session stands, in slices of so many events.
fn ahead(session: &mut Session, sought: Sought, slice: u64) -> Option<(Time, Option<u32>)> {
    loop {
        match session.look_ahead(sought, slice) {
            Search::GoesOn => {}
            Search::Found { at, instance } => return Some((at, instance)),
            Search::Over => return None,
        }
    }
}

#[test]
fn looking_ahead_finds_what_happens_next_and_changes_nothing() {
    let mut session = session();
    session.advance(SECOND, u64::MAX);
    // (what, when and at which node's instance)
    let cases = [
        (Sought::Action, Some((2 * SECOND, None))),
        (Sought::Down, Some((4 * SECOND, Some("app")))),
        (Sought::Expiry, None),
    ];
    for (sought, expected) in cases {
        for slice in [u64::MAX, 1_000] {
            let found = ahead(&mut session, sought, slice);
            let node = |instance: u32| {
                let node = session.instances()[instance as usize].node;
                session.origin().nodes[usize::from(node)].name.clone()
            };
            let found = found.map(|(at, instance)| (at, instance.map(node)));
            assert_eq!(found, expected.map(|(at, node)| (at, node.map(str::to_owned))), "{sought:?}");
            session.seek(SECOND);
            session.advance(SECOND, u64::MAX);
        }
    }
    finish(&mut session);
    assert_eq!(session.digest(), whole(&[]));
}

#[test]
fn what_was_found_has_just_happened_there() {
    let mut session = session();
    session.advance(SECOND, u64::MAX);
    let failed = |session: &Session| session.report().requests.failed;
    let waiting = |session: &Session, at: u32| {
        let gauge = session.instances()[at as usize].gauge;
        gauge.queue + gauge.pool.map_or(0, |pool| pool.waiting)
    };
    let to = |session: &mut Session, at: Time| {
        session.seek(at);
        session.advance(at, u64::MAX);
        assert_eq!(session.now(), at);
    };
    let (at, _) = ahead(&mut session, Sought::Failure, 500).expect("the spike is too much");
    to(&mut session, at - 1);
    let before = failed(&session);
    to(&mut session, at);
    assert_eq!((before, failed(&session)), (0, 1), "the first");
    to(&mut session, SECOND);
    let (at, instance) = ahead(&mut session, Sought::Queue, 500).expect("a queue");
    to(&mut session, at);
    assert!(waiting(&session, instance.expect("somewhere")) >= 10);
}
