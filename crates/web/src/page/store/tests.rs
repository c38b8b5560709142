//! Whole paths through the store: what a learner does, what the worker is told, what is shown.

use super::*;
use crate::page::share::{RunFile, Shared};
use crate::protocol::frame::Status;
use crate::protocol::{
    Act, Answer, Command, Control, ControlKind, Effect, Evaluated, GoalRange, Happening, Source, Task as Job,
};
use headroom_labs::predict::{self, Needs, needs};
use headroom_labs::{Ask, Best, Task};
use serde_json::json;

const RATE: &str = "nodes.clients.arrivals.rate";

fn lab(id: &str, step: &str) -> State {
    State::new(Place::Lab { lab: id.to_owned(), step: step.to_owned() }, Progress::default())
}

fn first(step: &str) -> State {
    lab("busy-is-not-full", step)
}

fn run(state: State, actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(state, |state, action| state.after(action))
}

/// As if the worker had loaded the run.
fn loaded(state: State) -> State {
    let control = |(path, value): &(String, Value)| Control {
        path: path.clone(),
        group: String::new(),
        label: String::new(),
        help: String::new(),
        value: value.clone(),
        kind: ControlKind::Fixed,
        effect: Effect::Now,
    };
    let controls = state.opening_settings().iter().map(control).collect();
    let view = View { engine: 1, duration_us: 2_100e6, controls, ..View::default() };
    let run = state.run;
    state.after(answer(Answer::Loaded { run, view: Box::new(view) }))
}

fn answer(answer: Answer) -> Action {
    Action::Answer(Box::new(answer))
}

fn beat(state: &State, time: f64, now_ms: f64) -> Action {
    Action::Beat { head: Head { run: state.run, time, ..Head::default() }, now_ms }
}

fn told(state: &State) -> &Command {
    state.outbox.since(state.outbox.end() - 1).next().unwrap()
}

#[test]
fn a_lab_opens_with_its_steps_settings_and_plays() {
    let state = first("");
    let Command::Load { source, set, at_us, .. } = told(&state) else { panic!("{:?}", told(&state)) };
    assert_eq!(*source, Source::Lab("busy-is-not-full".into()));
    assert_eq!(*set, [(RATE.to_owned(), json!(50))]);
    assert_eq!(*at_us, 0.0);
    assert!(state.transport.playing);
    assert_eq!(state.place.address(), "./?lab=busy-is-not-full&step=turn");
}

#[test]
fn turning_the_knob_is_told_shown_and_taken_back() {
    let state = loaded(first(""));
    let turn = |value: i64| Action::Turn { path: RATE.into(), value: json!(value) };
    let state = state.after(beat(&state, 3_000_000.7, 0.0));
    let state = run(state, [turn(60), turn(80), Action::LetGo]);
    let Command::SetActions { actions, at_us, .. } = told(&state) else { panic!("{:?}", told(&state)) };
    assert_eq!(actions.len(), 1);
    assert_eq!((actions[0].at_us, *at_us), (3_000_000.0, 3_000_000.7));
    assert_eq!(state.value(RATE), Some(json!(80)));
    assert_eq!(state.changed_from(RATE), Some(json!(50)));
    assert!(state.lesson.accepted && state.step_done());
    let state = state.after(Action::Undo);
    assert_eq!(state.value(RATE), Some(json!(50)));
    assert_eq!(state.changed_from(RATE), None);
    assert_eq!(state.after(Action::Redo).value(RATE), Some(json!(80)));
}

#[test]
fn put_back_returns_to_the_steps_start() {
    let state = run(
        loaded(first("")),
        [Action::Turn { path: RATE.into(), value: json!(90) }, Action::PutBack(RATE.into())],
    );
    assert_eq!(state.value(RATE), Some(json!(50)));
}

