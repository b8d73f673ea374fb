//! Verification: the comparison of the files of a backup with its records.

mod files;
mod hash;
mod manifest;
mod record;

pub use hash::digest_object;
