//! The course: labs, lessons and their checks.
