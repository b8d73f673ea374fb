//! The documents name files: links, and sources such as `store-local/read.rs`. All of them must be there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::root;

/// What links to other machines, and within a document, begin with.
const ELSEWHERE: [&str; 3] = ["http:", "https:", "#"];

/// The Markdown files below a directory, without those that are built.
fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The targets of the links of a document.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    // Those with colons are of rustdoc.
    targets.filter(|target| !target.contains("::") && !ELSEWHERE.iter().any(|other| target.starts_with(other)))
}

/// The sources that a document names by their crate, as `CRATE/PATH.rs`.
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

#[test]
fn what_documents_name_is_there() {
    let mut found = Vec::new();
    documents(root(), &mut found);
    assert!(found.len() > 10);
    let mut missing = Vec::new();
    for document in found {
        let text = fs::read_to_string(&document).unwrap();
        let text: String = text.split("```").step_by(2).collect();
        let directory = document.parent().unwrap();
        let linked = links(&text).map(|link| directory.join(link.split('#').next().unwrap()));
        missing.extend(linked.chain(sources(&text)).filter(|path| !path.exists()).map(|path| (document.clone(), path)));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn links_and_sources_are_found() {
    let text = "See [a](b.md#c), [d](https://e) and ![f](g.svg \"h\"); `store-local/read.rs`, `read.rs` and `a/b.rs`.";
    assert_eq!(links(text).collect::<Vec<_>>(), ["b.md#c", "g.svg"]);
    assert_eq!(sources(text).collect::<Vec<_>>(), [root().join("crates/milvus-backup-store-local/src/read.rs")]);
}
