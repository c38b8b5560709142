//! Figures over time.
