//! Roots in object stores: what is particular to each store, and what goes wrong between it and the command.
//!
//! Whatever holds for every root is in the other files, of which those that look at the repository run over `SeaweedFS`
//! as well.

mod bench;
mod network;
mod races;
mod refusals;
mod requests;
mod round_trip;
mod secrets;
mod stopping;
