//! The description of a system: types, reading, defaults, validation.
