//! Compares the documents with the sources.

use super::citations::{citations, files};
use super::documents::{Document, documents};
use super::functions::Functions;
use super::{anchors, paths};
use crate::error::{Error, Result};
use crate::terminal::say;
use crate::workspace::root;

/// The command that runs the tests whose names contain a word.
const RUN_TESTS: &str = "cargo xtask test ";

/// Fails when a document names something that does not exist.
pub(crate) fn run() -> Result<()> {
    let (documents, functions) = (documents()?, Functions::read()?);
    let mut findings = Vec::new();
    let mut cited = 0;
    for document in &documents {
        findings.extend(paths::check(document));
        findings.extend(anchors::check(document));
        findings.extend(check_files(document, &functions));
        cited += check_citations(document, &functions, &mut findings);
        findings.extend(check_commands(document, &functions));
    }
    if !findings.is_empty() {
        return Err(Error::Links(findings));
    }
    say(format_args!("documents hold: {} files, which cite {cited} functions", documents.len()));
    Ok(())
}

/// Returns the files that a document cites without their crate and that do not exist. `paths` checks the others.
fn check_files(document: &Document, functions: &Functions) -> Vec<String> {
    let prose = document.prose();
    let bare = files(&prose).filter(|file| !file.split_once('/').is_some_and(|(owner, _)| is_crate(owner)));
    let missing = bare.filter(|file| functions.files_of(file).is_empty());
    missing.map(|file| format!("{}: there is no {file}", document.path)).collect()
}

/// Adds the functions that are not where a document says they are. Returns how many it cites.
fn check_citations(document: &Document, functions: &Functions, findings: &mut Vec<String>) -> usize {
    let cited = citations(&document.prose(), &is_crate);
    for citation in &cited {
        let files = functions.files_of(&citation.place);
        let (path, place, name) = (&document.path, &citation.place, &citation.name);
        // A file that does not exist is reported once, by its name.
        if !files.is_empty() && !functions.any_has(&files, name) {
            findings.push(format!("{path}: there is no `{name}` in {place}"));
        }
    }
    cited.len()
}

/// Returns whether this is the name of a crate, without `milvus-backup-`.
fn is_crate(name: &str) -> bool {
    root().join("crates").join(format!("milvus-backup-{name}")).is_dir()
}

/// Returns the commands of a document that would run no test.
fn check_commands(document: &Document, functions: &Functions) -> Vec<String> {
    let commands = document.code_lines().filter_map(|line| line.split_once(RUN_TESTS).map(|(_, rest)| rest));
    let filters = commands.filter_map(|rest| rest.split_whitespace().next());
    let unknown = filters.filter(|filter| !filter.starts_with(['-', '#']) && !functions.any_contains(filter));
    unknown.map(|filter| format!("{}: no test has `{filter}` in its name", document.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions() -> Functions {
        let mut functions = Functions::default();
        functions.insert("tests/tests/e2e/locks.rs", "fn one_at_a_time() {}");
        functions
    }

    fn document(text: &str) -> Document {
        Document { path: "a.md".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_is_cited_and_not_there_is_named() {
        let text = "`locks.rs` `one_at_a_time`, `two_at_a_time`; `keys.rs` `three`";
        assert_eq!(check_files(&document(text), &functions()), ["a.md: there is no keys.rs"]);
        let mut findings = Vec::new();
        assert_eq!(check_citations(&document(text), &functions(), &mut findings), 3);
        assert_eq!(findings, ["a.md: there is no `two_at_a_time` in locks.rs"]);
    }

    #[test]
    fn a_command_runs_some_test() {
        let text = "```console\n$ cargo xtask test at_a_time\n$ cargo xtask test --fast\n$ cargo xtask test never\n$ cargo xtask test   # all\n```\n";
        assert_eq!(check_commands(&document(text), &functions()), ["a.md: no test has `never` in its name"]);
    }

    #[test]
    fn the_documents_of_this_workspace_hold() {
        run().unwrap();
    }
}
