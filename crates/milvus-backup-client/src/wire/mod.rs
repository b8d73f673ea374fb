//! The two calls that transfer rows, with messages whose float vectors are not copied.

mod buffer_pool;
mod calls;
mod float_position;
mod messages;
mod receive;

pub(crate) use buffer_pool::BufferPool;
pub(crate) use calls::{insert, query};
pub(crate) use messages::{InsertRows, QueryRows};
