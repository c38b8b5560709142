//! Judges a prediction: what was said, what was measured, which answer is right and what to say about it.
//!
//! Pure: [`needs`] says which figures must be measured, whoever runs the systems hands them in, read by
//! [`crate::measure::figure`]. A prediction never counts for or against progress.

use crate::{Ask, Best, Change, Moment, Number, Prediction, Prose, Sketch};
use headroom_core::sort;

/// What the learner answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Guess {
    /// "Show me without guessing", or nothing yet.
    #[default]
    None,
    /// The choice, variant or node of this number, from 0.
    Choice(usize),
    /// This number, in the unit that the question speaks of.
    Number(f64),
    /// The variants of these numbers, from 0, in this order.
    Order(Vec<usize>),
    /// A value at each place of a sketch, in the unit that the question speaks of.
    Curve(Vec<f64>),
}

/// What must be measured to judge a prediction.
#[derive(Clone, Debug, PartialEq)]
pub enum Needs {
    /// These figures of the run in which [`Prediction::change`] is made, each with the end of the window it is measured
    /// over, if not [`Prediction::to`].
    Figures(Vec<(String, Option<Moment>)>),
    /// [`Prediction::of`] in one run for each of these lists of changes.
    Variants(Vec<Vec<Change>>),
}

/// What came of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Revealed<'a> {
    /// Whether the guess was right; `None` if there was none.
    pub right: Option<bool>,
    /// The right choice, variant or node, from 0; `None` for a number or a curve.
    pub answer: Option<usize>,
    /// The figures in the unit that the question speaks of, in the order of [`needs`].
    pub shown: Vec<f64>,
    /// What to say to a wrong guess: the belief behind it.
    pub if_wrong: Option<&'a Prose>,
}

/// What must be measured to judge `prediction`.
pub fn needs(prediction: &Prediction) -> Needs {
    match &prediction.ask {
        Ask::Choice(_) | Ask::Number(_) => Needs::Figures(vec![(prediction.of.clone(), None)]),
        Ask::Variant { variants, .. } | Ask::Rank { variants, .. } => {
            Needs::Variants(variants.iter().map(|variant| variant.change.clone()).collect())
        }
        Ask::Where { nodes, .. } if nodes.iter().any(|spot| !spot.change.is_empty()) => {
            Needs::Variants(nodes.iter().map(|spot| spot.change.clone()).collect())
        }
        Ask::Where { nodes, .. } => Needs::Figures(
            nodes.iter().map(|spot| (format!("nodes.{}.{}", spot.node, prediction.of), None)).collect(),
        ),
        Ask::Sketch(Sketch { points, .. }) if points.iter().any(|point| !point.change.is_empty()) => {
            Needs::Variants(points.iter().map(|point| point.change.clone()).collect())
        }
        Ask::Sketch(Sketch { points, .. }) => Needs::Figures(
            points
                .iter()
                .map(|point| (point.of.as_ref().unwrap_or(&prediction.of).clone(), point.at))
                .collect(),
        ),
    }
}

/// What is changed in the run on the screen once the learner has answered: where each answer changes something, what
/// the chosen one does, else the first.
pub fn played<'a>(prediction: &'a Prediction, guess: &Guess) -> &'a [Change] {
    let chosen = match guess {
        Guess::Choice(chosen) => *chosen,
        Guess::Order(order) => order.first().copied().unwrap_or_default(),
        Guess::None | Guess::Number(_) | Guess::Curve(_) => 0,
    };
    let change = match &prediction.ask {
        Ask::Variant { variants, .. } | Ask::Rank { variants, .. } => {
            variants.get(chosen).map(|variant| &variant.change)
        }
        Ask::Where { nodes, .. } => nodes.get(chosen).map(|spot| &spot.change),
        Ask::Choice(_) | Ask::Number(_) | Ask::Sketch(_) => None,
    };
    change.filter(|change| !change.is_empty()).unwrap_or(&prediction.change)
}

/// Judges `guess` by the measured figures, one for each that [`needs`] names. `None` if a figure is missing or is not
/// a number, as when no request has ended, or if the guess answers another question.
pub fn reveal<'a>(prediction: &'a Prediction, guess: &Guess, measured: &[f64]) -> Option<Revealed<'a>> {
    if measured.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let shown: Vec<f64> = measured.iter().map(|value| value * prediction.times).collect();
    let answer = answer(&prediction.ask, measured);
    let (right, if_wrong) = match (&prediction.ask, guess) {
        (_, Guess::None) => (None, None),
        (Ask::Choice(_) | Ask::Variant { .. } | Ask::Where { .. }, Guess::Choice(chosen)) => {
            let said = *prediction.ask.if_wrong().get(*chosen)?;
            judged(answer? == *chosen, said)
        }
        (Ask::Rank { best, variants, .. }, Guess::Order(said)) => {
            let order = ranking(*best, measured);
            // The first that stands where another belongs is the belief to speak of.
            let wrong = said.iter().zip(&order).find(|(said, true_one)| said != true_one);
            match wrong {
                _ if said.len() != variants.len() => return None,
                None => (Some(true), None),
                Some((chosen, _)) => judged(false, &variants.get(*chosen)?.if_wrong),
            }
        }
        (Ask::Number(number), Guess::Number(said)) => near(number, *said, *shown.first()?),
        (Ask::Sketch(sketch), Guess::Curve(said)) if said.len() == shown.len() => drawn(sketch, said, &shown),
        _ => return None,
    };
    Some(Revealed { right, answer, shown, if_wrong: if_wrong.filter(|prose| !prose.is_empty()) })
}

