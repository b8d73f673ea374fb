//! The functions of the workspace, by file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::documents::files;
use crate::error::{Error, Result};
use crate::workspace::{root, shown};

/// The directory of the end-to-end tests, which documents cite by file name alone.
const END_TO_END: &str = "tests/tests/e2e/";

/// The names of the functions in each source file.
#[derive(Debug, Default)]
pub(super) struct Functions {
    by_file: BTreeMap<String, BTreeSet<String>>,
}

impl Functions {
    /// Reads the sources of the workspace.
    pub(super) fn read() -> Result<Self> {
        let mut functions = Self::default();
        for path in files(root(), "rs")? {
            let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
            functions.insert(&shown(&path), &text);
        }
        Ok(functions)
    }

    /// Adds a source file.
    pub(super) fn insert(&mut self, path: &str, text: &str) {
        self.by_file.insert(path.to_owned(), names(text));
    }

    /// Returns the files that a citation means: those of a crate, else the file at this path, else those whose paths end so.
    /// The path of an end-to-end test or of a crate's source may leave out its beginning.
    pub(super) fn files_of(&self, cited: &str) -> Vec<&str> {
        let all = || self.by_file.keys().map(String::as_str);
        if Path::new(cited).extension().is_none() {
            let directory = format!("crates/milvus-backup-{cited}/");
            return all().filter(|path| path.starts_with(&directory)).collect();
        }
        let owned = cited.split_once('/').map_or_else(String::new, |(owner, rest)| {
            let place = if rest.starts_with("tests/") { "" } else { "src/" };
            format!("crates/milvus-backup-{owner}/{place}{rest}")
        });
        let exact = [cited.to_owned(), format!("{END_TO_END}{cited}"), owned];
        let found: Vec<&str> = all().filter(|path| exact.iter().any(|exact| exact == path)).collect();
        if found.is_empty() { all().filter(|path| path.ends_with(&format!("/{cited}"))).collect() } else { found }
    }

    /// Returns whether one of these files has a function of this name.
    pub(super) fn any_has(&self, files: &[&str], name: &str) -> bool {
        files.iter().any(|file| self.by_file.get(*file).is_some_and(|names| names.contains(name)))
    }

    /// Returns whether the name of any function contains this text.
    pub(super) fn any_contains(&self, part: &str) -> bool {
        self.by_file.values().flatten().any(|name| name.contains(part))
    }
}

/// Returns the names that follow `fn`. A test that a macro runs on several servers, as `on_both_servers!` does, has such a
/// function too.
fn names(text: &str) -> BTreeSet<String> {
    let word =
        |rest: &str| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    let declared = text.split("fn ").skip(1).map(word);
    declared.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions() -> Functions {
        let mut functions = Functions::default();
        functions.insert("tests/tests/e2e/locks.rs", "on_both_servers!(one);\nfn one(kind: ServerKind) {}");
        functions.insert("crates/milvus-backup-core/src/locks.rs", "async fn two<T>() {}");
        functions.insert("crates/milvus-backup-core/tests/it/all.rs", "fn three() {}");
        functions
    }

    #[test]
    fn a_file_name_alone_is_of_an_end_to_end_test_first() {
        let functions = functions();
        assert_eq!(functions.files_of("locks.rs"), ["tests/tests/e2e/locks.rs"]);
        assert_eq!(functions.files_of("core/locks.rs"), ["crates/milvus-backup-core/src/locks.rs"]);
        assert_eq!(functions.files_of("core/tests/it/all.rs"), ["crates/milvus-backup-core/tests/it/all.rs"]);
        assert_eq!(functions.files_of("it/all.rs"), ["crates/milvus-backup-core/tests/it/all.rs"]);
        assert!(functions.files_of("keys.rs").is_empty());
    }

    #[test]
    fn a_crate_is_all_of_its_files() {
        let functions = functions();
        let files = functions.files_of("core");
        assert!(functions.any_has(&files, "two") && functions.any_has(&files, "three"));
        assert!(!functions.any_has(&files, "one"));
        assert!(functions.any_contains("thre") && !functions.any_contains("four"));
    }
}
