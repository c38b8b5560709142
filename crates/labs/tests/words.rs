//! How lessons read: lengths, words, completeness. Whether their numbers are true is tested in `numbers.rs`.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use std::collections::BTreeSet;
use std::path::Path;

use headroom_labs::{Ask, Block, Chart, Course, Lab, Prose, Step, Task, course, labs};

/// Everything a reader can meet in a lab, with where it stands.
fn prose(lab: &Lab) -> Vec<String> {
    let mut lab = lab.clone();
    lab.prose_mut().into_iter().map(|prose| prose.plain()).filter(|text| !text.is_empty()).collect()
}

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

fn body_words(step: &Step) -> usize {
    step.body.iter().flat_map(Block::prose).map(|prose| words(&prose.plain())).sum()
}

/// Sentences end at a full stop, question or exclamation mark before a space or the end.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        sentences.last_mut().unwrap().push(char);
        if matches!(char, '.' | '!' | '?') && chars.peek().is_none_or(|next| next.is_whitespace()) {
            sentences.push(String::new());
        }
    }
    sentences.into_iter().filter(|sentence| words(sentence) > 0).collect()
}

#[test]
fn sentences_are_short() {
    let mut shared: Course = course().clone();
    let shared = shared.shared_prose_mut().into_iter().map(|prose| prose.plain()).collect::<Vec<_>>();
    let texts = labs().iter().flat_map(prose).chain(shared);
    let long: Vec<String> =
        texts.flat_map(|text| sentences(&text)).filter(|sentence| words(sentence) > 20).collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn steps_are_short_and_few() {
    for lab in labs() {
        assert!((1..=5).contains(&lab.steps.len()), "{}", lab.id);
        for step in &lab.steps {
            let words = body_words(step);
            assert!(
                (1..=60).contains(&words),
                "{}/{}: {words} words before something moves",
                lab.id,
                step.id
            );
        }
    }
}

#[test]
fn each_step_brings_at_most_one_new_chart() {
    for lab in labs() {
        for pair in lab.steps.windows(2) {
            let new = pair[1].show.iter().filter(|chart| !pair[0].show.contains(chart)).count();
            assert!(new <= 1, "{}/{}", lab.id, pair[1].id);
        }
    }
}

/// The picture is never veiled: the run stands before what is asked about.
#[test]
fn what_is_veiled_is_a_chart_of_the_step() {
    for lab in labs() {
        for step in &lab.steps {
            let veiled = step.predict.iter().flat_map(|asked| &asked.veil);
            for chart in veiled {
                assert!(
                    *chart != Chart::Scene && step.show.contains(chart),
                    "{}/{}: {chart:?}",
                    lab.id,
                    step.id
                );
            }
        }
    }
}

/// Words at 200 a minute on the way of someone who answers wrongly once and needs no hint, 8 s for each reveal, 5 s
/// for each evaluation, 10 s for each step to look and to act; and time to think, half a minute before each answer and
/// as much for each of two tries at a task, which is what a first-time learner took.
#[test]
fn minutes_are_true() {
    for lab in labs() {
        let words: usize = lab.steps.iter().map(words_on_the_way).sum();
        let reveals = lab.steps.iter().filter(|step| step.predict.is_some()).count();
        let tasks = lab.steps.iter().filter(|step| step.task.is_some()).count();
        let seconds = words as f64 * 0.3
            + (8.0 + 30.0) * reveals as f64
            + 2.0 * (5.0 + 30.0) * tasks as f64
            + 10.0 * lab.steps.len() as f64;
        let minutes = seconds / 60.0;
        assert!([3, 6, 10].contains(&lab.minutes), "{}", lab.id);
        assert!(minutes <= f64::from(lab.minutes), "{}: {minutes:.1} minutes", lab.id);
        assert!(minutes >= f64::from(lab.minutes) / 2.5, "{}: {minutes:.1} minutes", lab.id);
    }
}

fn words_on_the_way(step: &Step) -> usize {
    let longest = |texts: Vec<&Prose>| texts.iter().map(|text| words(&text.plain())).max().unwrap_or(0);
    let all = |texts: Vec<&Prose>| texts.iter().map(|text| words(&text.plain())).sum::<usize>();
    let predict = step.predict.as_ref().map_or(0, |predict| {
        let answers = all(predict.ask.texts()) + longest(predict.ask.if_wrong());
        all(vec![&predict.question, &predict.reveal]) + answers
    });
    let told = |task: &Task| {
        all(task.why().into_iter().collect())
            + task.goals().iter().map(|goal| words(&goal.label) + 2).sum::<usize>()
    };
    let task = match &step.task {
        Some(Task::Find(find)) => {
            all(vec![&find.question, &find.reveal])
                + all(find.answers.iter().map(|answer| &answer.text).collect())
                + longest(find.answers.iter().map(|answer| &answer.if_wrong).collect())
        }
        Some(task @ Task::Design(design)) => told(task) + all(vec![&design.unseen.what]),
        Some(task @ Task::Incident(_)) => told(task),
        None => 0,
    };
    body_words(step) + words(&step.say.plain()) + predict + task
}

#[test]
fn words_are_plain() {
    let hype = [
        "simply",
        "obviously",
        "trivial",
        "amazing",
        "powerful",
        "blazing",
        "magic",
        "revolutionary",
        "unlock",
    ];
    let colours = ["red", "green", "blue", "yellow", "orange", "purple", "pink", "amber"];
    for lab in labs() {
        for text in prose(lab) {
            let lower = text.to_lowercase();
            for word in lower.split(|char: char| !char.is_alphabetic()) {
                assert!(!hype.contains(&word), "{}: `{word}` in `{text}`", lab.id);
                assert!(!colours.contains(&word), "{}: named by its colour, `{word}`, in `{text}`", lab.id);
            }
        }
    }
}

#[test]
fn wrong_answers_are_answered() {
    for lab in labs() {
        for step in &lab.steps {
            let place = format!("{}/{}", lab.id, step.id);
            match step.predict.as_ref().map(|predict| &predict.ask) {
                // Which one is right is measured, so each needs its words.
                Some(Ask::Choice(choices)) => {
                    assert!(choices.len() >= 3, "{place}");
                    assert!(choices.iter().all(|choice| !choice.if_wrong.is_empty()), "{place}");
                }
                Some(ask @ (Ask::Variant { .. } | Ask::Where { .. })) => {
                    let words = ask.if_wrong();
                    assert!(words.len() >= 3, "{place}");
                    assert_eq!(words.iter().filter(|words| words.is_empty()).count(), 1, "{place}");
                }
                Some(Ask::Rank { variants, .. }) => {
                    assert!(variants.len() >= 3, "{place}");
                    // The best of all is never the first slip.
                    assert!(
                        variants.iter().filter(|variant| variant.if_wrong.is_empty()).count() <= 1,
                        "{place}"
                    );
                }
                Some(ask @ Ask::Sketch(sketch)) => {
                    assert!(sketch.points.len() >= 3 && sketch.near > 1.0, "{place}");
                    assert!(ask.if_wrong().iter().all(|words| !words.is_empty()), "{place}");
                }
                Some(Ask::Number(number)) => {
                    assert!(
                        !number.if_low.is_empty() && !number.if_high.is_empty() && number.near > 1.0,
                        "{place}"
                    );
                }
                None => {}
            }
            if let Some(Task::Find(find)) = &step.task {
                assert!(find.answers.len() >= 3, "{place}");
                assert_eq!(
                    find.answers.iter().filter(|answer| answer.if_wrong.is_empty()).count(),
                    1,
                    "{place}"
                );
            }
        }
    }
}

#[test]
fn tasks_have_hints_and_a_belief_to_work_against() {
    for lab in labs() {
        assert!(lab.steps.iter().any(|step| step.predict.is_some()), "{}", lab.id);
        assert!(lab.steps.iter().any(|step| step.task.is_some()), "{}", lab.id);
        for step in &lab.steps {
            let place = format!("{}/{}", lab.id, step.id);
            assert_eq!(step.task.is_some(), step.hints.is_some(), "{place}");
            assert_eq!(
                step.task.is_some() || step.predict.is_some(),
                step.misconception.is_some(),
                "{place}"
            );
            // A step of only text is finished by turning something.
            assert_eq!(step.task.is_none() && step.predict.is_none(), step.pulse.is_some(), "{place}");
        }
    }
}

#[test]
fn each_belief_is_met_somewhere() {
    let met: BTreeSet<&str> =
        labs().iter().flat_map(|lab| &lab.steps).filter_map(|step| step.misconception.as_deref()).collect();
    let known: BTreeSet<&str> = course().misconceptions.iter().map(|belief| belief.id.as_str()).collect();
    assert_eq!(met, known);
}

#[test]
fn terms_are_short_and_used() {
    let used: BTreeSet<String> = (labs().iter())
        .flat_map(|lab| {
            let mut lab = lab.clone();
            let terms = |prose: &mut Prose| prose.terms().into_iter().map(str::to_owned).collect::<Vec<_>>();
            lab.prose_mut().into_iter().flat_map(terms).collect::<Vec<_>>()
        })
        .collect();
    for term in &course().terms {
        let count = words(&term.means.plain());
        assert!((3..=25).contains(&count), "{}: {count} words", term.id);
        assert!(used.contains(&term.id), "{} is never used", term.id);
    }
}

#[test]
fn labs_end_with_what_to_take_home() {
    for lab in labs() {
        assert_eq!(lab.exit.len(), 2, "{}", lab.id);
        assert!(!lab.transfer.look.is_empty(), "{}", lab.id);
        assert!((2..=4).contains(&lab.transfer.mind.len()), "{}", lab.id);
        assert!(!lab.transfer.set.text.trim().is_empty(), "{}", lab.id);
    }
}

#[test]
fn labs_stand_in_an_order_that_can_be_walked() {
    let labs = labs();
    for (place, lab) in labs.iter().enumerate() {
        for need in &lab.needs {
            assert!(labs[..place].iter().any(|before| before.id == *need), "{} needs {need} first", lab.id);
        }
        let last = place + 1 == labs.len();
        assert_eq!(lab.next.is_none(), last, "{}: one suggestion, unless there is nothing more", lab.id);
        assert_ne!(lab.next.as_ref(), Some(&lab.id));
    }
}

/// A lab's id is the kebab-case of its first title.
#[test]
fn ids_are_titles() {
    for lab in labs() {
        let id: Vec<String> = (lab.title.to_lowercase().split(|char: char| !char.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        assert_eq!(lab.id, id.join("-"));
    }
}

#[test]
fn each_lab_says_what_its_model_leaves_out() {
    for lab in labs() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("content/{}/{}/model.md", lab.chapter, lab.id));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for heading in ["## What learners get wrong", "## What the model leaves out"] {
            assert!(text.contains(heading), "{}: no `{heading}`", path.display());
        }
    }
}
