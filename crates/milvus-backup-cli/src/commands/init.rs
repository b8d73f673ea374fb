//! `milvus-br init` writes a first configuration, from options or from answers on a terminal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use milvus_backup_core::{Error, Interrupt, Result};
use serde::Serialize;

use crate::args::{Global, InitArgs};
use crate::exit_code;
use crate::init::{Answers, ask, create, refuse_existing, text};
use crate::output::{Output, can_ask};
use crate::schedule::{environment, jobs};
use crate::settings::{PROJECT_FILE, settings_in, user_file};

/// The result of the command.
#[derive(Debug, Serialize)]
struct Written {
    success: bool,
    file: PathBuf,
    next: Vec<String>,
}

pub(crate) async fn run(global: &Global, output: &Output, interrupt: Interrupt, args: InitArgs) -> Result<u8> {
    let file = file(global, args.user)?;
    // Nothing is asked if nothing can be written.
    refuse_existing(&file)?;
    let environment = environment(interrupt);
    let mut answers = Answers::given(global, &args.collections);
    if can_ask() && !global.yes && !output.is_json() {
        answers = ask(&environment, global, answers).await?;
    }
    answers.check()?;
    let answers = answers.seen_from(file.parent().unwrap_or(Path::new("")));
    let text = text(&answers);
    let settings = settings_in(&text, &file)?;
    jobs(&settings, &environment, &mut BTreeMap::new())?;
    create(&file, &text, answers.names_secrets())?;
    let next = next_steps(&file, global.config.is_some(), &answers);
    let written = Written { success: true, file, next };
    output.result(&written, || format!("wrote {}\n\nnext:\n  {}", written.file.display(), written.next.join("\n  ")));
    Ok(exit_code::DONE)
}

/// Returns the file that is written.
fn file(global: &Global, user: bool) -> Result<PathBuf> {
    match (&global.config, user) {
        (Some(file), _) => Ok(file.clone()),
        (None, false) => Ok(PathBuf::from(PROJECT_FILE)),
        (None, true) => user_file().ok_or_else(|| Error::InvalidParameter {
            field: "user".to_owned(),
            value: String::new(),
            limit: "left out, because this user has no home directory".to_owned(),
        }),
    }
}

/// Returns the commands with which a user continues.
fn next_steps(file: &Path, named: bool, answers: &Answers) -> Vec<String> {
    let command = if named { format!("milvus-br --config {}", file.display()) } else { "milvus-br".to_owned() };
    let collection = answers.collections.first().map_or("COLLECTION", String::as_str);
    vec![format!("{command} doctor"), format!("{command} create {collection}"), format!("{command} list")]
}
