//! Adoption: adds a backup that another program wrote to the repository.

mod job;
mod plan;
