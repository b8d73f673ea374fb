//! `milvus-br completions` prints the script with which a shell completes command lines.

use clap_complete::env::Shells;
use milvus_backup_core::{Error, Result};

use crate::args::{CompletionsArgs, Shell};
use crate::completion::VARIABLE;
use crate::exit_code;
use crate::output::Output;

/// Name of the command, which has to be in the path of the shell.
const NAME: &str = "milvus-br";

pub(crate) fn run(args: &CompletionsArgs) -> Result<u8> {
    let failed = |source: std::io::Error| Error::Internal {
        action: "write the completions".to_owned(),
        source: Box::new(source),
    };
    let name = match args.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
    };
    let shells = Shells::builtins();
    let shell = shells.completer(name).ok_or_else(|| failed(std::io::Error::other("unknown shell")))?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, NAME, NAME, NAME, &mut script).map_err(failed)?;
    Output::new(false).result(&(), || String::from_utf8_lossy(&script).into_owned());
    Ok(exit_code::DONE)
}
