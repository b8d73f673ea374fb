//! Rows in ascending order of primary key, page by page.
//!
//! Must always hold: only an empty page ends a scan, every page starts after the last key of the previous one, and a
//! page out of order is an error. Therefore no row is lost silently, however the server interprets a limit.

mod anchor;
mod census;
mod count;
mod cursor;
mod json_texts;
mod keys;
mod page_params;
mod page_size;
mod pager;
mod position;
mod query;
mod reserved;
mod session;
mod source;
mod split;
