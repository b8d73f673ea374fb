//! Archives: copies of backups whose far side is a stream instead of a repository.

mod export;
mod import;
