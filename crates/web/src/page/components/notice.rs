//! A line above the page: a damaged link, another version, a refused change, too much load.

use super::Page;
use crate::page::store::{Action, Notice};
use crate::page::words::{say, word};
use crate::protocol::Problem;
use crate::protocol::frame::Status;
use yew::prelude::*;

/// The line above the page.
pub fn notice_bar(page: &Page) -> Html {
    let overloaded = page.state.head.status == Status::Overloaded;
    let text = match &page.state.notice {
        Some(Notice::DamagedLink) => word("damaged-link"),
        Some(Notice::ForeignLink) => word("foreign-link"),
        Some(Notice::OtherEngine(then, now)) => {
            say("other-engine", &[("then", then.to_string()), ("now", now.to_string())])
        }
        Some(Notice::RefusedLink(problems)) => say("refused-link", &[("problems", listed(problems))]),
        Some(Notice::Problems(problems)) => listed(problems),
        Some(Notice::Cleared(_)) => word("progress-cleared"),
        Some(Notice::NoProgress) => word("progress-unreadable"),
        None if overloaded => word("overloaded"),
        None => return Html::default(),
    };
    html! {
        <div class="notice" role="alert">
            <span>{ text }</span>
            if let Some(Notice::Cleared(_)) = &page.state.notice {
                <button class="quiet underlined" onclick={page.on(Action::RestoreProgress)}>{ word("undo") }</button>
            }
            if page.state.notice.is_some() {
                <button class="quiet" onclick={page.on(Action::PutAway)}>{ word("put-away") }</button>
            }
        </div>
    }
}

fn listed(problems: &[Problem]) -> String {
    let told = problems.iter().map(|problem| match problem.path.as_str() {
        "" => problem.message.clone(),
        path => format!("{path}: {}", problem.message),
    });
    told.collect::<Vec<_>>().join("; ")
}