#[test]
fn a_prediction_locks_until_it_is_answered_by_the_run() {
    let state = loaded(first("ninety-five"));
    assert!(state.locked() && !state.transport.playing);
    let turned = state.after(Action::Turn { path: RATE.into(), value: json!(95) });
    assert_eq!(turned.acts.list().len(), 0, "locked");
    assert!(!state.after(Action::Play).transport.playing);
    assert_eq!(state.after(Action::LockIn), state, "nothing chosen");

    let state = run(state, [Action::Guess(Guess::Choice(0)), Action::LockIn]);
    assert!(state.transport.playing && state.transport.speed > 100.0);
    assert_eq!(state.value(RATE), Some(json!(95)));
    let state = run(state.clone(), [beat(&state, 1e9, 100.0), beat(&state, 2_100e6, 200.0)]);
    assert!(matches!(told(&state), Command::Measure { of, .. } if of[0].metric == "latency_s.mean"));
    let run_id = state.run;
    let state =
        state.after(answer(Answer::Measured { run: run_id, at_us: 2_100e6, values: vec![Some(0.2)] }));
    let expected = Prediction::Revealed { guess: Guess::Choice(0), was: vec![Some(0.2)] };
    assert_eq!(state.lesson.prediction, expected);
    assert!(state.step_done() && !state.locked());
    assert!(state.progress.has("busy-is-not-full", "ninety-five"));
}

#[test]
fn a_slow_machine_is_hurried() {
    let state = run(loaded(first("ninety-five")), [Action::ShowMe]);
    let state = run(state.clone(), [beat(&state, 1e6, 0.0), beat(&state, 2e6, 7_000.0)]);
    assert!(matches!(told(&state), Command::RunFor { until_us, .. } if *until_us == 2_100e6));
    let sent = state.outbox.end();
    let state = state.after(beat(&state, 3e6, 7_100.0));
    assert_eq!(state.outbox.end(), sent, "told once");
    let run_id = state.run;
    let state = state.after(answer(Answer::Arrived { run: run_id, at_us: 2_100e6 }));
    assert!(matches!(told(&state), Command::Measure { .. }));
}

#[test]
fn a_task_is_judged_by_five_runs_of_the_learners_settings() {
    let state = loaded(first("hold"));
    let state = state.after(beat(&state, 3e6, 100.0));
    let state =
        run(state, [Action::Turn { path: RATE.into(), value: json!(78) }, Action::LetGo, Action::Check]);
    let Command::Evaluate { set, lab, step, .. } = told(&state) else { panic!("{:?}", told(&state)) };
    assert_eq!((lab.as_str(), step.as_str()), ("busy-is-not-full", "hold"));
    assert_eq!(*set, [(RATE.to_owned(), json!(78))]);
    assert!(!state.step_done());
    let goal = GoalRange { metric: "latency_s.mean".into(), low: Some(0.04), high: Some(0.05), pass: true };
    let verdict = |pass| Evaluated {
        lab: lab.clone(),
        step: step.clone(),
        pass,
        goals: vec![goal.clone()],
        cost_micro_dollars: None,
        par: Some(78.0),
        at_par: false,
        survived: pass.then_some(true),
        seed: if pass { 1 } else { 3 },
    };
    let run_id = state.run;
    let failed = state.after(answer(Answer::Evaluated { run: run_id, evaluated: verdict(false) }));
    assert!(!failed.step_done() && !failed.lesson.checking);
    let Command::Load { seed, actions, at_us, .. } = told(&failed) else { panic!("{:?}", told(&failed)) };
    assert_eq!((*seed, actions.len(), *at_us), (Some(3), 1, 2_100e6), "the run that failed is what is seen");
    assert!(loaded(failed.clone()).lesson.verdict.is_some(), "and its verdict stays beside it");
    let passed = state.after(answer(Answer::Evaluated { run: run_id, evaluated: verdict(true) }));
    assert!(passed.step_done() && passed.progress.has("busy-is-not-full", "hold"));
    assert_eq!(
        (passed.head.time, passed.transport.playing),
        (2_100e6, false),
        "what was judged is what is seen"
    );
    assert_eq!(passed.acts.list().iter().map(|timed| timed.at_us).collect::<Vec<_>>(), [0.0]);
    let Command::SetActions { actions, at_us, .. } = told(&passed) else { panic!("{:?}", told(&passed)) };
    assert_eq!((actions.len(), *at_us), (1, 2_100e6));
    let undone = passed.after(Action::Undo);
    assert_eq!(undone.acts.list(), state.acts.list(), "what was on the screen before is not lost");
    assert_eq!(
        (failed.progress.stars("busy-is-not-full"), passed.progress.stars("busy-is-not-full")),
        (0, 1)
    );
    let turned = passed.after(Action::Turn { path: RATE.into(), value: json!(90) });
    assert_eq!(turned.lesson.verdict, None, "another setting is another design");
}

