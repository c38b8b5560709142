//! Every piece of running text in the model. The build script takes each apart once; tests read each.

use super::{
    Answer, Block, Claim, Course, Design, ExitQuestion, Find, Hints, Incident, Knob, Lab, Misconception, Par,
    Prediction, Prose, Step, Symptom, Task, Term, Transfer, Unseen,
};

impl Course {
    /// All text outside the labs.
    pub fn shared_prose_mut(&mut self) -> Vec<&mut Prose> {
        let terms = self.terms.iter_mut().map(|Term { means, .. }| means);
        let beliefs = self
            .misconceptions
            .iter_mut()
            .flat_map(|Misconception { belief, why, repair, .. }| [belief, why, repair]);
        let claims = self.claims.iter_mut().flat_map(|Claim { claim, says, .. }| [claim, says]);
        let symptoms = self.symptoms.iter_mut().flat_map(|Symptom { says, look, .. }| [says, look]);
        terms.chain(beliefs).chain(claims).chain(symptoms).collect()
    }
}

impl Lab {
    /// All text of the lab, that of its steps included.
    pub fn prose_mut(&mut self) -> Vec<&mut Prose> {
        let mut found = vec![&mut self.promise];
        found.extend(self.knobs.iter_mut().flat_map(knob));
        found.extend(self.steps.iter_mut().flat_map(Step::prose_mut));
        found.extend(transfer(&mut self.transfer));
        found.extend(self.exit.iter_mut().flat_map(|ExitQuestion { question, answer }| [question, answer]));
        found
    }
}

impl Step {
    /// All text of the step.
    pub fn prose_mut(&mut self) -> Vec<&mut Prose> {
        let mut found: Vec<&mut Prose> = self.body.iter_mut().flat_map(block).collect();
        found.extend(self.own_knobs.iter_mut().flat_map(knob));
        found.push(&mut self.say);
        found.extend(self.predict.iter_mut().flat_map(prediction));
        found.extend(self.task.iter_mut().flat_map(task));
        found.extend(self.hints.iter_mut().flat_map(|Hints { look, idea, answer }| [look, idea, answer]));
        found
    }
}

fn block(block: &mut Block) -> Vec<&mut Prose> {
    match block {
        Block::Paragraph(prose) => vec![prose],
        Block::List(points) => points.iter_mut().collect(),
        Block::Code(_) | Block::Knob(_) => Vec::new(),
    }
}

fn knob(knob: &mut Knob) -> Vec<&mut Prose> {
    knob.notes.iter_mut().map(|note| &mut note.say).collect()
}

fn prediction(prediction: &mut Prediction) -> Vec<&mut Prose> {
    let mut found = vec![&mut prediction.question];
    found.extend(prediction.ask.prose_mut());
    found.push(&mut prediction.reveal);
    found
}

fn task(task: &mut Task) -> Vec<&mut Prose> {
    match task {
        Task::Design(Design { why, par: Par { way, .. }, unseen: Unseen { what, .. }, .. }) => {
            vec![why, way, what]
        }
        Task::Incident(Incident { why, .. }) => vec![why],
        Task::Find(Find { question, answers, reveal, .. }) => {
            let answers = answers.iter_mut().flat_map(|Answer { text, if_wrong, .. }| [text, if_wrong]);
            [question].into_iter().chain(answers).chain([reveal]).collect()
        }
    }
}

fn transfer(transfer: &mut Transfer) -> Vec<&mut Prose> {
    let looks = transfer.look.iter_mut().map(|look| &mut look.what);
    looks.chain([&mut transfer.set.what]).chain(transfer.mind.iter_mut()).collect()
}
