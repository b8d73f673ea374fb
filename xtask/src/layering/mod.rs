//! `cargo xtask layering`: the crates depend on each other in one direction only.
//!
//! A crate that may not know another one cannot be bent to its needs, and who takes a small crate pays for nothing else.
//! The rules are a table in `rules`; this reads the graph from Cargo and names every breach.

mod check;
mod graph;
mod rules;
mod run;

pub(crate) use run::run;
