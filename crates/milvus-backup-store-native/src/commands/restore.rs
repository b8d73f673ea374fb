//! The command line of `restore`.

use super::{Commands, Invocation};
use crate::error::{Error, Result};
use crate::name::NativeBackupName;
use crate::namespace::Namespace;

/// One collection to restore, with its target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RestoredCollection {
    /// The collection in the backup.
    pub source: Namespace,
    /// The collection to create.
    pub target: Namespace,
}

impl RestoredCollection {
    /// Restores a collection under its original name.
    pub fn same(collection: Namespace) -> Self {
        Self { target: collection.clone(), source: collection }
    }
}

/// The options of a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestoreOptions {
    /// Whether to recreate the indexes.
    pub rebuild_index: bool,
    /// Whether to drop an existing target before its rows are restored. The tool has no other way.
    pub drop_existing: bool,
}

impl Commands {
    /// Returns the command line that restores `collections` from a backup.
    ///
    /// A selection that matches nothing in the backup succeeds and restores nothing: the caller must compare the
    /// restored collections with those in the backup.
    ///
    /// # Errors
    /// [`Error::NothingSelected`] for an empty selection, and [`Error::DuplicateTarget`].
    pub fn restore(
        &self,
        name: &NativeBackupName,
        collections: &[RestoredCollection],
        options: &RestoreOptions,
    ) -> Result<Invocation> {
        if collections.is_empty() {
            return Err(Error::NothingSelected { action: "restore" });
        }
        for (index, collection) in collections.iter().enumerate() {
            if collections[..index].iter().any(|other| other.target == collection.target) {
                return Err(Error::DuplicateTarget { target: collection.target.to_string() });
            }
        }
        let mut flags = vec![format!("--name={name}"), self.restore_selection(collections)];
        flags.extend(renames(collections));
        if options.rebuild_index {
            flags.push(if self.features.filter { "--rebuild_index" } else { "--restore_index" }.to_owned());
        }
        if options.drop_existing {
            flags.push("--drop_exist_collection".to_owned());
        }
        Ok(self.invocation("restore", flags))
    }

    /// Returns the selection of the collections: `--filter` matches the names after the rename, `--collections` those
    /// in the backup.
    fn restore_selection(&self, collections: &[RestoredCollection]) -> String {
        let names = |pick: fn(&RestoredCollection) -> &Namespace| {
            let names: Vec<String> = collections.iter().map(|collection| pick(collection).to_string()).collect();
            names.join(",")
        };
        if self.features.filter {
            format!("--filter={}", names(|collection| &collection.target))
        } else {
            format!("--collections={}", names(|collection| &collection.source))
        }
    }
}

fn renames(collections: &[RestoredCollection]) -> Option<String> {
    let renamed = collections.iter().filter(|collection| collection.source != collection.target);
    let pairs: Vec<String> = renamed.map(|collection| format!("{}:{}", collection.source, collection.target)).collect();
    (!pairs.is_empty()).then(|| format!("--rename={}", pairs.join(",")))
}
