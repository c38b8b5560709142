//! A run under control: load, play, step, seek, act.
