//! Verification: the files of a backup compared with what it recorded of itself.

mod files;
mod hash;
mod manifest;
mod record;

pub use hash::digest_object;
