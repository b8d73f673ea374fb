//! Rows in ascending order of primary key, page by page.
//!
//! Must always hold: only an empty page ends a scan, every page begins after the last key of the one before, and a
//! page out of order is an error. So no row is lost in silence, whatever the server makes of a limit.

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
