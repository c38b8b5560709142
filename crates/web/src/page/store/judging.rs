//! Five runs judge a task's settings; until then its goals are measured on the run that is seen.

use super::{AT_PAR, SURVIVED, State};
use crate::protocol::{Act, Command, Evaluated, Measure, Micros, Setting, TimedAct};
use headroom_labs::{Settings, Task};
use std::rc::Rc;

impl State {
    /// Every setting that differs from the lab's scenario.
    pub fn settings_now(&self) -> Vec<Setting> {
        let mut settings = headroom_labs::settings(self.opening_settings());
        settings.extend(last_set(self.acts.list()));
        settings.into_iter().collect()
    }

    pub(super) fn check(&mut self) {
        self.interrupt_check();
        let (Some(lab), Some(step)) = (self.lab(), self.step()) else { return };
        self.lesson.verdict = None;
        self.lesson.checking = true;
        self.transport.playing = false;
        self.busy = Some((crate::protocol::Task::Evaluate, 0.0));
        let set = self.settings_now();
        self.outbox.send(Command::Evaluate {
            run: self.run,
            lab: lab.id.clone(),
            step: step.id.clone(),
            set,
            acts: self.acts.list().to_vec(),
        });
    }

    pub(super) fn stop_checking(&mut self) {
        self.lesson.checking = false;
        self.busy = None;
        self.outbox.send(Command::Cancel { run: self.run });
    }

    /// Whoever acts while the five runs are made, or those of a comparison, wants other runs.
    pub(super) fn interrupt_check(&mut self) {
        self.stop_comparing();
        self.stop_searching();
        self.happened = None;
        if self.lesson.checking {
            self.stop_checking();
        }
    }

    pub(super) fn judged(&mut self, evaluated: Evaluated) {
        // Whoever acted meanwhile has other settings than were judged.
        if !std::mem::take(&mut self.lesson.checking) {
            return;
        }
        self.busy = None;
        let here = self.lab().is_some_and(|lab| lab.id == evaluated.lab)
            && self.step().is_some_and(|step| step.id == evaluated.step);
        if here {
            self.mark_done_if(evaluated.pass);
            if evaluated.pass {
                self.earn_stars(&evaluated);
                let settings = headroom_labs::settings(self.settings_now());
                self.passed = Some(Rc::new((evaluated.lab.clone(), settings)));
            }
            self.show_judged((!evaluated.pass).then_some(evaluated.seed));
            self.lesson.verdict = Some(evaluated);
        }
    }

    fn earn_stars(&mut self, evaluated: &Evaluated) {
        let progress = Rc::make_mut(&mut self.progress);
        if evaluated.at_par {
            progress.earn(&evaluated.lab, &evaluated.step, AT_PAR);
        }
        if evaluated.survived == Some(true) {
            progress.earn(&evaluated.lab, &evaluated.step, SURVIVED);
        }
    }

    /// Asks for the goals' figures so far; settings among them are known here.
    pub(super) fn measure_goals(&mut self) {
        let goals = self.step().and_then(|step| step.task.as_ref()).map_or(&[][..], Task::goals);
        if goals.is_empty() || self.lesson.checking || self.phase != super::Phase::Ready {
            return;
        }
        let since = self.measured_since();
        let of = goals.iter().map(|goal| Measure {
            metric: goal.metric.clone(),
            from_us: goal.from.map(|from| from.seconds() * 1e6).or(since),
            to_us: goal.to.map(|to| to.seconds() * 1e6),
        });
        self.outbox.send(Command::Measure { run: self.run, of: of.collect() });
    }

    /// Where the goals' figures begin once something was changed: what was before is not of these settings.
    pub fn measured_since(&self) -> Option<Micros> {
        let warmup = self.view.as_ref()?.warmup_us;
        let last = self.acts.list().iter().rev().find(|timed| timed.at_us <= self.head.time)?.at_us;
        (last > warmup).then_some(last)
    }

    /// The picture and the charts show what was judged: the learner's settings from the start to the end, with the luck
    /// of the run that failed if one did. What was done before is one undo away. Of an incident what was done
    /// stays where it was done.
    fn show_judged(&mut self, failed: Option<u64>) {
        let Some(end) = self.view.as_ref().map(|view| view.duration_us) else { return };
        let from_the_start = last_set(self.acts.list())
            .into_iter()
            .map(|(path, value)| TimedAct { at_us: 0.0, act: Act::Set { path, value } });
        if self.incident().is_none() {
            self.acts.replace(from_the_start.collect());
        }
        self.head.time = end;
        let other = failed.filter(|seed| self.view.as_ref().is_some_and(|view| view.seed != *seed));
        match other {
            Some(seed) if self.incident().is_none() => self.reseed(seed),
            _ => self.replay(),
        }
    }
}

/// What each setting was set to last.
pub(super) fn last_set(acts: &[TimedAct]) -> Settings {
    headroom_labs::settings(acts.iter().filter_map(|timed| match &timed.act {
        Act::Set { path, value } => Some((path.clone(), value.clone())),
        _ => None,
    }))
}
