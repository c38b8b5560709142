//! Ways through time: repeating, searching, branches.

use super::*;
use crate::protocol::Happening;

fn at(time: f64) -> State {
    let state = loaded(first("hold"));
    let state = state.after(beat(&state, time, 0.0));
    state.after(Action::Speed(5.0))
}

#[test]
fn the_last_two_seconds_are_repeated_until_somebody_ends_it() {
    let state = at(10e6).after(Action::Slowly);
    assert!(matches!(told(&state), Command::Seek { at_us, .. } if *at_us == 8e6));
    assert!(state.transport.playing && state.transport.speed == 0.1);
    // Frames from before the jump do not end the first round.
    let state = state.after(beat(&state, 10.05e6, 10.0));
    let sent = state.outbox.end();
    let state = run(state.clone(), [beat(&state, 8.1e6, 20.0), beat(&state, 9.9e6, 30.0)]);
    assert_eq!(state.outbox.end(), sent);
    let state = state.after(beat(&state, 10.001e6, 40.0));
    assert!(matches!(told(&state), Command::Seek { at_us, .. } if *at_us == 8e6), "again");
    let state = state.after(beat(&state, 8.2e6, 50.0));
    let over = state.after(Action::EndLoop);
    assert!(matches!(told(&over), Command::Seek { at_us, .. } if *at_us == 10e6));
    assert_eq!((over.transport.playing, over.transport.speed), (true, 5.0));
    assert_eq!(state.after(Action::Slowly).transport.looped, None, "the same key ends it");
    let elsewhere = state.after(Action::Seek(3e6));
    assert_eq!((elsewhere.transport.looped, elsewhere.transport.speed), (None, 5.0));
}

#[test]
fn an_end_of_the_run_is_repeated_as_well() {
    let state = at(2_100e6);
    let ended = |state: &State| Action::Beat {
        head: Head { run: state.run, time: 2_100e6, status: Status::Ended, ..Head::default() },
        now_ms: 0.0,
    };
    let state = run(state.clone(), [ended(&state), Action::Slowly]);
    let state = state.after(beat(&state, 2_099e6, 10.0));
    let state = state.after(ended(&state));
    assert!(state.transport.playing && state.transport.looped.is_some());
    assert!(matches!(told(&state), Command::Seek { at_us, .. } if *at_us == 2_098e6));
}

#[test]
fn the_next_of_a_kind_is_looked_for_and_told() {
    let state = at(10e6).after(Action::Next(Happening::Failure));
    assert!(matches!(told(&state), Command::Next { what: Happening::Failure, .. }));
    assert!(!state.transport.playing && state.sought == Happening::Failure);
    let run_id = state.run;
    let happened = |found, at_us| {
        let what = Happening::Failure;
        answer(Answer::Happened { run: run_id, what, found, at_us, place: None })
    };
    let there = state.after(happened(true, 43e6));
    assert_eq!((there.head.time, there.busy), (43e6, None));
    assert!(there.happened.is_some_and(|happened| happened.found));
    assert_eq!(there.after(Action::Play).happened, None, "until time goes on");
    assert!(state.after(happened(false, 10e6)).happened.is_some_and(|happened| !happened.found));
    let given_up = state.after(Action::Close);
    assert!(matches!(told(&given_up), Command::Cancel { .. }));
}

#[test]
fn acting_where_more_was_seen_keeps_what_was_seen() {
    let state = loaded(first("hold"));
    let seen = |time| Action::Beat {
        head: Head { run: state.run, time, reached: 30e6, ..Head::default() },
        now_ms: 0.0,
    };
    let turn = |value: i64| Action::Turn { path: RATE.into(), value: json!(value) };
    let state = run(state.clone(), [seen(10e6), turn(60), Action::LetGo]);
    assert_eq!(state.acts.branches().lists().len(), 2);
    let back = state.after(Action::Branch(0));
    assert!(matches!(told(&back), Command::SetActions { actions, .. } if actions.is_empty()));
    assert_eq!(back.value(RATE), Some(json!(95)), "as it opened");
    let offered = back.sides_offered();
    assert_eq!(offered, [Which::Opening, Which::Now, Which::Branch(1)]);
    assert_eq!(back.settings_of(Which::Branch(1)), [(RATE.to_owned(), json!(60))]);
    assert_eq!(back.after(Action::Undo).value(RATE), Some(json!(60)), "going there is one undo");
}
