//! The backend that lets the tool write and read backups, and believes nothing that it reports.

mod comparison;
mod create;
mod diagnosis;
mod durable;
mod early;
mod growth;
mod import;
mod native_backend;
mod objects;
mod obstacles;
mod restore;
mod session;

pub use native_backend::{NativeBackend, NativeBackendParts};
