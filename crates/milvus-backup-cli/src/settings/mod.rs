//! The configuration: what is read from files, in which order, and where each value comes from.

mod default_file;
mod document;
mod effective;
mod job;
mod layers;
mod load;
mod milvus;
mod native;
mod origin;
mod overrides;
mod parse;
mod relative;
mod schema;
mod shown;
mod unknown_key;

pub(crate) use default_file::{PROJECT_FILE, found, user_file};
pub(crate) use effective::DEFAULT_URI;
pub(crate) use job::{Depth, JobHooks, JobRetention, JobSettings, JobVerification, Missed};
pub(crate) use load::{Settings, settings_in, settings_of};
pub(crate) use milvus::{MilvusSettings, TlsSettings};
pub(crate) use native::NativeSettings;
pub(crate) use overrides::Overrides;
pub(crate) use schema::schema;
pub(crate) use shown::{Shown, shown};
