//! Files that documents name: targets of links, and sources such as `store-local/read.rs`.

use std::path::{Path, PathBuf};

use super::documents::Document;
use crate::workspace::{root, shown};

/// The beginnings of links to other machines.
const ELSEWHERE: [&str; 2] = ["http:", "https:"];

/// Returns the paths that a document names and that do not exist.
pub(super) fn check(document: &Document) -> Vec<String> {
    let (prose, directory) = (document.prose(), document.directory());
    let files = links(&prose).filter_map(|link| link.split('#').next()).filter(|file| !file.is_empty());
    let linked = files.map(|file| directory.join(file));
    let missing = linked.chain(sources(&prose)).filter(|path| !path.exists());
    missing.map(|path| format!("{}: there is no {}", document.path, shown(&path))).collect()
}

/// Returns the targets of the links in a document.
pub(super) fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    // Those with colons are links of rustdoc.
    targets.filter(|target| !target.contains("::") && !ELSEWHERE.iter().any(|other| target.starts_with(other)))
}

/// Returns the sources that a document names with their crate, as `CRATE/PATH.rs`.
fn sources(text: &str) -> impl Iterator<Item = PathBuf> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter_map(|path| {
        let (owner, path) = path.split_once('/')?;
        let is_source = Path::new(path).extension().is_some_and(|extension| extension == "rs") || path.ends_with('/');
        let owner = root().join("crates").join(format!("milvus-backup-{owner}"));
        let directory = if path.starts_with("tests/") { owner.clone() } else { owner.join("src") };
        (is_source && owner.is_dir()).then(|| directory.join(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_sources_are_found() {
        let text =
            "See [a](b.md#c), [d](https://e) and ![f](g.svg \"h\"); `store-local/read.rs`, `read.rs` and `a/b.rs`.";
        assert_eq!(links(text).collect::<Vec<_>>(), ["b.md#c", "g.svg"]);
        assert_eq!(sources(text).collect::<Vec<_>>(), [root().join("crates/milvus-backup-store-local/src/read.rs")]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let text = "[a](../README.md) [b](nowhere.md#c) `core/nothing.rs` ```\n[d](e.md)\n```";
        let document = Document { path: "docs/x.md".to_owned(), text: text.to_owned() };
        let expected = [
            "docs/x.md: there is no docs/nowhere.md",
            "docs/x.md: there is no crates/milvus-backup-core/src/nothing.rs",
        ];
        assert_eq!(check(&document), expected);
    }
}
