//! Verification: the files of a backup compared with what it recorded of itself.

mod files;
mod findings;
mod hash;
mod manifest;
mod record;

pub use files::ContentCheck;
pub use findings::Findings;
pub use hash::digest_object;
