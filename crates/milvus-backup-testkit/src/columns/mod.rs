//! Random columns of every data type, as messages of the protocol and as plain values.
//!
//! For tests of fidelity: [`table`] generates values with edge cases, [`send`] encodes them as messages in the forms
//! that servers and clients use, and [`receive`] decodes them from the messages of an insert or a query. Requires the
//! feature `columns`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a message that is not as it must be fails the test")]
#![allow(clippy::missing_panics_doc, reason = "all of it panics when a message is not as it must be")]

mod cells;
mod generate;
mod packed;
mod profile;
mod receive;
mod send;

pub use cells::{Cell, Column, Kind, Table};
pub use generate::table;
pub use profile::Profile;
pub use receive::{receive, receive_columns};
pub use send::{Style, send};
