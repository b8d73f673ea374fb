//! What the command prints when it is started without arguments: where it stands, and what to do next.

use clap::Parser;

use crate::args::Cli;
use crate::settings::{found, settings_of};

const COMMANDS: &str = "  milvus-br doctor                   check Milvus, the root and the privileges
  milvus-br create COLLECTION        back up a collection
  milvus-br list                     list the backups
  milvus-br restore COLLECTION@latest --to COPY

`milvus-br --help` lists all commands and options.";

/// Returns the text. The settings are those of the files and the environment.
pub(crate) fn text() -> String {
    // Any command has the same settings; this one has no arguments of its own.
    let global = Cli::try_parse_from(["milvus-br", "doctor"]).map(|cli| cli.global);
    let settings = global.as_ref().map_err(ToString::to_string).and_then(|global| {
        let settings = settings_of(global).map_err(|error| error.to_string())?;
        Ok((global.config.is_some() || !found().is_empty(), settings))
    });
    let (state, init) = match settings {
        Ok((configured, settings)) => {
            let uri = settings.milvus.uri.unwrap_or_default();
            let root = settings.recovery.local_backup_root_path;
            let files: Vec<String> = settings.files.iter().map(|file| file.display().to_string()).collect();
            let files = if configured { files.join(" and ") } else { "none".to_owned() };
            (format!("configuration  {files}\nMilvus         {uri}\nroot           {root}"), !configured)
        }
        Err(error) => {
            (format!("configuration  invalid: {error}\n               `milvus-br config check` checks it"), false)
        }
    };
    let init = if init { "  milvus-br init                     write a configuration\n" } else { "" };
    format!("milvus-br backs up, verifies and restores collections of Milvus.\n\n{state}\n\nNext:\n{init}{COMMANDS}")
}