#[test]
fn a_run_that_begins_again_is_not_stopped_by_its_former_end() {
    let state = loaded(first("hold"));
    let over = Head { run: state.run, time: 2_100e6, status: Status::Ended, ..Head::default() };
    let ended = Action::Beat { head: over, now_ms: 100.0 };
    let state = state.after(ended.clone());
    assert!(!state.transport.playing);
    let state =
        run(state, [Action::Turn { path: RATE.into(), value: json!(78) }, Action::LetGo, ended.clone()]);
    assert_eq!((state.head.time, state.transport.playing), (0.0, true));
    // Once it plays, an end is its own.
    let state = state.after(beat(&state, 3e6, 200.0)).after(ended);
    assert_eq!((state.head.time, state.transport.playing), (2_100e6, false));
}

#[test]
fn one_thing_at_a_time_is_run_and_what_it_replaces_is_called_off() {
    let verdict = Evaluated {
        lab: "busy-is-not-full".into(),
        step: "hold".into(),
        pass: true,
        goals: vec![],
        cost_micro_dollars: None,
        par: None,
        at_par: false,
        survived: None,
        seed: 1,
    };
    let state = loaded(first("hold"));
    let state = run(state, [Action::Turn { path: RATE.into(), value: json!(78) }, Action::LetGo]);
    let checking = state.after(Action::Check);
    let id = checking.run;
    // A comparison, while five runs are made: those are off, and a verdict that was on its way is of nothing.
    let comparing = checking.after(Action::Compare);
    assert!(!comparing.lesson.checking && comparing.comparing.running);
    let late = comparing.after(answer(Answer::Evaluated { run: id, evaluated: verdict.clone() }));
    assert!(late.lesson.verdict.is_none() && !late.step_done() && late.passed.is_none());
    let told = late.after(answer(Answer::Progress { run: id, task: Job::Evaluate, done: 0.5 }));
    assert_eq!(told.busy, late.busy);
    // The five runs, while something is searched for: the search is off, and does not call back what it finds.
    let searching = state.after(Action::Next(Happening::Queue));
    let checking = searching.after(Action::Check);
    let happened =
        Answer::Happened { run: id, what: Happening::Queue, found: true, at_us: 43e6, place: None };
    let after = checking.after(answer(happened));
    assert_eq!((after.head.time, after.lesson.checking), (checking.head.time, true));
    assert!(after.after(answer(Answer::Evaluated { run: id, evaluated: verdict })).step_done());
}

#[test]
fn what_is_to_be_found_out_is_not_searched_for() {
    let state = loaded(lab("one-in-a-hundred", "find"));
    assert!(state.hides_disturbances());
    assert_eq!(state.after(Action::Next(Happening::Action)).busy, None);
    let shown = loaded(first("hold")).after(Action::Next(Happening::Action));
    assert!(shown.busy.is_some(), "elsewhere it is");
}

#[test]
fn answers_about_former_runs_are_dropped() {
    let state = loaded(first(""));
    let old = state.run;
    let state = state.after(Action::Forward);
    let after = state.after(answer(Answer::Arrived { run: old, at_us: 7.0 }));
    assert_eq!(after, state);
    let after =
        state.after(Action::Beat { head: Head { run: old, time: 9.0, ..Head::default() }, now_ms: 0.0 });
    assert_eq!(after, state);
}

