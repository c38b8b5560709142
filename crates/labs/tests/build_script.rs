//! The build script's two halves as functions: taking text apart, and refusing a course that points at nothing.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use headroom_labs::{Block, Course, Inline, Lab, Mark, Prose, course, labs};

/// The build script compiles the model under this name.
mod model {
    pub(crate) use headroom_labs::*;
}

#[path = "../build/check.rs"]
mod check;
#[path = "../build/markup.rs"]
mod markup;

fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn term(id: &str, words: &str) -> Inline {
    Inline::Term { id: id.to_owned(), text: words.to_owned() }
}

fn apart(words: &str) -> Result<Vec<Inline>, String> {
    let mut prose = Prose(vec![text(words)]);
    markup::take_apart(&mut prose).map(|()| prose.0)
}

#[test]
fn inlines_are_taken_apart() {
    for (words, expected) in [
        ("plain words", vec![text("plain words")]),
        ("80 %, p99 < 120 ms", vec![text("80 %, p99 < 120 ms")]),
        ("**Turn** it", vec![Inline::Strong(Prose(vec![text("Turn")])), text(" it")]),
        ("say *when*", vec![text("say "), Inline::Emphasis(Prose(vec![text("when")]))]),
        ("`pool_size`", vec![Inline::Code("pool_size".to_owned())]),
        ("[[queue]]", vec![term("queue", "queue")]),
        ("the [[hit ratio]] falls", vec![text("the "), term("hit-ratio", "hit ratio"), text(" falls")]),
        (
            "it is [[utilisation|half busy]].",
            vec![text("it is "), term("utilisation", "half busy"), text(".")],
        ),
        ("a miss {miss}", vec![text("a miss "), Inline::Mark(Mark::Miss)]),
        ("**a [[queue]]**", vec![Inline::Strong(Prose(vec![text("a "), term("queue", "queue")]))]),
    ] {
        assert_eq!(apart(words), Ok(expected), "{words}");
    }
}

#[test]
fn what_is_not_lesson_text_is_refused() {
    for (words, problem) in [
        ("see [here](https://example.org)", "is not part of lesson text"),
        ("# A heading", "not a line of text"),
        ("one\n\ntwo", "more than one paragraph"),
        ("a {square}", "`{square}` is no mark"),
        ("an open [[term", "without `]]`"),
        ("a [single] bracket", "opens no term or mark"),
        ("![picture](a.png)", "is not part of lesson text"),
        ("", "not a line of text"),
    ] {
        let found = apart(words).unwrap_err();
        assert!(found.contains(problem), "{words}: {found}");
    }
}

#[test]
fn a_lesson_is_cut_into_sections() {
    let lesson = "# Title\n\n## one\n\nFirst\nline.\n\n{knob:links.\"app -> db\".pool.pool_size}\n\n- a\n- **b**\n\n\
                  ## two\n\n```\nlet x = 1;\n```\n";
    let sections = markup::sections(lesson).unwrap();
    assert_eq!(sections.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(
        sections[0].1,
        [
            Block::Paragraph(Prose(vec![text("First"), text(" "), text("line.")])),
            Block::Knob("links.\"app -> db\".pool.pool_size".to_owned()),
            Block::List(vec![Prose(vec![text("a")]), Prose(vec![Inline::Strong(Prose(vec![text("b")]))])]),
        ]
    );
    assert_eq!(sections[1].1, [Block::Code("let x = 1;\n".to_owned())]);
    assert!(markup::sections("words first\n\n## one").unwrap_err().contains("before the first"));
    assert!(markup::sections("## one\n\n1. numbered").unwrap_err().contains("is not part of lesson text"));
}

#[test]
fn a_whole_course_passes() {
    assert_eq!(check::check(course(), labs()), Ok(()));
}

#[test]
fn a_course_that_points_at_nothing_is_refused() {
    type Damage = fn(&mut Course, &mut Vec<Lab>);
    let cases: [(Damage, &str); 14] = [
        (|_, labs| labs[0].next = Some("gone".to_owned()), "busy-is-not-full: no lab `gone`"),
        (|_, labs| labs[1].needs.push("gone".to_owned()), "one-in-a-hundred: no lab `gone`"),
        (|_, labs| labs[0].knobs.clear(), "is not among the lab's knobs"),
        (|_, labs| labs[0].steps[1].misconception = Some("gone".to_owned()), "no misconception `gone`"),
        (|_, labs| labs[0].steps[1].task = labs[0].steps[2].task.clone(), "not both"),
        (|course, _| course.terms.retain(|term| term.id != "queue"), "`[[queue]]` is used and not explained"),
        (|course, _| course.terms[0].lab = "gone".to_owned(), "no lab `gone`"),
        (|course, _| course.misconceptions[0].refutation.lab = "gone".to_owned(), "no lab `gone`"),
        (|course, _| course.claims[0].step = "gone".to_owned(), "no step `busy-is-not-full/gone`"),
        (|course, _| course.claims[0].refutation = None, "nothing tests it"),
        (|course, _| course.symptoms[0].lab = "gone".to_owned(), "no lab `gone`"),
        (|_, labs| labs[1].number = 1, "number 1 `one-in-a-hundred` comes after 1 `busy-is-not-full`"),
        (|_, labs| labs[0].number = 3, "number 2 `one-in-a-hundred` comes after 3 `busy-is-not-full`"),
        (|_, labs| labs[1].id = labs[0].id.clone(), "lab `busy-is-not-full` stands twice"),
    ];
    for (damage, problem) in cases {
        let (mut course, mut labs) = (course().clone(), labs().to_vec());
        damage(&mut course, &mut labs);
        let problems = check::check(&course, &labs).unwrap_err();
        assert!(problems.iter().any(|found| found.contains(problem)), "{problem}: {problems:?}");
    }
}
