//! Scenario files that are wrong: every one is refused with all its problems, each in its place and with the words
//! that stand beside it. `tests/bad` holds the files; each opens with a comment for each problem, in their order:
//!
//! ```toml
//! #: line 11, "0": nodes.server.cores: 0 cores; give at least 1
//! ```
//!
//! The text in quotes is what the problem points at (the first line of it). What cannot stand in such a file, since it
//! is too long, too deep or no text at all, is made here.

use headroom_core::scenario::{LONGEST_TEXT, Problem, Scenario};
use headroom_tests::bad::{Bad, files};

/// A system that is fine.
const FINE: &str = r#"
title = "Two nodes"
duration = "10s"

[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "poisson", rate = 100 }

[nodes.server]
kind = "service"
service_time = { distribution = "fixed", value = "1ms" }
"#;

/// The problems of a text, as the files write them.
fn told(text: &str, problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{}: {problem}", place(text, problem))).collect()
}

fn place(text: &str, problem: &Problem) -> String {
    let Some(span) = &problem.span else { return "nowhere".to_owned() };
    let line = text[..span.start].lines().count().max(1)
        + usize::from(span.start > 0 && text[..span.start].ends_with('\n'));
    let marked: String = text[span.clone()].lines().next().unwrap_or_default().chars().take(60).collect();
    format!("line {line}, {marked:?}")
}

fn problems(text: &str) -> Vec<Problem> {
    Scenario::read(text).err().unwrap_or_default()
}

#[test]
fn every_bad_file_is_refused_with_the_words_beside_it() {
    let files = files();
    assert!(files.len() >= 130, "{} files", files.len());
    for Bad { name, text, expected } in files {
        assert!(!expected.is_empty(), "{name} says nothing of what is wrong with it");
        assert_eq!(told(&text, &problems(&text)), expected, "{name}");
    }
}

#[test]
fn a_problem_says_where_it_is_and_what_to_do() {
    for Bad { name, text, .. } in files() {
        for Problem { path, span, message, help } in problems(&text) {
            let span = span.unwrap_or_else(|| panic!("{name}: {message} has no place"));
            assert!(text.get(span).is_some(), "{name}: {message} is outside of the text");
            assert!(!path.is_empty() || name.starts_with("syntax/"), "{name}: {message} has no path");
            let one_line = !message.is_empty() && !message.contains('\n') && !message.ends_with('.');
            assert!(one_line && message.chars().count() <= 200, "{name}: {message}");
            let says_what_to_do = help.is_some()
                || [
                    "; ",
                    " is not ",
                    "round for ever",
                    "not valid TOML",
                    "no node is called",
                    "does not call",
                ]
                .iter()
                .any(|words| message.contains(words));
            assert!(says_what_to_do, "{name}: {message}");
        }
    }
}

#[test]
fn what_no_file_here_can_hold_is_refused_as_plainly() {
    let many_nodes = |count: usize| {
        let node = |index| {
            format!(
                "[nodes.n{index}]\nkind = \"database\"\nservice_time = {{ distribution = \"fixed\", value = \"1ms\" }}\n"
            )
        };
        format!("{FINE}{}", (0..count).map(node).collect::<String>())
    };
    let many_instances = (0..11).fold(FINE.to_owned(), |text, index| {
        format!("{text}[nodes.s{index}]\nkind = \"service\"\nreplicas = 200\nservice_time = {{ distribution = \"fixed\", value = \"1ms\" }}\n")
    });
    let chain = (0..33).fold(FINE.replace("to = \"server\"", "to = \"n0\""), |text, index| {
        format!("{text}[nodes.n{index}]\nkind = \"service\"\nto = \"n{}\"\nservice_time = {{ distribution = \"fixed\", value = \"1ms\" }}\n", index + 1)
    });
    let chain = chain.replace("to = \"n33\"", "to = \"server\"");
    let many_actions =
        format!("actions = [{}]{FINE}", "{ at = \"1s\", do = \"kill\", node = \"server\" },".repeat(1_001));
    let cases: [(&str, String, &str); 13] = [
        ("empty", String::new(), "title: missing; give a title"),
        ("blank", " \n\t\r\n".to_owned(), "title: missing; give a title"),
        ("no words", "\u{0}\u{0}\u{0}".to_owned(), "not valid TOML"),
        ("10 MB", "# no end of comments\n".repeat(500_000), "10500000 bytes of text; give at most 1048576"),
        (
            "a byte too long",
            format!("{FINE}#{}", "x".repeat(LONGEST_TEXT - FINE.len())),
            "1048577 bytes of text",
        ),
        ("201 nodes", many_nodes(199), "nodes: 201 nodes; give at most 200"),
        ("10,000 nodes", many_nodes(9_998), "nodes: 10000 nodes; give at most 200"),
        ("2,202 instances", many_instances, "nodes: 2202 instances in all; make it at most 2000"),
        ("34 calls", chain, "nodes.clients.to: 34 calls one behind the other; make it at most 32"),
        ("1,001 actions", many_actions, "actions: 1001 items; give at most 1000"),
        ("deep lists", format!("title = {}{}", "[".repeat(100_000), "]".repeat(100_000)), "not valid TOML"),
        (
            "deep tables",
            format!("title = {}{}", "{a=".repeat(100_000), "}".repeat(100_000)),
            "not valid TOML",
        ),
        ("deep keys", format!("title = {{ {}a = 1 }}", "a.".repeat(200_000)), ""),
    ];
    for (name, text, expected) in cases {
        let told: Vec<String> = problems(&text).iter().map(Problem::to_string).collect();
        assert!(told.iter().any(|told| told.starts_with(expected)), "{name}: {told:?}");
        assert!(told.len() <= 100, "{name}: {} problems", told.len());
    }
    assert_eq!(problems(FINE), Vec::new());
}

#[test]
fn bytes_that_are_no_text_are_refused_in_their_place() {
    for (name, bytes, at) in [
        ("Latin-1", &b"title = \"caf\xe9\""[..], 12),
        ("UTF-16", &b"\xff\xfet\0i\0"[..], 0),
        ("cut off", &b"title = \"\xe2\x82"[..], 9),
    ] {
        let problems = Scenario::read_bytes(bytes).expect_err(name);
        let expected = format!("byte {at} is not UTF-8 text; save the file as UTF-8");
        assert_eq!((problems.len(), &problems[0].message), (1, &expected), "{name}");
        assert_eq!(problems[0].span, Some(at..at + 1), "{name}");
    }
}
