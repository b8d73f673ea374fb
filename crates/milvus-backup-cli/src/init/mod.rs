//! The first configuration: the answers that it is made from, and its text.

mod answers;
mod ask;
mod create_file;
mod example;
mod text;

pub(crate) use answers::Answers;
pub(crate) use ask::ask;
pub(crate) use create_file::{create, refuse_existing};
pub(crate) use text::text;
