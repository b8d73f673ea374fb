//! The questions of `init`, on a terminal only.

use milvus_backup_core::{Environment, Result};

use super::answers::Answers;
use crate::args::Global;
use crate::output::stderr_line;
use crate::prompt::answer;
use crate::target::Target;

/// Asks for what no option and no variable gives. An empty answer takes the value in brackets.
///
/// # Errors
/// [`milvus_backup_core::Error::Interrupted`] on a signal.
pub(crate) async fn ask(environment: &Environment, global: &Global, mut answers: Answers) -> Result<Answers> {
    stderr_line("Press Enter to accept the value in brackets.");
    while global.uri.is_none() {
        let uri =
            question(environment, "Address of Milvus, or path of a Milvus Lite database (*.db)", &answers.uri).await?;
        match Target::new(&uri, answers.database.as_deref()) {
            Ok(_) => {
                answers.uri = uri;
                break;
            }
            Err(error) => stderr_line(&error.to_string()),
        }
    }
    if global.token_file.is_none() {
        let text = "File with the token (user:password or an API key), if Milvus asks for one";
        let file = question(environment, text, "").await?;
        answers.token_file = (!file.is_empty()).then(|| file.into());
    }
    if global.root.is_none() {
        let text = "Root of the backups: a directory, or s3://, az:// or gs://bucket/prefix";
        answers.root = question(environment, text, &answers.root).await?;
    }
    if answers.collections.is_empty() {
        let names = question(environment, "Collections to back up every night, separated by spaces", "").await?;
        answers.collections = names.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    }
    Ok(answers)
}

async fn question(environment: &Environment, text: &str, default: &str) -> Result<String> {
    let shown = if default.is_empty() { "none" } else { default };
    stderr_line(&format!("{text} [{shown}]"));
    let answer = answer(environment).await?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { default } else { answer }.to_owned())
}
