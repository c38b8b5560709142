//! The moving picture of the system.
