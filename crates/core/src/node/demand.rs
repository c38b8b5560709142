//! From the distributions of a scenario to those that draw.

use crate::scenario::{Keys, Work};
use crate::sim::distribution::Distribution;
use crate::sim::keys::{KeyDistribution, Zipf};
use crate::sim::time::seconds;

/// The distribution that draws a scenario's [`Work`].
pub(super) fn distribution(work: &Work) -> Distribution {
    match *work {
        Work::Fixed { value } => Distribution::Fixed { value },
        Work::Uniform { min, max } => {
            Distribution::Uniform { low: seconds(min), span: seconds(max.saturating_sub(min)) }
        }
        Work::Exponential { mean } => Distribution::Exponential { mean: seconds(mean) },
        Work::Lognormal { mean, cv } => Distribution::lognormal(seconds(mean), cv),
        Work::Pareto { min, alpha, cap } => {
            Distribution::Pareto { scale: seconds(min), alpha, cap: seconds(cap) }
        }
        Work::Bimodal { low, high, high_share } => Distribution::Bimodal { low, high, high_share },
    }
}

/// The distribution that draws a scenario's [`Keys`].
pub(super) fn keys(keys: &Keys) -> KeyDistribution {
    match *keys {
        Keys::Uniform { count } => KeyDistribution::Uniform { count },
        Keys::Zipf { count, alpha } => KeyDistribution::Zipf(Zipf::new(count, alpha)),
        Keys::HotSet { count, hot, share } => KeyDistribution::HotSet { count, hot, share },
        Keys::Scan { count } => KeyDistribution::Scan { count },
        Keys::Latest { count, alpha } => KeyDistribution::Latest { count, zipf: Zipf::new(count, alpha) },
    }
}
