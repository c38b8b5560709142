//! Each prediction has one right answer, on every seed, and it is the one that the words around it assume.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_core::scenario::Scenario;
use headroom_labs::predict::{Guess, answer, reveal};
use headroom_labs::{Ask, Best, Change, Lab, Moment, Prediction, Step, course, measure, setup};
use support::{SEEDS, play};

/// Seeds for which the margin between variants must hold.
const VARIANT_SEEDS: u64 = 20;

fn start(lab: &Lab, step: &Step) -> Scenario {
    setup::at_step(lab, step, &headroom_labs::Settings::new()).unwrap()
}

fn measured(scenario: &Scenario, predict: &Prediction, changes: &[Change], more: u64) -> f64 {
    let actions = setup::actions(changes, predict.at).unwrap();
    let session = play(scenario, actions, Some(predict.until), more);
    measure::figure(&session, &predict.of, predict.from, predict.to).unwrap_or(f64::NAN)
}

fn check(id: &str) {
    let lab = course().lab(id).unwrap();
    for step in &lab.steps {
        let Some(predict) = &step.predict else { continue };
        let (scenario, place) = (start(lab, step), format!("{}/{}", lab.id, step.id));
        match &predict.ask {
            Ask::Choice(_) => {
                let figures: Vec<f64> =
                    (0..SEEDS).map(|more| measured(&scenario, predict, &predict.change, more)).collect();
                let answers: Vec<_> = figures.iter().map(|figure| answer(&predict.ask, &[*figure])).collect();
                println!("{place}: {figures:.4?} -> {answers:?}");
                assert!(answers[0].is_some() && answers.iter().all(|other| *other == answers[0]), "{place}");
            }
            Ask::Number(number) => {
                for more in 0..SEEDS {
                    let figure = measured(&scenario, predict, &predict.change, more);
                    println!("{place}: {figure:.4}");
                    let shown = figure * predict.times;
                    assert!(shown > number.min && shown < number.max, "{place}: {shown}");
                    assert_eq!(
                        reveal(predict, Guess::Number(shown), &[figure]).unwrap().right,
                        Some(true),
                        "{place}"
                    );
                }
            }
            Ask::Variant { best, margin, variants } => {
                let right = variants.iter().position(|variant| variant.if_wrong.is_empty());
                for more in 0..VARIANT_SEEDS {
                    let figures: Vec<f64> = variants
                        .iter()
                        .map(|variant| measured(&scenario, predict, &variant.change, more))
                        .collect();
                    println!("{place}: {figures:.4?}");
                    assert_eq!(answer(&predict.ask, &figures), right, "{place}: {figures:?}");
                    assert!(lead(*best, &figures) >= *margin, "{place}: {figures:?}");
                }
            }
        }
    }
}

/// By what factor the best figure beats the next.
fn lead(best: Best, figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match best {
        Best::Highest => sorted[sorted.len() - 1] / sorted[sorted.len() - 2],
        Best::Lowest => sorted[1] / sorted[0],
    }
}

#[test]
fn busy_is_not_full() {
    check("busy-is-not-full");
}

#[test]
fn one_in_a_hundred() {
    check("one-in-a-hundred");
}

#[test]
fn the_narrow_place() {
    check("the-narrow-place");
}

#[test]
fn in_the_door_out_the_door() {
    check("in-the-door-out-the-door");
}

#[test]
fn what_a_miss_costs() {
    check("what-a-miss-costs");
}

/// Where it stands in the run: not before the step opens, and within the run.
#[test]
fn predictions_lie_within_their_run() {
    for lab in &course().labs {
        for step in &lab.steps {
            let Some(predict) = &step.predict else { continue };
            let duration = Moment(start(lab, step).duration);
            let place = format!("{}/{}", lab.id, step.id);
            assert!(predict.at < predict.until && predict.until <= duration, "{place}");
            assert!(predict.to.is_none_or(|to| to <= predict.until), "{place}");
            assert!(step.opens_at == predict.at || predict.change.is_empty() || predict.at.0 == 0, "{place}");
        }
    }
}
