//! The command line: its options, its commands and their help texts.

mod adopt;
mod command_line;
mod config;
mod copy;
mod create;
mod doctor;
mod encoding;
mod export;
mod global;
mod import;
mod init;
mod keep;
mod pin;
mod prune;
mod restore;
mod schedule;
mod select;
mod shell;
mod verify;

pub(crate) use adopt::AdoptArgs;
pub(crate) use command_line::{BackupCommand, Cli, Command, ToolCommand};
pub(crate) use config::{ConfigAction, ConfigArgs, ConfigShowArgs};
pub(crate) use copy::CopyArgs;
pub(crate) use create::{CreateArgs, Load, Source};
pub(crate) use doctor::DoctorArgs;
pub(crate) use export::{ArchiveCodec, ExportArgs};
pub(crate) use global::{Global, LogFormat, ProgressFormat, Storage};
pub(crate) use import::ImportArgs;
pub(crate) use init::InitArgs;
pub(crate) use pin::{PinArgs, UnpinArgs};
pub(crate) use prune::PruneArgs;
pub(crate) use restore::{AutoId, Method, RestoreArgs};
pub(crate) use schedule::{ScheduleAction, ScheduleArgs, ScheduleCheckArgs, ScheduleNextArgs, ScheduleOnceArgs};
pub(crate) use select::{DeleteArgs, ListArgs, ShowArgs};
pub(crate) use shell::{CompletionsArgs, ManArgs, Shell};
pub(crate) use verify::{Mode, VerifyArgs};
