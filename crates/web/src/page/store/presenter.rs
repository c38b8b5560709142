//! Presenting to a room: what is large, what is veiled, and a show of hands in place of one learner's answer.

use super::{Guess, Prediction, State};
use headroom_labs::Ask;

/// How the page is shown to a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presenter {
    /// Whether it is.
    pub on: bool,
    /// Whether figures and chart are covered.
    pub veil: bool,
    /// Hands raised for each answer of the open question.
    pub hands: Vec<u32>,
}

/// Hands in a room.
const MOST: u32 = 9_999;

impl Presenter {
    /// Hands for an answer.
    pub fn raised(&self, answer: usize) -> u32 {
        self.hands.get(answer).copied().unwrap_or(0)
    }

    /// The answer with most hands, the first of equal ones; none as long as no hand is raised.
    pub fn room_said(&self) -> Option<usize> {
        let most = self.hands.iter().max().filter(|most| **most > 0)?;
        self.hands.iter().position(|hands| hands == most)
    }
}

impl State {
    pub(super) fn present(&mut self) {
        let on = !self.presenter.on && self.lab().is_some();
        self.presenter = Presenter { on, ..Presenter::default() };
        self.close();
        if !self.transport.playing && self.view.is_some() {
            // The picture is drawn on another canvas now, and a run that stands sends it no frames.
            self.outbox.seek(self.run, self.head.time);
        }
    }

    pub(super) fn raise_hands(&mut self, answer: usize, hands: u32) {
        if !matches!(self.lesson.prediction, Prediction::Open { .. }) {
            return;
        }
        if self.presenter.hands.len() <= answer {
            self.presenter.hands.resize(answer + 1, 0);
        }
        self.presenter.hands[answer] = hands.min(MOST);
    }

    /// What leads on for a room: lock in what most said, or show it without; else the next step.
    pub(super) fn next_act(&mut self) {
        match &self.lesson.prediction {
            Prediction::Open { .. } => {
                if let Some(answer) = self.presenter.room_said().filter(|_| self.is_chosen_from()) {
                    self.guess(Guess::Choice(answer));
                    self.lock_in();
                } else {
                    self.show_me();
                }
            }
            Prediction::Running { .. } => {}
            Prediction::None | Prediction::Revealed { .. } => self.forward(),
        }
    }

    /// Whether the step's question is answered by choosing one of several answers, for which hands can be counted.
    pub fn is_chosen_from(&self) -> bool {
        let asked = self.step().and_then(|step| step.predict.as_ref());
        matches!(
            asked.map(|asked| &asked.ask),
            Some(Ask::Choice(_) | Ask::Variant { .. } | Ask::Where { .. })
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::route::Place;
    use crate::page::store::{Action, Progress};

    fn presented(step: &str) -> State {
        let place = Place::Lab { lab: "busy-is-not-full".into(), step: step.into() };
        State::new(place, Progress::default()).after(Action::Present)
    }

    #[test]
    fn the_room_says_what_most_hands_were_raised_for() {
        let state = presented("ninety-five").after(Action::Hands(1, 12)).after(Action::Hands(0, 7));
        assert_eq!(state.presenter.hands, [7, 12]);
        assert_eq!(state.presenter.room_said(), Some(1));
        let running = state.after(Action::NextAct);
        assert_eq!(running.lesson.prediction, Prediction::Running { guess: Guess::Choice(1) });
        assert_eq!(running.after(Action::Hands(0, 50)).presenter.hands, [7, 12], "the hands are counted");
        assert_eq!(running.after(Action::NextAct), running, "it is on its way");
    }

    #[test]
    fn without_hands_the_room_is_shown_and_where_nothing_is_chosen_too() {
        for state in [presented("ninety-five"), presented("ninety-five").after(Action::Hands(2, 0))] {
            let running = state.after(Action::NextAct);
            assert_eq!(running.lesson.prediction, Prediction::Running { guess: Guess::None });
        }
        let place = Place::Lab { lab: "in-the-door-out-the-door".into(), step: "foretell".into() };
        let state = State::new(place, Progress::default()).after(Action::Present).after(Action::Hands(0, 9));
        assert_eq!(
            state.after(Action::NextAct).lesson.prediction,
            Prediction::Running { guess: Guess::None }
        );
    }

    #[test]
    fn a_step_begins_without_hands_or_veil_and_one_stays_on_the_stage() {
        let state = presented("turn").after(Action::Veil);
        assert!(state.presenter.veil);
        let next = state.after(Action::NextAct);
        assert_eq!((next.lesson.step, &next.presenter), (1, &Presenter { on: true, ..Presenter::default() }));
        assert!(!next.after(Action::Present).presenter.on);
        assert!(!State::new(Place::Glossary, Progress::default()).after(Action::Present).presenter.on);
    }
}