#[test]
fn a_frame_from_before_the_last_turn_does_not_turn_the_knob_back() {
    let turn = |value: i64| Action::Turn { path: RATE.into(), value: json!(value) };
    let state = loaded(first(""));
    let state = run(state.clone(), [beat(&state, 3.0e6, 0.0), turn(60), Action::LetGo]);
    let state = run(state.clone(), [beat(&state, 3.1e6, 100.0), turn(61), Action::LetGo]);
    // The worker has gone back for the first turn and has not heard of the second.
    let late = state.after(beat(&state, 3.02e6, 110.0));
    assert_eq!(late.value(RATE), Some(json!(61)));
    assert_eq!(late.head.time, 3.1e6);
    let back = state.after(Action::Seek(3.05e6));
    assert_eq!(back.after(beat(&back, 3.05e6, 120.0)).value(RATE), Some(json!(60)), "gone back on purpose");
}

#[test]
fn hints_are_offered_after_a_minute_and_a_half() {
    let state = loaded(first("hold"));
    let state = run(state.clone(), [beat(&state, 1.0, 1_000.0), beat(&state, 2.0, 90_000.0)]);
    assert!(!state.lesson.may_hint());
    assert!(state.after(beat(&state, 3.0, 92_000.0)).lesson.may_hint());
}

#[test]
fn the_lab_ends_with_its_card_and_is_finished() {
    let mut state = first("");
    for _ in 0..state.lab().unwrap().steps.len() {
        state = state.after(Action::Forward);
    }
    assert_eq!(state.step(), None);
    assert!(state.progress.finished("busy-is-not-full"));
    assert_eq!(state.place.address(), "./?lab=busy-is-not-full&step=in-your-system");
    assert!(state.after(Action::Back).step().is_some());
}

#[test]
fn claims_and_symptoms_are_wanted_where_they_may_be_shown() {
    let home = State::new(Place::Home, Progress::default());
    assert!(!home.wants_sayings() && !first("").wants_sayings());
    assert!(home.after(Action::Open(Panel::Search)).wants_sayings());
    assert!(first("in-your-system").wants_sayings());
    let symptoms = home.after(Action::Go(Place::Symptoms));
    assert!(symptoms.wants_sayings());
    assert!(!symptoms.after(Action::Sayings(true)).wants_sayings());
    // What did not come is asked for again by whoever asks.
    let failed = symptoms.after(Action::Sayings(false));
    assert!(!failed.wants_sayings());
    assert!(failed.after(Action::Go(Place::Symptoms)).wants_sayings());
}

#[test]
fn a_run_survives_its_link() {
    let state = loaded(first("hold"));
    let state = state.after(beat(&state, 5e6, 0.0));
    let state = run(state, [Action::Turn { path: RATE.into(), value: json!(78) }, Action::LetGo]);
    let state = run(
        state.clone(),
        [beat(&state, 9e6, 1.0), Action::Do(Act::Spike { node: "clients".into(), factor: 5.0, for_us: 1e6 })],
    );
    let file = state.run_file(12e6, &json!({ "digest": "00ff" }));
    let Shared::Run(read) = RunFile::read(&file.write()) else { panic!() };
    assert_eq!(read.digest.as_deref(), Some("00ff"));

    let opened = first("hold").after(Action::OpenShared(Shared::Run(read)));
    let Command::Load { set, actions, at_us, .. } = told(&opened) else { panic!("{:?}", told(&opened)) };
    assert_eq!(*set, state.opening_settings());
    assert_eq!(actions, state.acts.list());
    assert_eq!(*at_us, 12e6);
    assert!(!opened.transport.playing);
}

#[test]
fn links_that_cannot_be_used_say_so_and_leave_the_lab_as_it_ships() {
    let damaged = first("").after(Action::OpenShared(Shared::Damaged));
    assert_eq!(damaged.notice, Some(Notice::DamagedLink));
    assert!(damaged.acts.list().is_empty());
    let foreign = RunFile::new("no-such-lab", 1, Vec::new(), &[], 0.0);
    let foreign = first("").after(Action::OpenShared(Shared::Run(foreign)));
    assert_eq!(foreign.notice, Some(Notice::ForeignLink));
}

