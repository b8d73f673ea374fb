//! `milvus-br config check`: errors of the configuration, and what is unwise in it.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use milvus_backup_core::{Interrupt, Result};
use serde::Serialize;

use crate::args::Global;
use crate::exit_code;
use crate::output::{Output, warning};
use crate::schedule::{environment, jobs};
use crate::settings::{Overrides, Settings, settings_of};
use crate::target::Target;
use crate::text::count;

/// The result of the command.
#[derive(Debug, Serialize)]
struct ConfigCheck {
    success: bool,
    files: Vec<PathBuf>,
    problems: Vec<String>,
    warnings: Vec<String>,
}

pub(crate) fn run(global: &Global, overrides: &Overrides, output: &Output) -> Result<u8> {
    let settings = settings_of(global)?;
    Target::new(settings.milvus.uri.as_deref().unwrap_or_default(), settings.milvus.database.as_deref())?;
    jobs(&settings, &environment(Interrupt::never()), &mut BTreeMap::new())?;
    let mut warnings = settings.recovery.validate()?;
    warnings.extend(overrides.overridden_variables(&settings));
    warnings.extend(settings.files.iter().filter_map(|file| exposed_secrets(&settings, file)));
    let problems: Vec<String> = named_files(&settings).into_iter().filter_map(|file| unreadable(&file)).collect();
    let check = ConfigCheck { success: problems.is_empty(), files: settings.files, problems, warnings };
    for text in &check.warnings {
        warning(text);
    }
    output.result(&check, || describe(&check));
    Ok(if check.success { exit_code::DONE } else { exit_code::USAGE })
}

fn describe(check: &ConfigCheck) -> String {
    let files = check.files.iter().map(|file| format!("read    {}", file.display()));
    let files = if check.files.is_empty() { vec!["read    no file".to_owned()] } else { files.collect() };
    let problems = check.problems.iter().map(|problem| format!("problem {problem}"));
    let found = format!("{} and {}", count(check.problems.len(), "problem"), count(check.warnings.len(), "warning"));
    files.into_iter().chain(problems).chain([found]).collect::<Vec<_>>().join("\n")
}

/// Returns the files that are named in the settings, with their keys.
fn named_files(settings: &Settings) -> Vec<(&'static str, PathBuf)> {
    let (milvus, storage) = (&settings.milvus, &settings.recovery.storage);
    let files = [
        ("milvus.token_file", milvus.token_file.clone()),
        ("milvus.tls.ca", milvus.tls.ca.clone()),
        ("milvus.tls.cert", milvus.tls.cert.clone()),
        ("milvus.tls.key", milvus.tls.key.clone()),
        ("storage.ca_file", storage.ca_file.as_ref().map(PathBuf::from)),
    ];
    files.into_iter().filter_map(|(key, file)| Some((key, file?))).collect()
}

fn unreadable((key, file): &(&'static str, PathBuf)) -> Option<String> {
    let error = File::open(file).err()?;
    Some(format!("`{key}` is `{}`, which cannot be read: {error}", file.display()))
}

/// Returns a warning if all users of the machine can read a file that may have secrets.
fn exposed_secrets(settings: &Settings, file: &Path) -> Option<String> {
    let has_secrets = settings.has_secrets_in(file);
    let mode = std::fs::metadata(file).ok()?.permissions().mode();
    (has_secrets && mode & 0o077 != 0).then(|| {
        format!(
            "{} has options of the object store, which may be secrets, and other users can read it: use the variables of \
             the provider, or `chmod 600`",
            file.display()
        )
    })
}
