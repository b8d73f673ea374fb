//! The files of one backup, to be looked at and to be damaged.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{milvus_br::MilvusBr, root::Root};

/// The files of one backup, wherever its repository is.
#[derive(Debug, Clone)]
pub struct BackupFiles {
    root: Root,
    /// The path of the backup from the root, with a slash at its end.
    prefix: String,
}

impl BackupFiles {
    /// The backup of that identifier, wherever below the root it is.
    pub fn find(br: &MilvusBr, backup_id: &str) -> Self {
        let names = br.files().names();
        let mut found: Vec<String> = names.iter().filter_map(|name| prefix_of(name, backup_id)).collect();
        found.dedup();
        assert_eq!(found.len(), 1, "directories of backup {backup_id}");
        Self { root: br.files().clone(), prefix: found.remove(0) }
    }

    /// Where it is; only in a directory.
    pub fn directory(&self) -> PathBuf {
        self.root.directory().join(&self.prefix)
    }

    /// Every file, by its path relative to the directory of the backup.
    pub fn names(&self) -> Vec<String> {
        let names = self.root.names();
        names.iter().filter_map(|name| name.strip_prefix(&self.prefix)).map(str::to_owned).collect()
    }

    /// The data files.
    pub fn data(&self) -> Vec<String> {
        self.names().into_iter().filter(|name| name.starts_with("data/")).collect()
    }

    /// The path of one file; only in a directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    /// The bytes of one file.
    pub fn read(&self, name: &str) -> Vec<u8> {
        self.root.read(&self.key(name))
    }

    /// One file as JSON.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    /// Writes one file, and the directories it takes.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        self.root.write(&self.key(name), bytes);
    }

    /// Removes one file.
    pub fn remove(&self, name: &str) {
        self.root.remove(&self.key(name));
    }

    /// Gives the backup another identifier, without a change to its files.
    pub fn rename(self, backup_id: &str) {
        let content = self.content();
        let (collection, _) = self.prefix.split_once('/').unwrap();
        for (name, bytes) in content {
            self.root.write(&format!("{collection}/{backup_id}/{name}"), &bytes);
            self.remove(&name);
        }
        if let Root::Directory(_) = self.root {
            std::fs::remove_dir_all(self.directory()).unwrap();
        }
    }

    /// Changes when the file is written, even with the same bytes.
    pub fn version(&self, name: &str) -> String {
        self.root.version(&self.key(name))
    }

    /// The whole content, to be put back by [`Self::put_back`].
    pub fn content(&self) -> BTreeMap<String, Vec<u8>> {
        self.names().into_iter().map(|name| (name.clone(), self.read(&name))).collect()
    }

    /// Makes the directory hold exactly `content`.
    pub fn put_back(&self, content: &BTreeMap<String, Vec<u8>>) {
        for name in self.names().iter().filter(|name| !content.contains_key(*name)) {
            self.remove(name);
        }
        for (name, bytes) in content {
            self.write(name, bytes);
        }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// The path of the backup, if the file of this name is one of its files.
fn prefix_of(name: &str, backup_id: &str) -> Option<String> {
    let (collection, rest) = name.split_once('/')?;
    let (backup, _) = rest.split_once('/')?;
    (backup == backup_id).then(|| format!("{collection}/{backup}/"))
}

/// Every file below a directory, whatever it belongs to, but the marker of the repository: that one stays.
pub fn everything_below(root: &Path) -> Vec<String> {
    without_marker(Root::Directory(root.to_owned()).names())
}

/// Whether a file is what a killed write of a lock left in a directory: the next holder removes it once it is a minute old.
pub fn is_of_a_torn_write(name: &str) -> bool {
    name.contains("/locks/") && name.contains('#')
}

pub(crate) fn without_marker(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| name != "repository.json");
    names
}
