//! Object stores of the cloud providers, and services with the same protocols.

mod client;
mod gcs_address;
mod objects;
mod open;
mod refusal;
mod request_retries;
mod signed;
mod tls;
mod uploads;

pub(crate) use objects::Objects;
pub(crate) use open::open;
pub(crate) use refusal::{MissingBucket, is_expired_token};
