//! The commands, one module each. Each of them returns its exit code.

pub(crate) mod adopt;
pub(crate) mod completions;
pub(crate) mod config;
mod config_check;
pub(crate) mod copy;
pub(crate) mod create;
mod create_set;
pub(crate) mod delete;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod list;
mod list_foreign;
mod list_sets;
pub(crate) mod man;
pub(crate) mod pin;
pub(crate) mod prune;
mod prune_incomplete;
pub(crate) mod restore;
mod restore_set;
pub(crate) mod schedule;
mod schedule_check;
mod schedule_once;
pub(crate) mod show;
mod show_set;
pub(crate) mod verify;
mod verify_all;
mod verify_set;
