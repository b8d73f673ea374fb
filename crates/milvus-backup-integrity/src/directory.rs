//! One digest over all files of a directory.
//!
//! Must always hold: the digest depends only on relative paths and contents, never on the location of the directory,
//! the order in which the system lists it, or anything outside of it. Therefore links are rejected, not followed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use milvus_backup_core::ChecksumAlgorithm;

use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::file::{file_checksum, path_error};
use crate::hasher::Hasher;

pub(crate) fn directory_checksum(algorithm: ChecksumAlgorithm, root: &Path, include_hidden: bool) -> Result<Checksum> {
    let mut hasher = Hasher::new(algorithm);
    let mut buffer = Vec::new();
    for (relative, path) in files_below(root, include_hidden)? {
        let file = file_checksum(algorithm, &path, &mut buffer)?;
        hasher.update(&(relative.len() as u64).to_le_bytes());
        hasher.update(relative.as_bytes());
        hasher.update(file.as_hex().as_bytes());
    }
    Ok(hasher.finish())
}

/// Returns every file below `root` under its relative path, whose parts are separated by `/`, in byte order.
fn files_below(root: &Path, include_hidden: bool) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut pending = vec![(String::new(), root.to_owned())];
    while let Some((prefix, directory)) = pending.pop() {
        for entry in fs::read_dir(&directory).map_err(|e| path_error("list", &directory, e))? {
            let entry = entry.map_err(|e| path_error("list", &directory, e))?;
            let path = entry.path();
            let name = entry.file_name();
            if !include_hidden && name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let Some(name) = name.to_str() else {
                return Err(Error::UnsupportedFile { path, kind: "a file whose name is not UTF-8" });
            };
            let relative = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type().map_err(|e| path_error("inspect", &path, e))?;
            if kind.is_dir() {
                pending.push((relative, path));
            } else if kind.is_file() {
                files.insert(relative, path);
            } else {
                let kind = if kind.is_symlink() { "a symbolic link" } else { "not a regular file" };
                return Err(Error::UnsupportedFile { path, kind });
            }
        }
    }
    Ok(files)
}
