//! Copies of backups in other repositories.

mod bandwidth;
mod job;
mod several;

pub(crate) use bandwidth::Bandwidth;
