//! The servers by their versions.

mod capabilities;
#[cfg(test)]
mod documented;
mod gates;
mod known_bad;
mod server;

pub(crate) use gates::Version;
pub use known_bad::known_issues;
pub(crate) use known_bad::known_issues_of;
pub(crate) use server::{LITE_2_VERSION, Server};
