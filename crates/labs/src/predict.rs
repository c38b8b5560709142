//! Judges a prediction: what was said, what was measured, which answer is right and what to say about it.
//!
//! Pure: whoever runs the systems hands the figures in, read by [`crate::measure::figure`]. A
//! prediction never counts for or against progress.

use crate::{Ask, Best, Prediction, Prose};

/// What the learner answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guess {
    /// The choice or variant of this number, from 0.
    Choice(usize),
    /// This number, in the unit that the question speaks of.
    Number(f64),
    /// "Show me without guessing."
    None,
}

/// What came of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Revealed<'a> {
    /// Whether the guess was right; `None` if there was none.
    pub right: Option<bool>,
    /// The right choice or variant, from 0; `None` for a number.
    pub answer: Option<usize>,
    /// The figures in the unit that the question speaks of: one, or one for each variant.
    pub shown: Vec<f64>,
    /// What to say to a wrong guess: the belief behind it.
    pub if_wrong: Option<&'a Prose>,
}

/// Judges `guess` by the measured figures: one, or for variants one for each in their order. `None` if a figure is
/// missing or is not a number, as when no request has ended.
pub fn reveal<'a>(prediction: &'a Prediction, guess: Guess, measured: &[f64]) -> Option<Revealed<'a>> {
    if measured.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let shown: Vec<f64> = measured.iter().map(|value| value * prediction.times).collect();
    let answer = answer(&prediction.ask, measured);
    let (right, if_wrong) = match (&prediction.ask, guess) {
        (_, Guess::None) => (None, None),
        (Ask::Choice(choices), Guess::Choice(chosen)) => {
            let right = answer? == chosen;
            (Some(right), (!right).then_some(&choices.get(chosen)?.if_wrong))
        }
        (Ask::Variant { variants, .. }, Guess::Choice(chosen)) => {
            let right = answer? == chosen;
            (Some(right), (!right).then_some(&variants.get(chosen)?.if_wrong))
        }
        (Ask::Number(number), Guess::Number(said)) => {
            let was = *shown.first()?;
            if said < was / number.near {
                (Some(false), Some(&number.if_low))
            } else if said > was * number.near {
                (Some(false), Some(&number.if_high))
            } else {
                (Some(true), None)
            }
        }
        (Ask::Choice(_) | Ask::Variant { .. }, Guess::Number(_)) | (Ask::Number(_), Guess::Choice(_)) => {
            return None;
        }
    };
    Some(Revealed { right, answer, shown, if_wrong: if_wrong.filter(|prose| !prose.is_empty()) })
}

