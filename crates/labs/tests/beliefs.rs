//! Each misconception is refuted by its pair of runs; and what the slow requests share is what the lab says.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_core::node::Simulator;
use headroom_core::sim::simulation::Stop;
use headroom_labs::find::{Findings, Share};
use headroom_labs::{Refutation, Task, course, lab, labs, measure, setup};
use std::sync::Arc;
use support::{SEEDS, run};

fn ratio(refutation: &Refutation, more: u64) -> f64 {
    let lab = lab(&refutation.lab).unwrap();
    let figure = |settings| {
        let session = run(lab, refutation.during.as_deref(), settings, refutation.to, more);
        measure::figure(&session, &refutation.metric, refutation.from, refutation.to).unwrap_or(f64::NAN)
    };
    figure(&refutation.after) / figure(&refutation.before)
}

fn check(refutations: impl Iterator<Item = (&'static str, &'static Refutation)>) {
    let mut wrong = Vec::new();
    for (id, refutation) in refutations {
        let ([least, most], [low, high]) = (refutation.expected, refutation.found);
        assert!(high < least || low > most, "{id}: the runs agree with the belief");
        let ratios: Vec<f64> = (0..SEEDS).map(|more| ratio(refutation, more)).collect();
        println!("{id}: {ratios:.3?} in {low}..{high}");
        if !ratios.iter().all(|ratio| (low..=high).contains(ratio)) {
            wrong.push(format!("{id}: {ratios:?} is not within {low} to {high}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn runs_refute_the_beliefs() {
    check(course().misconceptions.iter().map(|belief| (belief.id.as_str(), &belief.refutation)));
}

/// Those that no misconception tests have runs of their own.
#[test]
fn runs_refute_what_is_commonly_said() {
    check(course().claims.iter().filter_map(|claim| Some((claim.id.as_str(), claim.refutation.as_ref()?))));
}

#[test]
fn what_the_slow_ones_share_is_in_their_spans() {
    for lab in labs() {
        for step in &lab.steps {
            let Some(Task::Find(find)) = &step.task else { continue };
            for more in 0..SEEDS {
                let mut scenario = setup::at_step(lab, step, &headroom_labs::Settings::new()).unwrap();
                scenario.seed += more;
                let right = find.answers.iter().position(|answer| answer.if_wrong.is_empty()).unwrap();
                let shares = shares(find, Arc::new(scenario));
                println!("{}/{}: {shares:.3?}", lab.id, step.id);
                for (index, share) in shares.iter().enumerate() {
                    assert_eq!(share.confirms(), index == right, "{}/{}: {index} {share:?}", lab.id, step.id);
                }
            }
        }
    }
}

fn shares(find: &headroom_labs::Find, scenario: Arc<headroom_core::scenario::Scenario>) -> Vec<Share> {
    let mut simulator = Simulator::new(&scenario, &[]).unwrap();
    // One instance a node in these labs, in the order of the file.
    let nodes = (0..scenario.nodes.len() as u16).collect();
    let mut findings = Findings::new(find, &scenario, scenario.warmup, nodes);
    loop {
        let stop = simulator.run_until(scenario.duration, 10_000);
        findings.observe(simulator.records());
        simulator.clear_records();
        match stop {
            Stop::Budget => {}
            Stop::Reached => return findings.shares(find.slowest),
            Stop::Overloaded(overload) => panic!("{overload:?}"),
        }
    }
}
