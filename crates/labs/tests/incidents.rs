//! Each incident is honest: nothing done fails, it can be brought back in more than one way, not by what tempts and not
//! by turning requests away; and only what is allowed, once the alarm has rung, counts.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use headroom_core::scenario::{Action, Target, TimedAction, Value};
use headroom_labs::evaluate::{Evaluation, Verdict};
use headroom_labs::{Incident, Lab, Settings, Step, Task, TimedChange, labs, setup};

fn incidents() -> impl Iterator<Item = (&'static Lab, &'static Step, &'static Incident)> {
    labs().iter().flat_map(|lab| {
        lab.steps.iter().filter_map(move |step| match &step.task {
            Some(Task::Incident(incident)) => Some((lab, step, incident)),
            _ => None,
        })
    })
}

fn judge(lab: &Lab, step: &Step, acts: &[TimedAction]) -> Verdict {
    let mut evaluation = Evaluation::new(lab, step, &Settings::new(), acts).unwrap().unwrap();
    loop {
        if let Some(verdict) = evaluation.advance(u64::MAX).unwrap() {
            return verdict;
        }
    }
}

#[test]
fn incidents_are_brought_back_by_what_helps_and_by_nothing_else() {
    let mut wrong = Vec::new();
    for (lab, step, incident) in incidents() {
        let mut expect = |what: &str, acts: &[TimedChange], passes: bool| {
            let verdict = judge(lab, step, &setup::timed(acts).unwrap());
            println!("{}/{} {what}:", lab.id, step.id);
            for goal in &verdict.goals {
                println!("    {} {:?} {}", goal.metric, goal.range, goal.passed);
            }
            if verdict.passed != passes {
                wrong.push(format!("{}/{}: {what}: {verdict:?}", lab.id, step.id));
            }
        };
        assert!(incident.solutions.len() >= 2 && !incident.temptations.is_empty(), "{}", step.id);
        expect("nothing done", &[], false);
        incident.solutions.iter().for_each(|acts| expect("solution", acts, true));
        incident.temptations.iter().for_each(|acts| expect("temptation", acts, false));
        expect("refusing", &incident.refusing, false);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The alarm rings after something broke, and all that is tested is done after it, by what is allowed.
#[test]
fn what_is_tested_is_done_after_the_alarm() {
    for (lab, step, incident) in incidents() {
        let place = format!("{}/{}", lab.id, step.id);
        assert!(incident.breaks.iter().all(|broken| broken.at < step.opens_at), "{place}");
        let all = incident.solutions.iter().chain(&incident.temptations).chain([&incident.refusing]);
        for timed in all.flatten() {
            let counted =
                setup::incident(step, incident, &setup::timed(std::slice::from_ref(timed)).unwrap());
            assert_eq!(
                counted.unwrap().len(),
                incident.breaks.len() + 1,
                "{place}: {timed:?} does not count"
            );
        }
    }
}

#[test]
fn only_settings_that_are_allowed_count_and_only_after_the_alarm() {
    for (lab, step, incident) in incidents() {
        let solution = setup::timed(&incident.solutions[0]).unwrap();
        let early: Vec<_> = solution.iter().map(|act| TimedAction { at: 1, ..act.clone() }).collect();
        let at = step.opens_at.0;
        let set = |path: &str, value| Action::Set { path: path.to_owned(), value };
        let node = || Target { node: "clients".to_owned(), slot: None };
        let cheats = [
            set("nodes.clients.arrivals.rate", Value::Whole(1)),
            set("nodes.clients.timeout", Value::Text("1h".to_owned())),
            Action::Drain { node: node() },
        ];
        let cheats = cheats.map(|action| TimedAction { at, action });
        for act in early.iter().chain(&cheats) {
            let counted = setup::incident(step, incident, std::slice::from_ref(act)).unwrap();
            assert_eq!(counted, setup::timed(&incident.breaks).unwrap(), "{}/{}: {act:?}", lab.id, step.id);
        }
    }
}
