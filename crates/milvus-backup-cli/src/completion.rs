//! Completion of command lines, for the scripts of `milvus-br completions`: backups and collections are those of the root
//! that the command line, the environment or the configuration names.
//!
//! Must always hold: a completion writes nothing, starts no server, and ends within seconds.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches};
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;
use milvus_backup_core::{BackupMetadata, Interrupt, Result};

use crate::Layers;
use crate::args::{Cli, Global};
use crate::context::Context;
use crate::output::Output;
use crate::settings::settings_of;
use crate::summary::LATEST;

/// The variable with which the scripts ask for completions.
pub(crate) const VARIABLE: &str = "MILVUS_BR_COMPLETE";

/// Time after which a root that has not responded has no candidates.
const LIMIT: Duration = Duration::from_secs(3);

/// Prints completions if a shell asks for them; returns whether it did.
pub(crate) fn respond(args: &[OsString]) -> Result<bool, clap::Error> {
    let directory = std::env::current_dir().ok();
    CompleteEnv::with_factory(Cli::command).var(VARIABLE).try_complete(args.to_vec(), directory.as_deref())
}

/// Returns the backups that may be meant: identifiers, and the latest backup of each collection.
pub(crate) fn backups(current: &OsStr) -> Vec<CompletionCandidate> {
    let backups = existing_backups();
    let latest =
        collection_names(&backups).into_iter().map(|name| (format!("{name}{LATEST}"), "newest full backup".to_owned()));
    let identifiers = backups.iter().map(|backup| {
        let collection = backup.collection().map_or_else(|_| String::new(), |collection| collection.to_string());
        (backup.backup_id.to_string(), format!("{collection}, {}", backup.effective_state()))
    });
    candidates(latest.chain(identifiers), current)
}

/// Returns the collections that have backups.
pub(crate) fn collections(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(collection_names(&existing_backups()).into_iter().map(|name| (name, String::new())), current)
}

fn candidates(found: impl Iterator<Item = (String, String)>, current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let matching = found.filter(|(value, _)| value.starts_with(&*current));
    matching
        .map(|(value, help)| CompletionCandidate::new(value).help((!help.is_empty()).then(|| help.into())))
        .collect()
}

fn collection_names(backups: &[BackupMetadata]) -> Vec<String> {
    let mut names: Vec<String> = backups.iter().filter_map(|it| Some(it.collection().ok()?.to_string())).collect();
    names.sort();
    names.dedup();
    names
}

/// Returns the backups of the root; none if it cannot be read in time.
fn existing_backups() -> Vec<BackupMetadata> {
    list().unwrap_or_default()
}

fn list() -> Option<Vec<BackupMetadata>> {
    // The words that are completed so far follow `--`.
    let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let global = Global { timeout: Some(LIMIT), ..Global::from_arg_matches(&matches).ok()? };
    let settings = settings_of(&global).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async {
        let context = Context::new(global, settings, Output::new(false), Interrupt::never(), Layers::default()).ok()?;
        Some(context.repository().ok()?.list_backups(None).await.ok()?.backups)
    })
}
