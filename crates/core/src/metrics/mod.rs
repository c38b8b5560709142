//! Observers of a run: digest, histograms, series, cost.
