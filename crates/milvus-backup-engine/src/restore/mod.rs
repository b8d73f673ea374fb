//! Restore: from a committed backup to a collection.

mod access;
mod checks;
mod definition;
mod fill;
mod job;
mod make;
mod publish;
mod run;
mod selection;
mod staged;
mod tally;
mod target;
mod undo;
mod undoing;
