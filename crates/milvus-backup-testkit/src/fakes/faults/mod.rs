//! Faults at a chosen call, around any Milvus and any object store: a call fails, loses its response, hangs, ends the process,
//! or something happens before it or after it. Every call is recorded.

mod call;
mod chance;
mod failure;
mod fault;
mod gate;
#[cfg(feature = "fakes")]
mod milvus;
mod plan;
mod point;
#[cfg(feature = "object-store")]
mod store;
mod turn;

pub use call::{Call, CallKind};
pub use failure::Failure;
pub use fault::Fault;
pub use gate::Gate;
#[cfg(feature = "fakes")]
pub use milvus::FaultyMilvus;
pub use plan::Faults;
pub use point::Point;
#[cfg(feature = "object-store")]
pub use store::FaultyStore;
