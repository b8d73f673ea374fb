//! The command as scripts and people see it: help, usage errors, error documents, and what it says of a repository.
//!
//! Nothing here needs Milvus. The repositories are the golden ones of the workspace, written by this command against
//! a real server, so every time and identifier in them is fixed. The outputs are kept in `snapshots/`: after a wanted
//! change run the tests with `INSTA_UPDATE=always` and read the difference.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod archive;
mod command;
mod config;
mod copy;
mod doctor;
mod documents;
mod help;
mod init;
mod jobs;
mod latest;
mod observed;
mod parts;
mod pins;
mod repository;
mod retention;
mod shells;
mod usage;
