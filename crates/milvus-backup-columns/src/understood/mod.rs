//! Parts of messages that the generated types do not have.
//!
//! A decoder of Protocol Buffers skips the fields that it does not know, so a server that is newer than this program
//! could add to a schema or to a column without a sign. These functions read the fields of a message by their numbers
//! alone, and name those that the definitions of this version do not have.

mod layout;
mod messages;
mod unknown;

pub use unknown::{require_known_rows, unknown_parts_of_description};
