//! The servers by their versions.

mod capabilities;
mod gates;
mod server;

pub(crate) use gates::Version;
pub(crate) use server::{LITE_2_VERSION, Server};
