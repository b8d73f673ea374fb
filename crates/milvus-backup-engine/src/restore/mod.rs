//! Restore: from a committed backup to a collection.

mod access;
mod checks;
mod creation;
mod definition;
mod insertion;
mod job;
mod optional_properties;
mod physical;
mod publish;
mod replication;
mod run;
mod selection;
mod staged;
mod tally;
mod target;
mod undo;
mod undo_step;

pub(crate) use job::Lifetime;
