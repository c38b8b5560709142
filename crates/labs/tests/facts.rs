//! The facts behind the numbers: settings are read from the scenarios, figures are measured on five seeds.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_core::scenario::Value;
use headroom_labs::{Lab, measure};
use support::{Fact, SEEDS, facts, run};

fn check(id: &str) {
    let lab = headroom_labs::lab(id).unwrap();
    let mut wrong = Vec::new();
    for fact in facts(lab) {
        wrong.extend(check_setting(lab, &fact).or_else(|| check_figure(lab, &fact)));
    }
    assert!(wrong.is_empty(), "{}:\n{}", lab.id, wrong.join("\n"));
}

fn check_setting(lab: &Lab, fact: &Fact) -> Option<String> {
    let (path, told) = (fact.setting.as_ref()?, fact.is.clone()?);
    let scenario = match fact.during.as_ref().and_then(|id| lab.step(id)) {
        Some(step) => headroom_labs::setup::at_step(lab, step, &fact.settings),
        None => headroom_labs::setup::scenario(lab, &fact.settings),
    };
    let found = scenario.unwrap().get(path);
    let told: Value = serde_json::from_value(told).unwrap();
    (found.as_ref() != Some(&told)).then(|| format!("{}: {path} is {found:?}, told {told:?}", fact.text))
}

fn check_figure(lab: &Lab, fact: &Fact) -> Option<String> {
    let (metric, [low, high]) = (fact.metric.as_ref()?, fact.between?);
    let figures: Vec<f64> = (0..SEEDS)
        .map(|more| {
            let session = run(lab, fact.during.as_deref(), &fact.settings, fact.to, more);
            measure::figure(&session, metric, fact.from, fact.to).unwrap_or(f64::NAN)
        })
        .collect();
    println!("{}: {}: {metric} {figures:.4?} in {low}..{high}", lab.id, fact.text);
    let holds = figures.iter().all(|figure| (low..=high).contains(figure));
    (!holds).then(|| format!("{}: {metric} {figures:?} is not within {low} to {high}", fact.text))
}

support::each_lab!(check);
