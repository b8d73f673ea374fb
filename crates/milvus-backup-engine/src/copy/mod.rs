//! Copies of backups in other repositories.

mod bandwidth;
mod job;
mod reports;
mod several;

pub(crate) use bandwidth::Bandwidth;
