//! Python environments with pinned packages, each created once in the cache.

mod environment;
mod interpreter;

pub use environment::{Environment, Installed};
