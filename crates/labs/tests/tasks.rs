//! Each task is honest: it fails as it opens, can be solved in more than one way, cannot be solved by what tempts or by
//! turning requests away, and its par is the best that is known.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use std::sync::Arc;

use headroom_core::scenario::Scenario;
use headroom_core::session::Session;
use headroom_labs::evaluate::{Evaluation, Verdict};
use headroom_labs::{Design, Goal, Lab, Settings, Step, Task, lab, labs, measure, setup};

fn judge(lab: &Lab, step: &Step, learner: &Settings) -> Verdict {
    let mut evaluation = Evaluation::new(lab, step, learner, &[]).unwrap().unwrap();
    let mut done = 0.0;
    loop {
        let verdict = evaluation.advance(300_000).unwrap();
        assert!(evaluation.done() >= done && evaluation.done() <= 1.0);
        done = evaluation.done();
        if let Some(verdict) = verdict {
            assert_eq!(done, 1.0);
            let Verdict { passed, par, survived, seed, .. } = &verdict;
            println!(
                "{}/{} {learner:?}: {passed} par {par:?} survived {survived:?}, seed {seed}",
                lab.id, step.id
            );
            assert_eq!(
                survived.is_some(),
                *passed,
                "the fault is tried on what has passed, and on that only"
            );
            for goal in &verdict.goals {
                println!("    {} {:.5?} {}", goal.metric, goal.range, goal.passed);
            }
            return verdict;
        }
    }
}

fn check(id: &str) {
    let lab = lab(id).unwrap();
    assert!(lab.steps.iter().any(|step| step.task.is_some()), "{id} sets no task");
    let mut wrong = Vec::new();
    for step in &lab.steps {
        let Some(Task::Design(design)) = &step.task else { continue };
        let mut expect = |what: &str, settings: &Settings, passes: bool| {
            let verdict = judge(lab, step, settings);
            if verdict.passed != passes {
                wrong.push(format!(
                    "{}: {what} {settings:?}: passed {}, {verdict:?}",
                    step.id, verdict.passed
                ));
            }
            verdict
        };
        expect("as it opens", &Settings::new(), false);
        design.solutions.iter().for_each(|settings| drop(expect("solution", settings, true)));
        design.temptations.iter().for_each(|settings| drop(expect("temptation", settings, false)));
        design.par.short_of.iter().for_each(|settings| drop(expect("better than par", settings, false)));
        expect("refusing", &design.refusing, false);
        let survived = [&design.unseen.survives, &design.unseen.falls]
            .map(|settings| expect("the fault", settings, true).survived);
        let par = expect("par", &design.par.settings, true);
        if survived != [Some(true), Some(false)] {
            wrong.push(format!("{}: the fault is survived: {survived:?}", step.id));
        }
        let found = par.par.unwrap();
        if (found - design.par.value).abs() > 1e-6 {
            wrong.push(format!("{}: par is {found}, told {}", step.id, design.par.value));
        }
        assert_eq!(par.at_par, par.passed);
    }
    assert!(wrong.is_empty(), "{}:\n{}", lab.id, wrong.join("\n"));
}

support::each_lab!(check);

fn designs() -> impl Iterator<Item = (&'static Lab, &'static Step, &'static Design)> {
    labs().iter().flat_map(|lab| {
        lab.steps.iter().filter_map(move |step| match &step.task {
            Some(Task::Design(design)) => Some((lab, step, design)),
            _ => None,
        })
    })
}

