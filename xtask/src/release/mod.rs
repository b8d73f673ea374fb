//! `cargo xtask release`: whether the crates can be published, each under a version of its own, and in which order.
//!
//! Must always hold: nothing is pushed, tagged or published. The last lines name the commands that do it.

mod order;
mod plan;
mod run;

pub(crate) use run::run;