/// The right choice, variant or node for these figures; `None` for a number or a curve, or if figures are missing.
pub fn answer(ask: &Ask, measured: &[f64]) -> Option<usize> {
    match ask {
        Ask::Choice(choices) => {
            let value = *measured.first()?;
            choices.iter().position(|choice| choice.range.contains(value))
        }
        Ask::Variant { best, variants, .. } | Ask::Rank { best, variants, .. } => {
            ranking(*best, measured.get(..variants.len())?).first().copied()
        }
        Ask::Where { best, nodes, .. } => ranking(*best, measured.get(..nodes.len())?).first().copied(),
        Ask::Number(_) | Ask::Sketch(_) => None,
    }
}

/// The places of `measured` in order, the best first.
pub fn ranking(best: Best, measured: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..measured.len()).collect();
    let sign = if best == Best::Highest { -1.0 } else { 1.0 };
    sort::by_key(&mut order, |place| sort::Total(sign * measured[*place]));
    order
}

fn judged(right: bool, if_wrong: &Prose) -> (Option<bool>, Option<&Prose>) {
    (Some(right), (!right).then_some(if_wrong))
}

fn near(number: &Number, said: f64, was: f64) -> (Option<bool>, Option<&Prose>) {
    if said < was / number.near {
        judged(false, &number.if_low)
    } else if said > was * number.near {
        judged(false, &number.if_high)
    } else {
        (Some(true), None)
    }
}

