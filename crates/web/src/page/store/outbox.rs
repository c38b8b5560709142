//! Commands on their way to the worker: numbered, so that each is sent once, whatever is drawn in between.

use crate::protocol::{Command, Micros, RunId, TimedAct};
use std::collections::VecDeque;

/// Commands kept. More never wait: the link sends after each drawing.
const MOST: usize = 256;

/// The latest commands with the number of the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    first: u64,
    commands: VecDeque<Command>,
}

impl Outbox {
    /// Adds a command.
    pub fn send(&mut self, command: Command) {
        if self.commands.len() == MOST {
            self.commands.pop_front();
            self.first += 1;
        }
        self.commands.push_back(command);
    }

    /// Number that the next command will have.
    pub fn end(&self) -> u64 {
        self.first + self.commands.len() as u64
    }

    /// Commands with numbers from `number` on.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Command> {
        self.commands.iter().skip(number.saturating_sub(self.first) as usize)
    }

    /// Go to a time.
    pub fn seek(&mut self, run: RunId, at_us: Micros) {
        self.send(Command::Seek { run, at_us });
    }

    /// The whole list of acts.
    pub fn set_actions(&mut self, run: RunId, actions: Vec<TimedAct>, at_us: Micros) {
        self.send(Command::SetActions { run, actions, at_us });
    }

    /// Look into an instance.
    pub fn inspect(&mut self, run: RunId, instance: Option<u32>) {
        self.send(Command::Inspect { run, instance });
    }

    /// A request's way.
    pub fn trace(&mut self, run: RunId, root: String) {
        self.send(Command::Trace { run, root });
    }

    /// The whole report.
    pub fn report(&mut self, run: RunId) {
        self.send(Command::Report { run });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_its_number_even_when_old_ones_are_dropped() {
        let mut outbox = Outbox::default();
        for run in 0..300 {
            outbox.send(Command::StepEvent { run });
        }
        assert_eq!(outbox.end(), 300);
        let late: Vec<_> = outbox.since(298).cloned().collect();
        assert_eq!(late, [Command::StepEvent { run: 298 }, Command::StepEvent { run: 299 }]);
        assert_eq!(outbox.since(300).count(), 0);
        assert_eq!(outbox.since(0).count(), MOST);
    }
}