#[test]
fn a_link_that_the_lab_refuses_leaves_the_lab_as_it_ships() {
    let shipped = first("");
    let set = vec![("nodes.nobody.cores".to_owned(), json!(3))];
    let kill = Act::Kill { node: "nobody".into(), slot: None };
    let acts = [crate::protocol::TimedAct { at_us: 1e6, act: kill }];
    let file = RunFile { seed: Some(9), ..RunFile::new("busy-is-not-full", 1, set, &acts, 5e6) };
    let opened = shipped.clone().after(Action::OpenShared(Shared::Run(file)));
    let run = opened.run;
    let problem =
        crate::protocol::Problem { path: String::new(), span: None, message: "no".into(), help: None };
    let refused = opened.after(answer(Answer::Problems { run: Some(run), problems: vec![problem] }));
    assert!(matches!(refused.notice, Some(Notice::RefusedLink(_))));
    assert!(refused.acts.list().is_empty() && refused.shared.is_none() && refused.run > run);
    let Command::Load { source, set, actions, seed, at_us, .. } = told(&refused) else { panic!() };
    assert_eq!(*source, Source::Lab("busy-is-not-full".into()));
    assert_eq!((set, actions.len(), *seed, *at_us), (&shipped.opening_settings(), 0, None, 0.0));
    assert!(loaded(refused).view.is_some(), "and it loads");
}

/// One that stayed would keep the run from taking any that follow, however right they are.
#[test]
fn an_act_that_the_run_refuses_is_taken_back_for_good() {
    let state = loaded(first("hold"));
    let turn = |state: State, time, value: f64| {
        let state = state.clone().after(beat(&state, time, 1.0));
        run(state, [Action::Turn { path: RATE.into(), value: json!(value) }, Action::LetGo])
    };
    let (one, run_id) = (turn(state.clone(), 5e6, 78.0), state.run);
    let two = turn(one.clone(), 6e6, -1.0);
    let refused = |state: &State, acts| state.clone().after(answer(Answer::Refused { run: run_id, acts }));
    let back = refused(&two, 2);
    assert_eq!(back.acts.list(), one.acts.list());
    let Command::SetActions { actions, .. } = told(&back) else { panic!() };
    assert_eq!(actions, one.acts.list(), "and the worker has those before");
    assert!(!back.acts.can_redo());
    // Something was done meanwhile, of which the worker has yet to speak.
    let three = turn(two.clone(), 7e6, 70.0);
    assert_eq!(refused(&three, 2).acts, three.acts);
    assert!(refused(&one, 1).acts.list().is_empty());
}

#[test]
fn a_link_of_another_engine_runs_and_says_so() {
    let file = RunFile::new("busy-is-not-full", 3, Vec::new(), &[], 5e6);
    let state = loaded(first("").after(Action::OpenShared(Shared::Run(file))));
    assert_eq!(state.notice, Some(Notice::OtherEngine(3, 1)));
    assert_eq!(state.phase, Phase::Ready);
    assert_eq!(state.after(Action::PutAway).notice, None);
}

#[test]
fn a_link_to_a_lab_that_is_gone_leaves_what_is_there() {
    let gone = RunFile::new("no-such-lab", 1, Vec::new(), &[], 0.0);
    for at in [first("hold"), State::new(Place::Home, Progress::default())] {
        let before = (at.place.clone(), at.run, at.outbox.end());
        let state = at.after(Action::OpenShared(Shared::Run(gone.clone())));
        assert_eq!(state.notice, Some(Notice::ForeignLink));
        assert_eq!((state.place.clone(), state.run, state.outbox.end()), before);
    }
}

#[test]
fn a_crash_loses_nothing() {
    let state =
        run(loaded(first("hold")), [Action::Turn { path: RATE.into(), value: json!(78) }, Action::LetGo]);
    let acts = state.acts.clone();
    let state = run(state, [Action::Crashed("out of memory".into())]);
    assert_eq!(state.phase, Phase::Crashed("out of memory".into()));
    let state = state.after(Action::Reload);
    assert_eq!(state.acts, acts);
    assert!(matches!(told(&state), Command::Load { actions, .. } if actions.len() == 1));
}

