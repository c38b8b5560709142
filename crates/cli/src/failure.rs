//! How a command can fail, what it says then and with which status it ends.

use headroom_core::scenario::Problem;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input cannot be used: everything that is wrong with it, and its text where there is one.
    Problems { name: String, text: Option<String>, problems: Vec<Problem> },
    /// The input cannot be used, in one sentence.
    Unusable(String),
    /// The run was made and printed, but it reached a limit or differs from what was expected.
    Missed(String),
}

impl Failure {
    pub(crate) fn status(&self) -> ExitCode {
        match self {
            Failure::Missed(_) => ExitCode::from(1),
            Failure::Problems { .. } | Failure::Unusable(_) => ExitCode::from(2),
        }
    }

    /// Tells people on standard error.
    pub(crate) fn show(&self) {
        match self {
            Failure::Unusable(message) | Failure::Missed(message) => eprintln!("headroom: {message}"),
            Failure::Problems { name, text, problems } => {
                for problem in problems {
                    eprint!("{}", draw(name, text.as_deref(), problem));
                }
                let count = problems.len();
                eprintln!("headroom: {name}: {count} {}", if count == 1 { "problem" } else { "problems" });
            }
        }
    }
}

/// A problem as people read it: the line it is in, if the text is known, and what to do.
pub(crate) fn draw(name: &str, text: Option<&str>, problem: &Problem) -> String {
    let source = text.map(|text| NamedSource::new(name, text.to_owned()));
    let shown = Shown { problem, source };
    let styled =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let theme = if styled { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
    let mut drawn = String::new();
    match GraphicalReportHandler::new_themed(theme).with_links(false).render_report(&mut drawn, &shown) {
        Ok(()) => drawn,
        Err(fmt::Error) => format!("{shown}\n"),
    }
}

/// A problem in the form that `miette` draws.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.problem.path.is_empty() {
            write!(f, "{}: ", self.problem.path)?;
        }
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        // Without a place in it, the text would only be noise.
        self.problem.span.as_ref()?;
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span.clone()?;
        self.source.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".into()), span.start, span.len()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_line_and_what_to_do() {
        let text = "title = \"x\"\nseed = -1\n";
        let problem = Problem {
            path: "seed".into(),
            span: Some(19..21),
            message: "-1; give a whole number from 0".into(),
            help: Some("leave it out for 1".into()),
        };
        let drawn = draw("a.toml", Some(text), &problem);
        for expected in ["seed: -1; give a whole number from 0", "seed = -1", "a.toml", "leave it out for 1"]
        {
            assert!(drawn.contains(expected), "{drawn}");
        }
        let drawn = draw("a.toml", None, &problem);
        assert!(drawn.contains("seed: -1"), "{drawn}");
    }
}
