//! Incidents: the run stands when the alarm has rung, and what is done counts from the moment it is done.
//!
//! Going back to look is free. Acting before the alarm would be hindsight, so what is done there is done at the alarm.

use super::State;
use crate::protocol::{Micros, TimedAct};
use headroom_labs::{Incident, Task};

impl State {
    /// The incident of this step.
    pub fn incident(&self) -> Option<&'static Incident> {
        match self.step()?.task.as_ref()? {
            Task::Incident(incident) => Some(incident),
            Task::Design(_) | Task::Find(_) => None,
        }
    }

    /// Whether the clock of an incident waits to be started.
    pub fn clock_stands(&self) -> bool {
        self.incident().is_some() && !self.transport.playing && self.head.time <= self.opening_time()
    }

    /// How long it has been broken, in microseconds.
    pub fn broken_for(&self) -> Option<Micros> {
        let first = self.incident()?.breaks.first()?;
        Some((self.head.time - first.at.seconds() * 1e6).max(0.0))
    }

    /// What happens by itself in the step's run; it cannot be undone.
    pub(super) fn given_acts(&self) -> Vec<TimedAct> {
        let breaks = self.incident().map(|incident| incident.breaks.as_slice()).unwrap_or_default();
        let act = |timed: &headroom_labs::TimedChange| TimedAct {
            at_us: timed.at.seconds() * 1e6,
            act: (&timed.change).into(),
        };
        breaks.iter().map(act).collect()
    }

    /// Whoever acts before the alarm acts when it rings.
    pub(super) fn not_before_the_alarm(&mut self) {
        if self.incident().is_some() {
            self.head.time = self.head.time.max(self.opening_time());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::route::Place;
    use crate::page::store::{Action, Progress};
    use crate::protocol::{Act, Command};
    use serde_json::json;

    const POOL: &str = "links.\"app -> db\".pool.pool_size";

    fn opened() -> State {
        let place = Place::Lab { lab: "what-a-miss-costs".into(), step: "incident".into() };
        State::new(place, Progress::default())
    }

    fn turn(state: &State) -> State {
        state.after(Action::Turn { path: POOL.into(), value: json!(20) }).after(Action::LetGo)
    }

    #[test]
    fn the_clock_stands_at_the_alarm_and_runs_when_it_is_started() {
        let state = opened();
        assert!(state.clock_stands() && !state.transport.playing);
        assert_eq!(state.broken_for(), Some(3e6));
        assert_eq!(state.acts.list().len(), 1, "what broke is in the run");
        assert!(!state.acts.can_undo() && !state.changed());
        let mut running = state.after(Action::Play);
        assert!(running.transport.playing && !running.clock_stands());
        running.head.time = 20e6;
        assert!(!running.after(Action::Pause).clock_stands(), "a pause is no new start");
    }

    #[test]
    fn what_is_done_counts_when_it_is_done_but_never_before_the_alarm() {
        for (time, counted) in [(24e6, 24e6), (5e6, 16e6)] {
            let mut state = opened();
            state.head.time = time;
            let state = turn(&state);
            let at: Vec<Micros> = state.acts.list().iter().map(|timed| timed.at_us).collect();
            assert_eq!(at, [13e6, counted], "done at {time}");
            let state = state.after(Action::Check);
            let Some(Command::Evaluate { acts, .. }) = state.outbox.since(0).last() else { panic!() };
            assert_eq!(acts, state.acts.list());
            let back = state.after(Action::Undo);
            assert!(
                matches!(back.acts.list(), [TimedAct { act: Act::Set { path, .. }, .. }] if path != POOL)
            );
        }
    }
}
