//! Real object stores on free ports of 127.0.0.1, each with the client of its vendor as an outside witness.
//!
//! They run and end as the Milvus servers do. Where the vendor offers no server for tests, the stand-in is real
//! software that implements the same interface; [`StoreKind`] names what each of them does not show.

mod azurite;
mod client;
mod credentials;
mod gateway;
mod http;
mod kind;
mod moto;
mod root;
mod seaweed;
mod server;
mod shared;

pub use credentials::Credentials;
pub use kind::StoreKind;
pub use root::StoreRoot;
pub use server::ObjectStoreServer;
pub use shared::shared_store;
