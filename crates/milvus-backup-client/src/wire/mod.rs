//! The calls whose messages this crate reads itself: those that transfer rows, whose float vectors are not copied, and the
//! description of a collection, in which fields that no definition has are found.

mod buffer_pool;
mod calls;
mod float_position;
mod messages;
mod receive;

pub(crate) use buffer_pool::BufferPool;
pub(crate) use calls::{describe_collection, insert, query};
pub(crate) use messages::{Description, InsertRows, QueryRows};