#[test]
fn an_ended_run_stands_still_and_play_begins_again() {
    let state = loaded(first(""));
    let head = Head { run: state.run, time: 2_100e6, status: Status::Ended, ..Head::default() };
    let state = state.after(Action::Beat { head, now_ms: 0.0 });
    assert!(!state.transport.playing);
    let state = state.after(Action::Play);
    assert!(state.transport.playing && state.head.time == 0.0);
}

#[test]
fn what_is_set_after_the_end_is_set_where_the_step_opens_with_all_that_was_set_before() {
    let turn = |path: &str, value: i64| Action::Turn { path: path.into(), value: json!(value) };
    let state = loaded(lab("what-a-miss-costs", "spike"));
    let state = state.after(beat(&state, 53e6, 0.0));
    let state = run(state, [turn("a", 1), Action::LetGo]);
    let head = Head { run: state.run, time: 2_100e6, status: Status::Ended, ..Head::default() };
    let state = run(state, [Action::Beat { head, now_ms: 0.0 }, turn("b", 2), Action::LetGo]);
    let Command::SetActions { actions, at_us, .. } = told(&state) else { panic!("{:?}", told(&state)) };
    let opening = state.opening_time();
    assert!(opening > 0.0 && *at_us == opening);
    assert!(actions.iter().all(|timed| timed.at_us == opening) && actions.len() == 2, "{actions:?}");
    assert_eq!((state.value("a"), state.value("b")), (Some(json!(1)), Some(json!(2))));
}

#[test]
fn every_step_of_every_lab_opens_and_can_be_left() {
    for lab_known in headroom_labs::labs() {
        for step in &lab_known.steps {
            let state = loaded(lab(&lab_known.id, &step.id));
            assert_eq!(state.step().map(|step| step.id.as_str()), Some(step.id.as_str()));
            let state = match (&step.predict, &step.task) {
                (Some(asked), _) => {
                    let state = run(state, [Action::ShowMe]);
                    assert!(state.transport.until.is_some(), "{} {}", lab_known.id, step.id);
                    let state = state.after(beat(&state, asked.until.seconds() * 1e6, 0.0));
                    let run_id = state.run;
                    let reply = match needs(asked) {
                        Needs::Variants(variants) => {
                            Answer::Compared { run: run_id, values: vec![Some(1.0); variants.len()] }
                        }
                        Needs::Figures(names) => {
                            Answer::Measured { run: run_id, at_us: 0.0, values: vec![None; names.len()] }
                        }
                    };
                    state.after(answer(reply))
                }
                (None, Some(Task::Find(find))) => {
                    let right = find.answers.iter().position(|answer| answer.if_wrong.is_empty()).unwrap();
                    state.after(Action::Find(right))
                }
                (None, Some(Task::Design(_) | Task::Incident(_))) => continue,
                (None, None) => match &step.pulse {
                    Some(pulse) => {
                        state.after(Action::Turn { path: pulse.knob.clone(), value: json!(pulse.to) })
                    }
                    None => state,
                },
            };
            assert!(state.step_done(), "{} {}", lab_known.id, step.id);
        }
    }
}

#[test]
fn a_request_is_followed_from_its_start_and_time_then_goes_on_as_before() {
    let spans = crate::page::trace::samples::miss();
    let begins = spans[0].started_us;
    let state = loaded(first(""));
    let state = run(state, [Action::Speed(5.0), Action::Play, Action::Follow("next".to_owned())]);
    let run_id = state.run;
    assert_eq!(*told(&state), Command::Follow { run: run_id, root: Some("next".to_owned()) });
    assert!(!state.transport.playing, "it stands until the request is found");
    let root = "00000000000000ff".to_owned();
    let state = state.after(answer(Answer::Trace { run: run_id, root, spans }));
    // 61 ms take 12 s at 1 s here = 5 ms there, and 3 s at the next speed.
    assert_eq!((state.transport.playing, state.transport.speed), (true, 0.005));
    assert_eq!(state.follow.as_ref().and_then(|follow| follow.root), Some(255));
    assert!(matches!(told(&state), Command::Seek { at_us, .. } if *at_us <= begins));
    let halfway = state.after(beat(&state, 30e3, 0.0));
    assert!(halfway.transport.playing);
    let over = halfway.after(beat(&halfway, 62e3, 100.0));
    assert!(!over.transport.playing && over.follow.is_some(), "time stands at its end");
    let closed = over.after(Action::Close);
    assert_eq!((closed.transport.playing, closed.transport.speed), (true, 5.0));
    assert_eq!(
        (closed.follow.is_none(), told(&closed)),
        (true, &Command::Follow { run: run_id, root: None })
    );
}

