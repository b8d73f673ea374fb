//! `cargo xtask check --all`: what is too slow for every change, and is run every night.

mod crates;
mod deny;
mod documentation;
mod features;
mod minimum;
mod run;

pub(crate) use run::run;
