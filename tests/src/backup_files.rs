//! The files of one backup on disk, to be looked at and to be damaged.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::milvus_br::MilvusBr;

/// The directory of one backup.
#[derive(Debug, Clone)]
pub struct BackupFiles {
    directory: PathBuf,
}

impl BackupFiles {
    /// The backup of that identifier, wherever below the root it is.
    pub fn find(br: &MilvusBr, backup_id: &str) -> Self {
        let collections = fs::read_dir(br.root()).unwrap().map(|entry| entry.unwrap().path());
        let found: Vec<PathBuf> =
            collections.map(|collection| collection.join(backup_id)).filter(|path| path.is_dir()).collect();
        assert_eq!(found.len(), 1, "directories of backup {backup_id}");
        Self { directory: found[0].clone() }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Every file, by its path relative to the directory of the backup.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.directory, "", &mut names);
        names.sort();
        names
    }

    /// The data files.
    pub fn data(&self) -> Vec<String> {
        self.names().into_iter().filter(|name| name.starts_with("data/")).collect()
    }

    /// The path of one file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The bytes of one file.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// One file as JSON.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    /// Writes one file, and the directories it takes.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Removes one file.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
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
}

fn collect(directory: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}

/// Every file below the root, whatever it belongs to, but the marker of the repository: that one stays.
pub fn everything_below(root: &Path) -> Vec<String> {
    let mut names = Vec::new();
    if root.is_dir() {
        collect(root, "", &mut names);
    }
    names.retain(|name| name != "repository.json");
    names.sort();
    names
}
