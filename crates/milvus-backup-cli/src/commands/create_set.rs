//! `milvus-br create` with several collections: their backups form a set.

use milvus_backup_core::{BackupResult, BackupSet, CollectionRef, ErrorKind, Result};
use milvus_backup_engine::{Chosen, Selection, SetCreation, SetOutcome};
use serde::Serialize;

use super::create::describe;
use crate::context::{Context, Session};
use crate::exit_code;
use crate::report::Report;
use crate::sizes::format_size;
use crate::text::{count, printable};

/// The collections that would be backed up.
#[derive(Debug, Serialize)]
struct WouldBackUp {
    dry_run: bool,
    collections: Vec<CollectionRef>,
    not_found: Vec<NotFound>,
}

/// A name or a pattern that means nothing.
#[derive(Debug, Serialize)]
struct NotFound {
    name: String,
    message: String,
}

/// Prints the collections that a selection means. The exit code is that of the backups, as far as it is known.
pub(super) async fn dry_run(context: &Context, session: &Session, selection: &Selection) -> Result<u8> {
    let mut report = WouldBackUp { dry_run: true, collections: Vec::new(), not_found: Vec::new() };
    let mut code = exit_code::DONE;
    for choice in session.instance().choose(selection).await? {
        match choice {
            Chosen::Found { collection, .. } => report.collections.push(collection),
            Chosen::Missing { text, error } => {
                Report::from(&error).print_text();
                code = exit_code::of(error.kind());
                report.not_found.push(NotFound { name: text, message: error.full_message() });
            }
        }
    }
    context.output.result(&report, || {
        let names: Vec<String> = report.collections.iter().map(|it| printable(&it.to_string()).into_owned()).collect();
        let total = count(names.len(), "collection");
        format!("{}\n{total} would be backed up", names.join("\n"))
    });
    Ok(code)
}

/// Backs up the collections of a selection as a set.
///
/// # Errors
/// The error of a pattern that matches nothing, if nothing else was selected.
pub(super) async fn create_set(
    context: &Context,
    session: &Session,
    selection: &Selection,
    creation: &SetCreation,
) -> Result<u8> {
    let instance = session.instance();
    let mut chosen = instance.choose(selection).await?;
    if let [Chosen::Missing { .. }] = chosen.as_slice()
        && let Some(Chosen::Missing { error, .. }) = chosen.pop()
    {
        return Err(error);
    }
    let not_found: Vec<u8> = chosen.iter().filter_map(code_of_missing).collect();
    let print = |_: &str, outcome: &Result<BackupResult>| {
        if let Err(error) = outcome {
            Report::from(error).print_text();
        }
    };
    let SetOutcome { set, outcomes } = instance.create_set(selection, chosen, creation, print).await?;
    let code = code(&outcomes, not_found.first().copied());
    let results = results(outcomes, session, set.as_ref().ok().and_then(Option::as_ref));
    context.output.result(&results, || {
        let done = results.iter().filter(|result| result.metadata.is_some()).map(describe);
        let set = set.iter().flatten().map(|set| describe_set(set, results.len()));
        done.chain(set).collect::<Vec<_>>().join("\n")
    });
    match set {
        Err(error) => {
            Report::from(&error).print_text();
            Ok(exit_code::of(error.kind()))
        }
        Ok(_) => Ok(code),
    }
}

/// Returns the exit code of a name that means nothing; what a user may not list is only left out.
fn code_of_missing(choice: &Chosen) -> Option<u8> {
    let Chosen::Missing { error, .. } = choice else { return None };
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidParameter).then(|| exit_code::of(error.kind()))
}

/// Returns the exit code: that of an interrupt, of a name that means nothing, or of the first error if nothing was backed up;
/// otherwise it says whether something was left out.
fn code(outcomes: &[(String, Result<BackupResult>)], not_found: Option<u8>) -> u8 {
    let errors = || outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().err());
    if errors().any(|error| error.kind() == ErrorKind::Interrupted) {
        return exit_code::INTERRUPTED;
    }
    if let Some(code) = not_found {
        return code;
    }
    let is_whole = |outcome: &Result<BackupResult>| outcome.as_ref().is_ok_and(|result| result.success);
    match errors().next() {
        Some(first) if errors().count() == outcomes.len() => exit_code::of(first.kind()),
        _ if outcomes.iter().all(|(_, outcome)| is_whole(outcome)) => exit_code::DONE,
        _ => exit_code::INCOMPLETE,
    }
}

fn results(
    outcomes: Vec<(String, Result<BackupResult>)>,
    session: &Session,
    set: Option<&BackupSet>,
) -> Vec<BackupResult> {
    let storage_type = session.manager.storage_type();
    let result = |(name, outcome): (String, Result<BackupResult>)| {
        let mut result = outcome.unwrap_or_else(|error| BackupResult::from_error(&name, storage_type, &error));
        result.set_id = set.map(|set| set.set_id.clone());
        result
    };
    outcomes.into_iter().map(result).collect()
}

fn describe_set(set: &BackupSet, selected: usize) -> String {
    let members = set.members.len();
    let name = set.set_name.iter().map(|name| format!("  {}", printable(name)));
    format!(
        "{}  {members} of {}  {}  {}{}",
        set.set_id,
        count(selected, "collection"),
        count(set.row_count(), "row"),
        format_size(set.size_bytes()),
        name.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::{BackupStorageType, Error};

    use super::*;

    fn outcome(outcome: &str) -> (String, Result<BackupResult>) {
        let failed = |error| BackupResult::from_error("a", BackupStorageType::LocalFile, &error);
        let outcome = match outcome {
            "good" => Ok(BackupResult { success: true, ..failed(Error::Interrupted) }),
            "partial" => Ok(failed(Error::Interrupted)),
            "interrupted" => Err(Error::Interrupted),
            _ => Err(Error::DeadlineExceeded { seconds: 1 }),
        };
        ("a".to_owned(), outcome)
    }

    #[test]
    fn the_exit_code_says_whether_something_is_missing() {
        for (outcomes, not_found, expected) in [
            (&["good", "good"][..], None, exit_code::DONE),
            (&["good", "partial"], None, exit_code::INCOMPLETE),
            (&["good", "late"], None, exit_code::INCOMPLETE),
            (&["late", "late"], None, exit_code::DEADLINE),
            (&["good", "late"], Some(exit_code::NOT_FOUND), exit_code::NOT_FOUND),
            (&["good", "interrupted"], Some(exit_code::NOT_FOUND), exit_code::INTERRUPTED),
        ] {
            let of: Vec<_> = outcomes.iter().map(|text| outcome(text)).collect();
            assert_eq!(code(&of, not_found), expected, "{outcomes:?}");
        }
    }
}
