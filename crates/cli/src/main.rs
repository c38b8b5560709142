//! `headroom`: runs scenarios natively.

fn main() {}
