//! The lease of a collection: which process may change its backups.
//!
//! Must always hold: numbers of leases are only ever created if there is none of that number, and a take-over deletes the
//! numbers that it takes over. So of two that want the same number one wins, and a holder whose number is gone, or that
//! finds a higher one than its own, has lost. Needs no more of a store than a conditional put.

mod acquire;
mod document;
mod files;
mod held;
mod renewal;
#[cfg(test)]
mod tests;
