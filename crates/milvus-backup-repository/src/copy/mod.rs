//! The copy of a committed backup from one repository to another, byte for byte.

mod incoming;
mod object;
mod outgoing;

pub use object::copy_object;
pub(crate) use object::piece_bytes;
