//! The kinds of node: each wires engines into the simulation.
