//! The JSON documents of a repository, with one type each, and their conversion to and from text.

mod checksums;
mod codec;
mod definition;
mod manifest;
mod marker;
mod metadata;
mod pin;
mod resume;
mod sealed;
mod set;
mod staging;
mod verification;

pub(crate) use checksums::{ChecksumsDocument, FileEntry};
pub(crate) use codec::{digest, from_bytes, has_own_layout, to_bytes};
pub(crate) use definition::{IndexesDocument, SchemaDocument};
pub(crate) use manifest::manifest_from_bytes;
pub(crate) use marker::MarkerDocument;
pub(crate) use metadata::{metadata_from_bytes, metadata_to_bytes};
pub(crate) use pin::PinDocument;
pub(crate) use resume::ResumeDocument;
pub(crate) use set::{set_from_bytes, set_to_bytes};
pub(crate) use staging::StagingDocument;
pub(crate) use verification::VerificationDocument;
