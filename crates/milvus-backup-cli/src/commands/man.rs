//! `milvus-br man` writes the manual pages, one for each command.

use std::path::Path;

use clap::CommandFactory;
use milvus_backup_core::{Error, Result};

use crate::args::{Cli, ManArgs};
use crate::exit_code;

pub(crate) fn run(args: &ManArgs) -> Result<u8> {
    write(&args.directory).map_err(|source| Error::Configuration {
        role: "directory of the manual pages".to_owned(),
        path: args.directory.display().to_string(),
        source: Box::new(source),
    })?;
    Ok(exit_code::DONE)
}

fn write(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    clap_mangen::generate_to(Cli::command(), directory)
}
