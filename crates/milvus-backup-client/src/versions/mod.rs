//! The servers by their versions.

mod capabilities;
mod gates;
mod server;

pub(crate) use server::{LITE_2_VERSION, Server};