#[test]
fn while_a_question_is_open_a_request_is_shown_and_not_followed() {
    let state = loaded(first("ninety-five"));
    assert!(state.locked());
    let state = state.after(Action::Follow("0000000000000001".to_owned()));
    assert!(matches!(told(&state), Command::Trace { .. }) && state.follow.is_none());
    assert!(!state.transport.playing);
}
mod comparing;
mod time;

/// Where one run answers for all, there is nothing else to watch, and nothing is done.
#[test]
fn what_has_one_run_has_no_other() {
    let state = run(loaded(lab("weights", "cores")), [Action::Guess(Guess::Choice(2)), Action::LockIn]);
    let state = state.after(beat(&state, 40e6, 0.0));
    let state = state.after(answer(Answer::Measured {
        run: state.run,
        at_us: 40e6,
        values: vec![Some(0.0), Some(9.0), Some(0.0)],
    }));
    assert!(matches!(state.lesson.prediction, Prediction::Revealed { .. }));
    assert_eq!(state.shown_answer(), None);
    assert_eq!(state.after(Action::Watch(1)).outbox, state.outbox);
}

/// Whatever was chosen, the picture ends with what was best, at the time that was asked about.
#[test]
fn the_picture_turns_to_the_best_of_several() {
    let mut tried = 0;
    for lab_known in headroom_labs::labs() {
        for step in &lab_known.steps {
            let Some(asked) = &step.predict else { continue };
            let Ask::Variant { best, variants, .. } = &asked.ask else { continue };
            for right in 0..variants.len() {
                let chosen = (right + 1) % variants.len();
                let state = loaded(lab(&lab_known.id, &step.id));
                let state = run(state, [Action::Guess(Guess::Choice(chosen)), Action::LockIn]);
                let until = asked.until.seconds() * 1e6;
                let state = state.after(beat(&state, until, 0.0));
                let (first, others) = if *best == Best::Highest { (2.0, 1.0) } else { (1.0, 2.0) };
                let values = (0..variants.len()).map(|each| Some(if each == right { first } else { others }));
                let reply = Answer::Compared { run: state.run, values: values.collect() };
                let state = state.after(answer(reply));
                let shown: Vec<Act> = state.acts.list().iter().map(|timed| timed.act.clone()).collect();
                let change = predict::played(asked, &Guess::Choice(right));
                assert_eq!(
                    shown,
                    change.iter().map(Act::from).collect::<Vec<_>>(),
                    "{} {}",
                    lab_known.id,
                    step.id
                );
                assert_eq!(state.head.time, until);
                // The learner's own can be looked at all the same.
                let state = state.after(Action::Watch(chosen));
                let shown: Vec<Act> = state.acts.list().iter().map(|timed| timed.act.clone()).collect();
                let change = predict::played(asked, &Guess::Choice(chosen));
                assert_eq!(shown, change.iter().map(Act::from).collect::<Vec<_>>());
                assert_eq!((state.head.time, state.shown_answer()), (until, Some(chosen)));
                // What was done meanwhile is not lost: it is one undo away, and until then no answer's run.
                let own = state.after(Action::Do(Act::Flush { node: String::new() }));
                assert_eq!(own.shown_answer(), None);
                let back = run(own.clone(), [Action::Watch(right), Action::Undo]);
                assert_eq!(back.acts.list(), own.acts.list());
                tried += 1;
            }
        }
    }
    assert!(tried > 5, "{tried}");
}
