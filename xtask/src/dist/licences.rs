//! The licences of what is in the executable: our own, and the texts of all packages.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::dependencies::Dependency;
use crate::error::{Error, Result};
use crate::workspace;

/// Beginnings of the names of files with a licence, in capitals.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// The texts that every artefact contains.
#[derive(Debug, Clone)]
pub(super) struct Licences {
    /// The licence of this workspace.
    pub(super) own: Vec<u8>,
    /// The licences of the packages of others.
    pub(super) others: Vec<u8>,
}

/// Collects the licences of all packages.
pub(super) fn licences(dependencies: &[Dependency]) -> Result<Licences> {
    let own = fs::read(workspace::root().join("LICENSE")).map_err(Error::io("read LICENSE"))?;
    let others: Vec<&Dependency> = dependencies.iter().filter(|dependency| !dependency.own).collect();
    let mut text =
        "milvus-br contains the packages below, under the licences that are named. The texts follow.\n\n".to_owned();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Dependency { name, version, licence, directory, .. } in others {
        let licence = licence.as_deref().unwrap_or("see its text");
        let _ = writeln!(text, "{name} {version}: {licence}");
        for file in texts_in(directory)? {
            texts.entry(file).or_default().push(format!("{name} {version}"));
        }
    }
    for (licence, packages) in texts {
        let _ = write!(text, "\n{}\n{}\n\n{}\n", "-".repeat(80), packages.join(", "), licence.trim_end());
    }
    Ok(Licences { own, others: text.into_bytes() })
}

/// Returns the licences in the directory of a package.
fn texts_in(directory: &Path) -> Result<Vec<String>> {
    let listed = fs::read_dir(directory).map_err(Error::io(format!("list {}", directory.display())))?;
    let mut paths: Vec<_> = listed.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    let is_licence = |path: &&std::path::PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        NAMES.iter().any(|start| name.starts_with(start))
    };
    let read = |path: &std::path::PathBuf| fs::read(path).map_err(Error::io(format!("read {}", path.display())));
    let texts = paths.iter().filter(is_licence).map(read).collect::<Result<Vec<_>>>()?;
    Ok(texts.into_iter().map(|text| String::from_utf8_lossy(&text).replace("\r\n", "\n")).collect())
}
