//! The decoding of single log files: insert logs and delete logs of storage v1, and column groups of storage v2.

mod arrays;
mod buffers;
mod collected;
mod column;
mod cursor;
mod deletes;
mod expected;
mod file;
mod guarded;
mod header;
mod layout;
mod missing;
mod other_encodings;
mod page;
mod page_header;
mod pages;
mod runs;
mod thrift;
#[cfg(test)]
mod untrusted_input;
mod values;

pub(crate) use arrays::{array, dynamic, slices};
pub(crate) use buffers::Buffers;
pub(crate) use collected::{Collected, Values};
pub(crate) use column::ColumnDecoder;
pub(crate) use deletes::{DeleteForm, DeletedKey, parse as parse_delete};
pub(crate) use expected::require_supported;
pub(crate) use file::OpenLog;
pub(crate) use guarded::guarded;
pub use header::{LogHeader, log_header};
pub(crate) use missing::{can_be_missing, missing};
pub(crate) use page::StoredPage;
pub(crate) use pages::PageSource;
