//! Verification: the comparison of the files of a backup with its records.

mod files;
mod hash;
mod manifest;
mod record;
mod sample;

pub use hash::digest_object;
pub use sample::choose_sample;