/// The right choice or variant for these figures; `None` for a number, or if figures are missing.
pub fn answer(ask: &Ask, measured: &[f64]) -> Option<usize> {
    match ask {
        Ask::Choice(choices) => {
            let value = *measured.first()?;
            choices.iter().position(|choice| choice.range.contains(value))
        }
        Ask::Variant { best, variants, .. } => {
            let figures = measured.get(..variants.len())?.iter().enumerate();
            let best = match best {
                Best::Highest => figures.max_by(|a, b| a.1.total_cmp(b.1)),
                Best::Lowest => figures.min_by(|a, b| a.1.total_cmp(b.1)),
            };
            best.map(|(index, _)| index)
        }
        Ask::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Moment, Number, Range, Scale, Variant, course};

    fn prediction(ask: Ask) -> Prediction {
        Prediction {
            question: Prose::default(),
            of: "latency_s.p99".to_owned(),
            times: 1000.0,
            unit: "ms".to_owned(),
            at: Moment(0),
            change: Vec::new(),
            until: Moment(1),
            from: None,
            to: None,
            veil: Vec::new(),
            ask,
            reveal: Prose::default(),
        }
    }

    fn words(text: &str) -> Prose {
        Prose(vec![crate::Inline::Text(text.to_owned())])
    }

    fn choice(from: Option<f64>, below: Option<f64>, if_wrong: &str) -> Choice {
        Choice { text: Prose::default(), range: Range { from, below }, if_wrong: words(if_wrong) }
    }

    #[test]
    fn a_choice_is_right_from_its_lower_edge_to_below_its_upper() {
        let ask = Ask::Choice(vec![choice(None, Some(0.1), "low"), choice(Some(0.1), None, "high")]);
        let prediction = prediction(ask);
        // said, measured, right, what is said
        for (said, measured, right, if_wrong) in [
            (0, 0.05, Some(true), None),
            (1, 0.05, Some(false), Some("high")),
            (0, 0.1, Some(false), Some("low")),
            (1, 0.1, Some(true), None),
        ] {
            let revealed = reveal(&prediction, Guess::Choice(said), &[measured]).unwrap();
            assert_eq!(revealed.right, right, "{said} {measured}");
            assert_eq!(revealed.if_wrong.map(Prose::plain).as_deref(), if_wrong, "{said} {measured}");
            assert_eq!(revealed.shown, [measured * 1000.0]);
        }
    }

    #[test]
    fn a_number_is_right_within_its_factor_either_way() {
        let ask = Ask::Number(Number {
            min: 1.0,
            max: 100.0,
            step: 1.0,
            scale: Scale::Log,
            near: 2.0,
            if_low: words("low"),
            if_high: words("high"),
        });
        let prediction = prediction(ask);
        for (said, right, if_wrong) in
            [(9.0, false, Some("low")), (10.0, true, None), (40.0, true, None), (41.0, false, Some("high"))]
        {
            let revealed = reveal(&prediction, Guess::Number(said), &[0.020]).unwrap();
            assert_eq!(revealed.right, Some(right), "{said}");
            assert_eq!(revealed.if_wrong.map(Prose::plain).as_deref(), if_wrong, "{said}");
        }
    }

    #[test]
    fn the_best_variant_is_right() {
        let variant = |text: &str| Variant { text: words(text), change: Vec::new(), if_wrong: words("no") };
        for (best, right) in [(Best::Highest, 1), (Best::Lowest, 2)] {
            let variants = vec![variant("a"), variant("b"), variant("c")];
            let prediction = prediction(Ask::Variant { best, margin: 1.0, variants });
            let revealed = reveal(&prediction, Guess::Choice(right), &[2.0, 3.0, 1.0]).unwrap();
            assert_eq!((revealed.right, revealed.answer), (Some(true), Some(right)));
            assert_eq!(reveal(&prediction, Guess::Choice(0), &[2.0, 3.0, 1.0]).unwrap().right, Some(false));
        }
    }

    #[test]
    fn without_a_guess_or_a_figure_nothing_is_judged() {
        let prediction = prediction(Ask::Choice(vec![choice(None, None, "")]));
        assert_eq!(reveal(&prediction, Guess::None, &[0.1]).unwrap().right, None);
        assert_eq!(reveal(&prediction, Guess::Choice(0), &[f64::NAN]), None);
        assert_eq!(reveal(&prediction, Guess::Choice(0), &[]), None);
        assert_eq!(reveal(&prediction, Guess::Number(1.0), &[0.1]), None);
        assert_eq!(reveal(&prediction, Guess::Choice(7), &[0.1]), None);
    }

    /// Whatever is measured, one choice is right.
    #[test]
    fn choices_neither_overlap_nor_leave_a_gap() {
        for lab in &course().labs {
            for prediction in lab.steps.iter().filter_map(|step| step.predict.as_ref()) {
                let Ask::Choice(choices) = &prediction.ask else { continue };
                assert_eq!(choices[0].range.from, None, "{}", lab.id);
                assert_eq!(choices[choices.len() - 1].range.below, None, "{}", lab.id);
                for pair in choices.windows(2) {
                    assert!(pair[0].range.below.is_some(), "{}", lab.id);
                    assert_eq!(pair[0].range.below, pair[1].range.from, "{}", lab.id);
                }
            }
        }
    }
}
