//! Comparing, from the button to what is shown.

use super::*;
use crate::protocol::{Comparison, Side};

fn turned() -> State {
    let state = loaded(first("hold"));
    let spike = Action::Do(Act::Spike { node: "clients".into(), factor: 5.0, for_us: 1e6 });
    run(
        state.clone(),
        [beat(&state, 5e6, 0.0), Action::Turn { path: RATE.into(), value: json!(60) }, Action::LetGo, spike],
    )
}

fn asked(state: &State) -> Option<&[Side; 2]> {
    match told(state) {
        Command::CompareSides { sides, .. } => Some(sides),
        _ => None,
    }
}

#[test]
fn what_was_done_is_compared_with_the_steps_start() {
    let state = turned().after(Action::Compare);
    assert!(state.comparing.running && !state.transport.playing);
    let [from, to] = asked(&state).expect("asked");
    assert_eq!(*from, Side::default());
    assert_eq!(to.set, [(RATE.to_owned(), json!(60))], "from the beginning on");
    assert_eq!(to.actions.len(), 1, "what was broken, at its time");

    let run = state.run;
    let comparison = Box::new(Comparison { seeds: 10, ..Comparison::default() });
    let found = state.after(answer(Answer::ComparedSides { run, comparison: comparison.clone() }));
    assert!(!found.comparing.running && found.comparing.result.is_some() && found.busy.is_none());
    assert!(found.after(Action::Undo).comparing.result.is_none(), "of another run");

    let closed = state.after(Action::Close);
    assert!(matches!(told(&closed), Command::Cancel { .. }));
    let late = closed.after(answer(Answer::ComparedSides { run, comparison }));
    assert!(late.comparing.result.is_none(), "nobody waits for it any more");
}

#[test]
fn where_nothing_differs_nothing_is_run() {
    let state = loaded(first("hold")).after(Action::Compare);
    assert!(!state.comparing.running && !state.sides_differ());
    assert!(asked(&state).is_none());
    let back = run(turned(), [Action::Side(0, Which::Now)]);
    assert!(!back.comparing.running, "now beside now");
    let again = back.after(Action::Side(1, Which::Opening));
    assert_eq!(asked(&again).map(|sides| sides[1].clone()), Some(Side::default()));
}

#[test]
fn an_open_question_is_not_answered_by_comparing() {
    let state = loaded(first("ninety-five"));
    assert!(state.locked());
    assert_eq!(state.after(Action::Compare), state);
}

#[test]
fn acting_meanwhile_ends_the_comparison() {
    let state = turned().after(Action::Compare);
    let acted = state.after(Action::Seek(1e6));
    assert!(!acted.comparing.running);
    let mut last = acted.outbox.since(acted.outbox.end() - 2);
    assert!(matches!(last.next(), Some(Command::Cancel { .. })));
}
