//! The sources of the workspace, and which parts of them are compiled for tests only.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::lexer::{Kind, pieces};
use crate::error::{Error, Result};
use crate::workspace::{root, shown};

/// A source file of the workspace.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Its path below the root of the workspace.
    pub(super) path: String,
    /// The name of its crate, without `milvus-backup-`.
    pub(super) owner: String,
    /// Everything that is in it.
    pub(super) text: String,
    /// Whether the whole file is compiled for tests only.
    pub(super) is_test: bool,
}

impl Source {
    /// Returns comments and literals outside of test code, with their positions.
    pub(super) fn pieces(&self) -> Vec<(Kind, Range<usize>)> {
        let for_tests = test_regions(&self.code());
        let in_product = |range: &Range<usize>| !for_tests.iter().any(|region| region.contains(&range.start));
        pieces(&self.text).into_iter().filter(|(_, range)| in_product(range)).collect()
    }

    /// Returns the text with blanks in place of comments and string literals. Lines and positions stay.
    pub(super) fn code(&self) -> String {
        let mut code = self.text.clone().into_bytes();
        for (_, range) in pieces(&self.text) {
            for byte in &mut code[range] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        String::from_utf8_lossy(&code).into_owned()
    }

    /// Returns the line of a position, counted from 1.
    pub(super) fn line(&self, position: usize) -> usize {
        self.text[..position].matches('\n').count() + 1
    }

    /// Returns the number of lines.
    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }
}

/// Returns the items of a code without comments that are compiled for tests only.
pub(super) fn test_regions(code: &str) -> Vec<Range<usize>> {
    let starts = code.match_indices("#[cfg(test)]").map(|(start, _)| start);
    let mut regions: Vec<Range<usize>> = Vec::new();
    for start in starts {
        if regions.last().is_none_or(|last| start >= last.end) {
            regions.push(start..item_end(code, start));
        }
    }
    regions
}

/// Returns where the item that begins at `start` ends: after its block, or after a semicolon outside of one.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code[start..].char_indices() {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(character, '}' | ';') {
            return start + at + 1;
        }
    }
    code.len()
}

/// Reads every source of the crates and of xtask.
pub(super) fn sources() -> Result<Vec<Source>> {
    let crates = root().join("crates");
    let mut found = Vec::new();
    for directory in entries(&crates)? {
        let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let owner = name.trim_start_matches("milvus-backup-");
        read_below(&directory.join("src"), owner, &mut found)?;
    }
    read_below(&root().join("xtask").join("src"), "xtask", &mut found)?;
    mark_test_files(&mut found);
    Ok(found)
}

fn read_below(directory: &Path, owner: &str, found: &mut Vec<Source>) -> Result<()> {
    for path in entries(directory)? {
        if path.is_dir() {
            read_below(&path, owner, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
            found.push(Source { path: shown(&path), owner: owner.to_owned(), text, is_test: false });
        }
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(directory).map_err(Error::io(format!("list {}", directory.display())))?;
    let mut paths: Vec<_> = listed.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Marks the files of modules that are declared for tests only.
fn mark_test_files(sources: &mut [Source]) {
    let modules: Vec<String> = sources.iter().flat_map(test_modules).collect();
    for source in sources {
        source.is_test = modules
            .iter()
            .any(|module| source.path == format!("{module}.rs") || source.path.starts_with(&format!("{module}/")));
    }
}

/// Returns the paths, without `.rs`, of the modules that a source declares for tests only.
fn test_modules(source: &Source) -> Vec<String> {
    let code = source.code();
    let stem = source.path.trim_end_matches(".rs");
    let (parent, own) = stem.rsplit_once('/').unwrap_or(("", stem));
    let directory = if matches!(own, "lib" | "main" | "mod") { parent } else { stem };
    let declared = test_regions(&code).into_iter().filter_map(|region| {
        let name = code[region].strip_suffix(';')?.rsplit_once("mod ")?.1.trim();
        Some(format!("{directory}/{name}"))
    });
    declared.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A source of the crate `core` with this path and text.
    pub(in crate::house) fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), owner: "core".to_owned(), text: text.to_owned(), is_test: false }
    }

    #[test]
    fn test_code_is_left_out() {
        let text =
            "f(\"a\");\n#[cfg(test)]\nmod tests { fn g() { h(\"b\"); } }\nf(\"c\");\n#[cfg(test)]\nuse d;\nf(\"e\");";
        let found = source("a.rs", text).pieces();
        let literals: Vec<&str> = found.into_iter().map(|(_, range)| &text[range]).collect();
        assert_eq!(literals, ["\"a\"", "\"c\"", "\"e\""]);
    }

    #[test]
    fn files_of_test_modules_are_known() {
        let mut sources = [
            source("x/src/lib.rs", "mod a;\n#[cfg(test)]\nmod untrusted_input;\n"),
            source("x/src/a.rs", "#[cfg(test)]\nmod tests;\n"),
            source("x/src/a/tests.rs", ""),
            source("x/src/untrusted_input.rs", ""),
        ];
        mark_test_files(&mut sources);
        assert_eq!(sources.map(|source| source.is_test), [false, false, true, true]);
    }

    #[test]
    fn code_keeps_its_lines_and_loses_strings_and_comments() {
        let source = source("a.rs", "a // fn\nb(\"fn é\")\n");
        assert_eq!(source.code(), "a      \nb(       )\n");
        assert_eq!(source.line(source.text.find('b').unwrap()), 2);
    }
}
