//! The root of a repository: a directory, or a place in an object store, with the same view of its files.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use milvus_backup_testkit::{StoreKind, StoreRoot, shared_store};

/// Where the repository of a test is, before there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a directory.
    Directory,
    /// In a bucket of its own, in the shared store of this kind.
    Store(StoreKind),
}

impl Place {
    /// A name for the collection of a test that runs in several places at once.
    pub fn named(self, name: &str) -> String {
        match self {
            Self::Directory => name.to_owned(),
            Self::Store(kind) => format!("{name}_{}", kind.label()),
        }
    }

    /// A root without files: `directory`, or a bucket.
    pub(crate) fn root(self, directory: PathBuf) -> Root {
        match self {
            Self::Directory => Root::Directory(directory),
            Self::Store(kind) => shared_store(kind).unwrap().root().unwrap().into(),
        }
    }
}

/// The root of a repository, which may not exist yet.
#[derive(Debug, Clone)]
pub enum Root {
    /// A directory.
    Directory(PathBuf),
    /// A place in an object store, looked at with the client of its vendor.
    Store(StoreRoot),
}

impl From<StoreRoot> for Root {
    fn from(root: StoreRoot) -> Self {
        Self::Store(root)
    }
}

impl Root {
    /// As an argument of the command.
    pub fn argument(&self) -> String {
        match self {
            Self::Directory(path) => path.to_str().unwrap().to_owned(),
            Self::Store(root) => root.url(),
        }
    }

    /// The variables that lead the command to it.
    pub fn environment(&self) -> Vec<(String, String)> {
        match self {
            Self::Directory(_) => Vec::new(),
            Self::Store(root) => root.environment(),
        }
    }

    /// The directory; panics where it is none.
    pub fn directory(&self) -> &Path {
        match self {
            Self::Directory(path) => path,
            Self::Store(root) => panic!("{} is no directory", root.url()),
        }
    }

    /// The place in a store; panics where it is none.
    pub fn store(&self) -> &StoreRoot {
        match self {
            Self::Directory(path) => panic!("{} is in no store", path.display()),
            Self::Store(root) => root,
        }
    }

    /// Every file, by its path relative to the root.
    pub fn names(&self) -> Vec<String> {
        let mut names = match self {
            Self::Directory(path) => below(path),
            Self::Store(root) => root.list().unwrap().into_iter().map(|(name, _)| name).collect(),
        };
        names.sort();
        names
    }

    /// Files for which there is an upload that has neither ended nor been aborted.
    pub fn uploads(&self) -> Vec<String> {
        match self {
            Self::Directory(_) => Vec::new(),
            Self::Store(root) => root.uploads().unwrap(),
        }
    }

    /// The bytes of one file.
    pub fn read(&self, name: &str) -> Vec<u8> {
        match self {
            Self::Directory(path) => fs::read(path.join(name)).unwrap(),
            Self::Store(root) => root.read(name).unwrap(),
        }
    }

    /// Writes one file, and the directories it takes.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        match self {
            Self::Directory(path) => {
                let path = path.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            Self::Store(root) => root.write(name, bytes).unwrap(),
        }
    }

    /// Removes one file.
    pub fn remove(&self, name: &str) {
        match self {
            Self::Directory(path) => fs::remove_file(path.join(name)).unwrap(),
            Self::Store(root) => root.remove(name).unwrap(),
        }
    }

    /// Changes when a file is written, even with the same bytes.
    pub fn version(&self, name: &str) -> String {
        match self {
            Self::Directory(path) => fs::metadata(path.join(name)).unwrap().ino().to_string(),
            Self::Store(root) => root.modified(name).unwrap(),
        }
    }
}

fn below(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    if directory.is_dir() {
        collect(directory, "", &mut names);
    }
    names
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
