//! Each prediction has one right answer, on every seed, and it is the one that the words around it assume.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_core::scenario::Scenario;
use headroom_core::session::Session;
use headroom_labs::predict::{Guess, Needs, answer, needs, ranking, reveal};
use headroom_labs::{Ask, Best, Change, Lab, Moment, Prediction, Step, lab, labs, measure, setup};
use support::{SEEDS, play};

/// Seeds for which the margin between variants must hold.
const VARIANT_SEEDS: u64 = 20;

fn start(lab: &Lab, step: &Step) -> Scenario {
    setup::at_step(lab, step, &headroom_labs::Settings::new()).unwrap()
}

/// The figures that judge a prediction, with the seed moved on by `more`.
fn measured(scenario: &Scenario, predict: &Prediction, more: u64) -> Vec<f64> {
    let run = |changes: &[Change]| {
        let actions = setup::actions(changes, predict.at).unwrap();
        play(scenario, actions, Some(predict.until), more)
    };
    let figure = |session: &Session, name: &str, to: Option<Moment>| {
        measure::figure(session, name, predict.from, to.or(predict.to)).unwrap_or(f64::NAN)
    };
    match needs(predict) {
        Needs::Figures(names) => {
            let session = run(&predict.change);
            names.iter().map(|(name, to)| figure(&session, name, *to)).collect()
        }
        Needs::Variants(variants) => {
            variants.iter().map(|changes| figure(&run(changes), &predict.of, None)).collect()
        }
    }
}

fn check(id: &str) {
    let lab = lab(id).unwrap();
    for step in &lab.steps {
        let Some(predict) = &step.predict else { continue };
        let (scenario, place) = (start(lab, step), format!("{}/{}", lab.id, step.id));
        let seeds = if matches!(needs(predict), Needs::Variants(_)) { VARIANT_SEEDS } else { SEEDS };
        let runs: Vec<Vec<f64>> = (0..seeds).map(|more| measured(&scenario, predict, more)).collect();
        println!("{place}: {runs:.4?}");
        check_runs(predict, &runs, &place);
    }
}

/// Whether the right answer is the same on every seed, and the one that the words take for granted.
fn check_runs(predict: &Prediction, runs: &[Vec<f64>], place: &str) {
    let first = answer(&predict.ask, &runs[0]);
    match &predict.ask {
        Ask::Choice(_) => {
            assert!(first.is_some(), "{place}");
            assert!(runs.iter().all(|figures| answer(&predict.ask, figures) == first), "{place}");
        }
        Ask::Variant { best, margin, .. } | Ask::Where { best, margin, .. } => {
            let right = predict.ask.if_wrong().iter().position(|words| words.is_empty());
            for figures in runs {
                assert_eq!(answer(&predict.ask, figures), right, "{place}: {figures:?}");
                assert!(leads(*best, figures)[0] >= *margin, "{place}: {figures:?}");
            }
        }
        Ask::Rank { best, margin, .. } => {
            for figures in runs {
                assert_eq!(ranking(*best, figures), ranking(*best, &runs[0]), "{place}: {figures:?}");
                assert!(leads(*best, figures).iter().all(|lead| lead >= margin), "{place}: {figures:?}");
            }
        }
        Ask::Number(number) => {
            for figures in runs {
                let shown = figures[0] * predict.times;
                assert!(shown > number.min && shown < number.max, "{place}: {shown}");
            }
        }
        Ask::Sketch(sketch) => {
            for figures in runs {
                let curve: Vec<f64> = figures.iter().map(|figure| figure * predict.times).collect();
                let inside = |value: &f64| (sketch.min..=sketch.max).contains(value);
                assert!(curve.iter().all(inside), "{place}: {curve:?}");
                // Whoever draws the lab's own run is right on every other.
                let own = runs[0].iter().map(|figure| figure * predict.times).collect();
                let revealed = reveal(predict, &Guess::Curve(own), figures).unwrap();
                assert_eq!(revealed.right, Some(true), "{place}: {figures:?}");
            }
        }
    }
}

/// By what factor each figure beats the next one in the ranking.
fn leads(best: Best, figures: &[f64]) -> Vec<f64> {
    let sorted: Vec<f64> = ranking(best, figures).into_iter().map(|place| figures[place]).collect();
    let lead = |pair: &[f64]| if best == Best::Highest { pair[0] / pair[1] } else { pair[1] / pair[0] };
    sorted.windows(2).map(lead).collect()
}

support::each_lab!(check);

/// Where it stands in the run: not before the step opens, and within the run.
#[test]
fn predictions_lie_within_their_run() {
    for lab in labs() {
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
