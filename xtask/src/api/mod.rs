//! `cargo xtask api`: the public surface of each library crate, as a file in the tree, so that a change of it is seen in
//! review.
//!
//! It is read from the sources, because the compiler describes it for programs in nightly versions only. That every `pub`
//! item is reachable from outside its crate is what the lint `unreachable_pub` ensures.

mod collect;
mod run;
mod strip;

pub(crate) use run::{check, write};
