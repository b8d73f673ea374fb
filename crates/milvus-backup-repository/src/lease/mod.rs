//! The lease of a collection, which determines the process that may change its backups.
//!
//! Must always hold: an epoch is only ever created if there is none with that number, and a take-over deletes the
//! epochs that it takes over. Of two contenders for one epoch, therefore, one wins, and a holder whose epoch was
//! deleted, or that finds a higher one than its own, has lost. The store only needs to support a conditional put.

mod acquire;
mod confirmation;
mod dead;
mod document;
mod files;
mod held;
mod renewal;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the time of tokio is paused")]
mod tests;