#[test]
fn tasks_have_two_solutions_a_temptation_and_a_guard_against_refusing() {
    for (lab, step, design) in designs() {
        let place = format!("{}/{}", lab.id, step.id);
        assert!(design.solutions.len() >= 2 && !design.temptations.is_empty(), "{place}");
        assert!(!design.par.short_of.is_empty(), "{place}");
        assert_ne!(design.solutions[0], design.solutions[1], "{place}");
        let all = design.solutions.iter().chain(&design.temptations).chain(&design.par.short_of).chain([
            &design.refusing,
            &design.par.settings,
            &design.unseen.survives,
            &design.unseen.falls,
        ]);
        for path in all.flat_map(Settings::keys) {
            assert!(design.allows(path), "{place}: {path} is not allowed, so it tests nothing");
        }
        // Latency alone could be reached by turning requests away.
        if design.goals.iter().any(|goal| goal.metric.starts_with("latency")) {
            let guarded = design
                .goals
                .iter()
                .any(|goal| goal.metric == "requests.ok_ratio" && goal.at_least == Some(0.999));
            assert!(guarded, "{place}");
        }
    }
}

/// A learner is shown that run, and would wonder at one that met every goal.
#[test]
fn what_fails_names_the_first_run_that_missed_a_goal() {
    let lab = lab("busy-is-not-full").unwrap();
    let step = lab.step("four-cores").unwrap();
    let Some(Task::Design(design)) = &step.task else { panic!("a design task") };
    // A little better than par: some of the five runs have the luck for it.
    let learner = design.par.short_of[0].clone();
    let verdict = judge(lab, step, &learner);
    let scenario = setup::exam(lab, step, design, &learner).unwrap();
    let missed = |seed: u64| {
        let seed = headroom_core::scenario::Value::Whole(seed as i64);
        let scenario = scenario.with(&[("seed".to_owned(), seed)]).unwrap();
        let mut session = Session::new(Arc::new(scenario), Vec::new()).unwrap();
        session.advance(session.duration(), u64::MAX);
        let met = |goal: &Goal| {
            measure::figure(&session, &goal.metric, goal.from, goal.to).is_some_and(|figure| goal.met(figure))
        };
        !design.goals.iter().all(met)
    };
    assert!(verdict.seed > scenario.seed, "the lab's own run has the luck, or this shows nothing");
    assert_eq!((scenario.seed..scenario.seed + 5).find(|seed| missed(*seed)), Some(verdict.seed));
}

/// Workload, client time-outs, others' service times, prices, seed and duration are the exam.
#[test]
fn the_exam_cannot_be_changed() {
    use serde_json::Value;
    for (lab, step, design) in designs() {
        let plain = setup::exam(lab, step, design, &Settings::new()).unwrap();
        let mut exam = vec![
            ("seed".to_owned(), Value::from(99)),
            ("duration".to_owned(), Value::from("20s")),
            ("warmup".to_owned(), Value::from("1s")),
            ("nodes.clients.timeout".to_owned(), Value::from("1h")),
            ("nodes.clients.reads".to_owned(), Value::from(1)),
        ];
        for node in &plain.nodes {
            let path = |field: &str| format!("nodes.{}.{field}", node.name);
            exam.push((path("price.per_core_hour"), Value::from(0)));
            exam.push((path("service_time.mean"), Value::from("1us")));
            exam.push((path("service_time.value"), Value::from("1us")));
            exam.push((path("write_time"), Value::from("1us")));
        }
        if !design.goals.iter().any(|goal| goal.metric == "nodes.clients.arrivals.rate") {
            exam.push(("nodes.clients.arrivals.rate".to_owned(), Value::from(1)));
        }
        for (path, value) in exam {
            let learner = Settings::from([(path.clone(), value)]);
            let judged: Scenario = setup::exam(lab, step, design, &learner).unwrap();
            assert!(judged == plain, "{}/{}: {path} changes the exam", lab.id, step.id);
        }
    }
}

#[test]
fn settings_that_cannot_be_are_told() {
    let lab = lab("the-narrow-place").unwrap();
    let learner = Settings::from([("nodes.app.cores".to_owned(), serde_json::Value::from(0))]);
    let problems = Evaluation::new(lab, lab.step("upgrade").unwrap(), &learner, &[]).unwrap_err();
    assert_eq!(problems[0].path, "nodes.app.cores");
    assert!(Evaluation::new(lab, lab.step("turn").unwrap(), &learner, &[]).unwrap().is_none());
}
