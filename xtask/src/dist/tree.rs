//! [`Tree`]: files with their modes and owners, in order of their paths.

use std::collections::BTreeMap;
use std::io;

use tar::{Builder, EntryType, Header};

use crate::error::{Error, Result};

/// Mode of a program.
pub(super) const PROGRAM: u32 = 0o755;

/// Mode of any other file.
pub(super) const FILE: u32 = 0o644;

/// A directory tree that is packed.
#[derive(Debug, Default, Clone)]
pub(super) struct Tree {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// `None` for a directory.
    content: Option<Vec<u8>>,
    mode: u32,
    owner: u64,
}

impl Tree {
    /// Adds a file of root, and the directories above it.
    pub(super) fn file(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.above(path);
        let entry = Entry { content: Some(content.into()), mode, owner: 0 };
        self.entries.insert(path.to_owned(), entry);
    }

    /// Adds an empty directory, and those above it.
    pub(super) fn directory(&mut self, path: &str, mode: u32, owner: u64) {
        self.above(path);
        self.entries.insert(path.to_owned(), Entry { content: None, mode, owner });
    }

    fn above(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            let directory = Entry { content: None, mode: 0o755, owner: 0 };
            self.entries.entry(path[..at].to_owned()).or_insert(directory);
        }
    }

    /// Returns the files with their contents.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.entries.iter().filter_map(|(path, entry)| Some((path.as_str(), entry.content.as_deref()?)))
    }

    /// Returns the tree as a tar stream, in which every path begins with `prefix` and every time is `epoch`.
    pub(super) fn tar(&self, prefix: &str, epoch: u64) -> Result<Vec<u8>> {
        let pack = || -> io::Result<Vec<u8>> {
            let mut builder = Builder::new(Vec::new());
            for (path, entry) in &self.entries {
                let content = entry.content.as_deref().unwrap_or_default();
                let mut header = Header::new_gnu();
                header.set_entry_type(if entry.content.is_some() { EntryType::Regular } else { EntryType::Directory });
                header.set_mode(entry.mode);
                header.set_uid(entry.owner);
                header.set_gid(entry.owner);
                header.set_mtime(epoch);
                header.set_size(content.len() as u64);
                let slash = if entry.content.is_some() { "" } else { "/" };
                builder.append_data(&mut header, format!("{prefix}{path}{slash}"), content)?;
            }
            builder.into_inner()
        };
        pack().map_err(Error::io("write a tar stream"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_does_not_depend_on_the_order_of_its_files() {
        let (mut one, mut other) = (Tree::default(), Tree::default());
        one.file("usr/bin/a", PROGRAM, "a");
        one.file("etc/b", FILE, "b");
        other.file("etc/b", FILE, "b");
        other.file("usr/bin/a", PROGRAM, "a");
        let packed = one.tar("top/", 7).unwrap();
        assert_eq!(packed, other.tar("top/", 7).unwrap());
        let mut archive = tar::Archive::new(packed.as_slice());
        let paths: Vec<String> =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        assert_eq!(paths, ["top/etc/", "top/etc/b", "top/usr/", "top/usr/bin/", "top/usr/bin/a"]);
    }
}
