//! Adoption: from a backup that another program made by itself to a backup of a repository.

mod job;
mod plan;
