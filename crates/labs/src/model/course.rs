//! The course as a whole: chapters in order, their labs, the glossary and the beliefs that the labs refute.

use headroom_wire::Wire;
use serde::Deserialize;

use super::{Claim, Lab, Moment, Prose, Settings, Symptom, Task};

/// What there is to learn. The labs themselves stand apart, since one is opened at a time.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Chapters in course order.
    pub chapters: Vec<Chapter>,
    /// What is known of each lab before it is opened, in course order.
    pub outlines: Vec<Outline>,
    /// The glossary, by id.
    pub terms: Vec<Term>,
    /// Beliefs that the labs refute, by id.
    pub misconceptions: Vec<Misconception>,
    /// Widely repeated claims that the labs test.
    pub claims: Vec<Claim>,
    /// What one sees in one's own system, and where to learn why.
    pub symptoms: Vec<Symptom>,
}

impl Course {
    /// What is known of the lab with this id.
    pub fn outline(&self, id: &str) -> Option<&Outline> {
        self.outlines.iter().find(|lab| lab.id == id)
    }

    /// The chapter with this id.
    pub fn chapter(&self, id: &str) -> Option<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.id == id)
    }

    /// A lab's name with its number before it: `2.10 Stampede` is number 10 of chapter 2.
    pub fn numbered(&self, lab: &Outline) -> String {
        format!("{} {}", self.number(lab), lab.title)
    }

    /// A lab's number in the course, such as `2.10`.
    pub fn number(&self, lab: &Outline) -> String {
        format!("{}.{}", self.chapter(&lab.chapter).map_or(0, |chapter| chapter.number), lab.number)
    }

    /// The glossary term with this id.
    pub fn term(&self, id: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.id == id)
    }

    /// The misconception with this id.
    pub fn misconception(&self, id: &str) -> Option<&Misconception> {
        self.misconceptions.iter().find(|misconception| misconception.id == id)
    }

    /// The runs that refute a claim: its own, or those of its misconception.
    pub fn refutation<'a>(&'a self, claim: &'a Claim) -> Option<&'a Refutation> {
        let shared = || Some(&self.misconception(claim.misconception.as_ref()?)?.refutation);
        claim.refutation.as_ref().or_else(shared)
    }
}

/// A lab as lists, search and progress speak of it.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// Its folder; never changes.
    pub id: String,
    /// Id of its chapter.
    pub chapter: String,
    /// Its number in the chapter.
    pub number: u32,
    /// Its name.
    pub title: String,
    /// What one can do after it, in one sentence.
    pub promise: Prose,
    /// How long it takes: 3, 6 or 10.
    pub minutes: u32,
    /// Ids and headings of its steps, in order.
    pub steps: Vec<(String, String)>,
    /// Stars that can be earned in it.
    pub stars: u32,
}

impl From<&Lab> for Outline {
    fn from(lab: &Lab) -> Self {
        let tasks = lab.steps.iter().filter(|step| matches!(step.task, Some(Task::Design(_))));
        Outline {
            id: lab.id.clone(),
            chapter: lab.chapter.clone(),
            number: lab.number,
            title: lab.title.clone(),
            promise: lab.promise.clone(),
            minutes: lab.minutes,
            steps: lab.steps.iter().map(|step| (step.id.clone(), step.title.clone())).collect(),
            // One for par, one for a fault that was not seen before.
            stars: 2 * tasks.count() as u32,
        }
    }
}

/// A chapter: labs about one subject.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Its folder.
    pub id: String,
    /// Its number in the course, which stays when chapters before it are still to be written.
    pub number: u32,
    /// Its name.
    pub title: String,
    /// Ids of its labs, in order.
    pub labs: Vec<String>,
}

/// A glossary entry, shown where a dotted-underlined word is pointed at.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What lessons call it: `[[id]]`.
    pub id: String,
    /// The word as a heading.
    pub name: String,
    /// What it means, in at most 25 words.
    pub means: Prose,
    /// Name of its little picture, where it has one.
    #[serde(default)]
    pub picture: Option<String>,
    /// The lab that teaches it.
    pub lab: String,
}

/// A wrong belief that many hold, and the runs that refute it.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// What steps call it.
    pub id: String,
    /// The belief, as a learner says it.
    pub belief: Prose,
    /// Why it tempts.
    pub why: Prose,
    /// What is true, in one sentence.
    pub repair: Prose,
    /// Two runs that would agree with the belief if it were true, and do not.
    pub refutation: Refutation,
}

/// A pair of runs of one lab: the belief predicts another ratio between them than they have.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Refutation {
    /// The lab.
    pub lab: String,
    /// What is compared.
    pub metric: String,
    /// A step whose start both runs have and whose changes both undergo, by id.
    #[serde(default)]
    pub during: Option<String>,
    /// Settings of the first run.
    #[serde(default)]
    pub before: Settings,
    /// Settings of the second run.
    pub after: Settings,
    /// Start of the window, if not the end of warm-up.
    #[serde(default)]
    pub from: Option<Moment>,
    /// End of the window, if not the end of the run.
    #[serde(default)]
    pub to: Option<Moment>,
    /// What the belief expects of second / first.
    pub expected: [f64; 2],
    /// Where second / first lies: apart from `expected`.
    pub found: [f64; 2],
}
