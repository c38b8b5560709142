//! What a course must be before it is built: nothing may point at something that is not there. How it reads, and
//! whether its numbers are true, are tests.

use std::collections::BTreeSet;

use crate::model::{Block, Course, Lab, Step};

/// All problems of `course` and its `labs`.
pub(crate) fn check(course: &Course, labs: &[Lab]) -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    once("lab", labs.iter().map(|lab| &lab.id), &mut problems);
    once("term", course.terms.iter().map(|term| &term.id), &mut problems);
    once("misconception", course.misconceptions.iter().map(|belief| &belief.id), &mut problems);
    for lab in labs {
        check_lab(course, lab, &mut problems);
    }
    for pair in labs.windows(2).filter(|pair| pair[0].chapter == pair[1].chapter) {
        if pair[0].number >= pair[1].number {
            let [before, after] = [&pair[0], &pair[1]].map(|lab| format!("{} `{}`", lab.number, lab.id));
            problems.push(format!("{}: number {after} comes after {before}", pair[0].chapter));
        }
    }
    for term in course.terms.iter().filter(|term| course.outline(&term.lab).is_none()) {
        problems.push(format!("glossary.toml: {}: no lab `{}`", term.id, term.lab));
    }
    for belief in &course.misconceptions {
        if course.outline(&belief.refutation.lab).is_none() {
            problems.push(format!("misconceptions.toml: {}: no lab `{}`", belief.id, belief.refutation.lab));
        }
    }
    once("claim", course.claims.iter().map(|claim| &claim.id), &mut problems);
    for claim in &course.claims {
        step_exists(
            course,
            &format!("commonly-said.toml: {}", claim.id),
            &claim.lab,
            &claim.step,
            &mut problems,
        );
        match course.refutation(claim) {
            None => problems.push(format!("commonly-said.toml: {}: nothing tests it", claim.id)),
            Some(refutation) if course.outline(&refutation.lab).is_none() => {
                problems.push(format!("commonly-said.toml: {}: no lab `{}`", claim.id, refutation.lab));
            }
            Some(_) => {}
        }
    }
    for symptom in &course.symptoms {
        let place = format!("symptoms.toml: {}", symptom.says.plain());
        step_exists(course, &place, &symptom.lab, &symptom.step, &mut problems);
    }
    let mut shared = course.clone();
    let used: BTreeSet<String> = (shared.shared_prose_mut().into_iter().flat_map(|prose| prose.terms()))
        .map(str::to_owned)
        .chain(labs.iter().flat_map(lab_terms))
        .collect();
    for term in used.iter().filter(|id| course.term(id).is_none()) {
        problems.push(format!("glossary.toml: `[[{term}]]` is used and not explained"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn check_lab(course: &Course, lab: &Lab, problems: &mut Vec<String>) {
    let mut problem = |text: String| problems.push(format!("{}/{}: {text}", lab.chapter, lab.id));
    for other in lab.needs.iter().chain(&lab.next).filter(|id| course.outline(id).is_none()) {
        problem(format!("no lab `{other}`"));
    }
    for step in &lab.steps {
        for path in step_knobs(step).filter(|path| lab.knob(step, path).is_none()) {
            problem(format!("{}: knob `{path}` is not among the lab's knobs", step.id));
        }
        if step.predict.is_some() && step.task.is_some() {
            problem(format!("{}: a prediction or a task, not both", step.id));
        }
        if let Some(id) = step.misconception.as_ref().filter(|id| course.misconception(id).is_none()) {
            problem(format!("{}: no misconception `{id}`", step.id));
        }
    }
}

fn step_exists(course: &Course, place: &str, lab: &str, step: &str, problems: &mut Vec<String>) {
    match course.outline(lab) {
        None => problems.push(format!("{place}: no lab `{lab}`")),
        Some(known) if !known.steps.iter().any(|(id, _)| id == step) => {
            problems.push(format!("{place}: no step `{lab}/{step}`"))
        }
        Some(_) => {}
    }
}

fn step_knobs(step: &Step) -> impl Iterator<Item = &String> {
    let in_text = step.body.iter().filter_map(|block| match block {
        Block::Knob(path) => Some(path),
        _ => None,
    });
    step.knobs.iter().chain(in_text).chain(step.pulse.iter().map(|pulse| &pulse.knob))
}

fn lab_terms(lab: &Lab) -> Vec<String> {
    let mut lab = lab.clone();
    lab.prose_mut()
        .into_iter()
        .flat_map(|prose| prose.terms().into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn once<'a>(what: &str, ids: impl Iterator<Item = &'a String>, problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for id in ids.filter(|id| !seen.insert(id.as_str())) {
        problems.push(format!("{what} `{id}` stands twice"));
    }
}