/// A curve is right if each of its points is; else it is too flat, too steep, or has its shape in the wrong place.
fn drawn<'a>(sketch: &'a Sketch, said: &[f64], was: &[f64]) -> (Option<bool>, Option<&'a Prose>) {
    let named = !sketch.levels.is_empty();
    // Where values have names, one is the value or another.
    let near = if named { 1.0 } else { sketch.near };
    let fits = |(said, was): (&f64, &f64)| *said >= was / near && *said <= was * near;
    if said.iter().zip(was).all(fits) {
        return (Some(true), None);
    }
    let rise = |curve: &[f64]| match curve {
        _ if named => curve.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64,
        [first, .., last] => (last / first).max(first / last),
        _ => 1.0,
    };
    let (said, was) = (rise(said), rise(was));
    if said < was / near {
        judged(false, &sketch.if_flat)
    } else if said > was * near {
        judged(false, &sketch.if_steep)
    } else {
        judged(false, &sketch.if_off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Moment, Point, Range, Scale, Spot, Variant};

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
            let revealed = reveal(&prediction, &Guess::Choice(said), &[measured]).unwrap();
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
            let revealed = reveal(&prediction, &Guess::Number(said), &[0.020]).unwrap();
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
            let revealed = reveal(&prediction, &Guess::Choice(right), &[2.0, 3.0, 1.0]).unwrap();
            assert_eq!((revealed.right, revealed.answer), (Some(true), Some(right)));
            assert_eq!(reveal(&prediction, &Guess::Choice(0), &[2.0, 3.0, 1.0]).unwrap().right, Some(false));
        }
    }

    #[test]
    fn the_node_with_the_highest_figure_is_where_it_queues() {
        let spot = |node: &str| Spot { node: node.to_owned(), change: Vec::new(), if_wrong: words(node) };
        let nodes = vec![spot("web"), spot("app")];
        let mut prediction = prediction(Ask::Where { best: Best::Highest, margin: 1.0, nodes });
        prediction.of = "mean_wait_s".to_owned();
        let figures = ["nodes.web.mean_wait_s", "nodes.app.mean_wait_s"].map(|name| (name.to_owned(), None));
        assert_eq!(needs(&prediction), Needs::Figures(figures.to_vec()));
        assert_eq!(reveal(&prediction, &Guess::Choice(1), &[0.1, 0.2]).unwrap().right, Some(true));
        let wrong = reveal(&prediction, &Guess::Choice(0), &[0.1, 0.2]).unwrap();
        assert_eq!(wrong.if_wrong.map(Prose::plain).as_deref(), Some("web"));
    }

    #[test]
    fn a_ranking_is_right_in_whole_and_wrong_at_its_first_slip() {
        let variant = |text: &str| Variant { text: words(text), change: Vec::new(), if_wrong: words(text) };
        let variants = vec![variant("a"), variant("b"), variant("c")];
        let prediction = prediction(Ask::Rank { best: Best::Lowest, margin: 1.0, variants });
        // said, right, of what is spoken; measured are b < c < a
        for (said, right, if_wrong) in [
            (vec![1, 2, 0], true, None),
            (vec![1, 0, 2], false, Some("a")),
            (vec![0, 1, 2], false, Some("a")),
        ] {
            let revealed = reveal(&prediction, &Guess::Order(said.clone()), &[3.0, 1.0, 2.0]).unwrap();
            assert_eq!(revealed.right, Some(right), "{said:?}");
            assert_eq!(revealed.if_wrong.map(Prose::plain).as_deref(), if_wrong, "{said:?}");
        }
        assert_eq!(reveal(&prediction, &Guess::Order(vec![1]), &[3.0, 1.0, 2.0]), None);
    }

    #[test]
    fn a_curve_is_right_point_by_point_or_too_flat_too_steep_or_off() {
        let point = |label: &str| Point {
            label: label.to_owned(),
            of: Some(label.to_owned()),
            change: Vec::new(),
            at: None,
        };
        let sketch = Sketch {
            levels: Vec::new(),
            along: Prose::default(),
            points: ["p50", "p99", "max"].map(point).to_vec(),
            min: 1.0,
            max: 1000.0,
            scale: Scale::Log,
            near: 2.0,
            if_flat: words("flat"),
            if_steep: words("steep"),
            if_off: words("off"),
        };
        let prediction = prediction(Ask::Sketch(sketch));
        let figures = ["p50", "p99", "max"].map(|name| (name.to_owned(), None));
        assert_eq!(needs(&prediction), Needs::Figures(figures.to_vec()));
        // Measured are 10, 100 and 400 ms.
        for (said, if_wrong) in [
            (vec![10.0, 100.0, 400.0], None),
            (vec![20.0, 51.0, 201.0], None),
            (vec![20.0, 20.0, 20.0], Some("flat")),
            (vec![1.0, 100.0, 900.0], Some("steep")),
            (vec![3.0, 30.0, 120.0], Some("off")),
        ] {
            let revealed = reveal(&prediction, &Guess::Curve(said.clone()), &[0.010, 0.100, 0.400]).unwrap();
            assert_eq!(revealed.right, Some(if_wrong.is_none()), "{said:?}");
            assert_eq!(revealed.if_wrong.map(Prose::plain).as_deref(), if_wrong, "{said:?}");
        }
    }

    #[test]
    fn a_line_of_states_is_right_in_every_one_or_has_too_few_or_too_many_steps() {
        let point = |second: u64| Point {
            label: second.to_string(),
            of: None,
            change: Vec::new(),
            at: Some(Moment(second * 1_000_000_000)),
        };
        let sketch = Sketch {
            along: Prose::default(),
            points: [1, 2, 3, 4].map(point).to_vec(),
            min: 0.0,
            max: 2.0,
            scale: Scale::Linear,
            near: 2.0,
            if_flat: words("flat"),
            if_steep: words("steep"),
            if_off: words("off"),
            levels: ["closed", "half-open", "open"].map(str::to_owned).to_vec(),
        };
        assert_eq!(
            [0.0, 1.4, 2.0, 3.0].map(|value| sketch.level(value)),
            [Some("closed"), Some("half-open"), Some("open"), None]
        );
        let mut prediction = prediction(Ask::Sketch(sketch));
        (prediction.of, prediction.times) = ("nodes.shop.breaker".to_owned(), 1.0);
        let figures =
            [1, 2, 3, 4].map(|second| (prediction.of.clone(), Some(Moment(second * 1_000_000_000))));
        assert_eq!(needs(&prediction), Needs::Figures(figures.to_vec()));
        let was = [0.0, 2.0, 1.0, 1.0];
        for (said, if_wrong) in [
            ([0.0, 2.0, 1.0, 1.0], None),
            ([0.0, 2.0, 2.0, 2.0], Some("flat")),
            ([0.0, 0.0, 0.0, 0.0], Some("flat")),
            ([0.0, 2.0, 1.0, 2.0], Some("steep")),
            ([0.0, 1.0, 2.0, 2.0], Some("off")),
        ] {
            let revealed = reveal(&prediction, &Guess::Curve(said.to_vec()), &was).unwrap();
            assert_eq!(revealed.right, Some(if_wrong.is_none()), "{said:?}");
            assert_eq!(revealed.if_wrong.map(Prose::plain).as_deref(), if_wrong, "{said:?}");
        }
    }

    #[test]
    fn without_a_guess_or_a_figure_nothing_is_judged() {
        let prediction = prediction(Ask::Choice(vec![choice(None, None, "")]));
        assert_eq!(reveal(&prediction, &Guess::None, &[0.1]).unwrap().right, None);
        assert_eq!(reveal(&prediction, &Guess::Choice(0), &[f64::NAN]), None);
        assert_eq!(reveal(&prediction, &Guess::Choice(0), &[]), None);
        assert_eq!(reveal(&prediction, &Guess::Number(1.0), &[0.1]), None);
        assert_eq!(reveal(&prediction, &Guess::Choice(7), &[0.1]), None);
    }

    /// Whatever is measured, one choice is right.
    #[test]
    fn choices_neither_overlap_nor_leave_a_gap() {
        for lab in crate::labs() {
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
