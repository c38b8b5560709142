//! Reads the files of the course: `course.toml`, `glossary.toml`, `misconceptions.toml`, `commonly-said.toml`,
//! `symptoms.toml`, and for each lab `lab.toml`, `scenario.toml` and `lesson.md`.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::markup;
use crate::model::{Chapter, Claim, Course, Lab, Misconception, Outline, Prose, Symptom, Term};

/// The course in `root` and its labs, with all text taken apart; or everything that is wrong with the files.
pub(crate) fn read(root: &Path) -> Result<(Course, Vec<Lab>), Vec<String>> {
    let mut problems = Vec::new();
    let chapters =
        note(toml::<Chapters>(root, "course.toml"), &mut problems).map_or(Vec::new(), |c| c.chapters);
    let terms = note(toml::<Terms>(root, "glossary.toml"), &mut problems).map_or(Vec::new(), |t| t.terms);
    let misconceptions = note(toml::<Misconceptions>(root, "misconceptions.toml"), &mut problems)
        .map_or(Vec::new(), |m| m.misconceptions);
    let claims =
        note(toml::<Claims>(root, "commonly-said.toml"), &mut problems).map_or(Vec::new(), |c| c.claims);
    let symptoms =
        note(toml::<Symptoms>(root, "symptoms.toml"), &mut problems).map_or(Vec::new(), |s| s.symptoms);
    let mut labs = Vec::new();
    for chapter in &chapters {
        let mut number = 0;
        for id in &chapter.labs {
            if let Some(mut lab) = note(lab(root, &chapter.id, id), &mut problems) {
                number = if lab.number == 0 { number + 1 } else { lab.number };
                lab.number = number;
                labs.push(lab);
            }
        }
    }
    let mut course = Course { chapters, outlines: Vec::new(), terms, misconceptions, claims, symptoms };
    let shared = "glossary.toml, misconceptions.toml, commonly-said.toml, symptoms.toml";
    take_apart(shared, course.shared_prose_mut(), &mut problems);
    for lab in &mut labs {
        let place = format!("{}/{}/lab.toml", lab.chapter, lab.id);
        // Lesson bodies are taken apart already: only plain strings are left.
        take_apart(&place, lab.prose_mut(), &mut problems);
    }
    course.outlines = labs.iter().map(Outline::from).collect();
    if problems.is_empty() { Ok((course, labs)) } else { Err(problems) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapters {
    chapters: Vec<Chapter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    terms: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Misconceptions {
    misconceptions: Vec<Misconception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    claims: Vec<Claim>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Symptoms {
    symptoms: Vec<Symptom>,
}

fn lab(root: &Path, chapter: &str, id: &str) -> Result<Lab, Vec<String>> {
    let folder = format!("{chapter}/{id}");
    let mut lab: Lab = toml(root, &format!("{folder}/lab.toml"))?;
    id.clone_into(&mut lab.id);
    chapter.clone_into(&mut lab.chapter);
    lab.scenario = text(root, &format!("{folder}/scenario.toml"))?;
    let place = format!("{folder}/lesson.md");
    let mut sections =
        markup::sections(&text(root, &place)?).map_err(|error| vec![format!("{place}: {error}")])?;
    for step in &mut lab.steps {
        match sections.iter().position(|(id, _)| *id == step.id) {
            Some(found) => step.body = sections.remove(found).1,
            None => return Err(vec![format!("{place}: no section `## {}`, though it is a step", step.id)]),
        }
    }
    match sections.first() {
        Some((id, _)) => Err(vec![format!("{place}: section `## {id}` belongs to no step of lab.toml")]),
        None => Ok(lab),
    }
}

fn take_apart(place: &str, all: Vec<&mut Prose>, problems: &mut Vec<String>) {
    for prose in all {
        if let Err(error) = markup::take_apart(prose) {
            problems.push(format!("{place}: {error}"));
        }
    }
}

fn toml<T: DeserializeOwned>(root: &Path, path: &str) -> Result<T, Vec<String>> {
    toml::from_str(&text(root, path)?).map_err(|error| vec![format!("{path}: {error}")])
}

fn text(root: &Path, path: &str) -> Result<String, Vec<String>> {
    std::fs::read_to_string(root.join(path)).map_err(|error| vec![format!("{path}: {error}")])
}

fn note<T>(result: Result<T, Vec<String>>, problems: &mut Vec<String>) -> Option<T> {
    result.map_err(|found| problems.extend(found)).ok()
}
