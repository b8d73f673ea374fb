//! The commands, one module each. Each of them returns its exit code.

pub(crate) mod adopt;
pub(crate) mod completions;
pub(crate) mod config;
mod config_check;
pub(crate) mod copy;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod doctor;
pub(crate) mod export;
mod export_archive;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod list;
mod list_foreign;
pub(crate) mod man;
pub(crate) mod pin;
pub(crate) mod prune;
mod prune_incomplete;
pub(crate) mod restore;
pub(crate) mod schedule;
mod schedule_check;
mod schedule_once;
pub(crate) mod show;
pub(crate) mod verify;
mod verify_all;
