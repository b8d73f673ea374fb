//! The staging collection of a restore, and the swap of names at its end.
//!
//! Must always hold: the target name belongs to a complete collection or to none at any time; an existing collection is
//! dropped only after the new one has its name.

use milvus_backup_core::{Catalog, CollectionName, Error, MAX_NAME_LENGTH, Result};

/// Prefix of the staging collections of restores.
pub(crate) const STAGING_PREFIX: &str = "milvus_br_staging_";

/// Prefix of a collection that is being replaced.
const REPLACED_PREFIX: &str = "milvus_br_replaced_";

/// Prefix of the protections of collections from compaction.
pub(crate) const PROTECTION_PREFIX: &str = "milvus_br_protection_";

/// Returns the name of a protection of a collection from compaction.
pub(crate) fn protection_name(collection: &CollectionName, randomness: [u8; 4]) -> Result<CollectionName> {
    marked_name(PROTECTION_PREFIX, collection, randomness)
}

/// Returns the name of the staging collection, which later gets the name `target`.
pub(crate) fn staging_name(target: &CollectionName, randomness: [u8; 4]) -> Result<CollectionName> {
    marked_name(STAGING_PREFIX, target, randomness)
}

fn marked_name(prefix: &str, target: &CollectionName, randomness: [u8; 4]) -> Result<CollectionName> {
    let mut name = format!("{prefix}{:08x}_{target}", u32::from_be_bytes(randomness));
    let mut end = name.len().min(MAX_NAME_LENGTH);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.truncate(end);
    name.parse()
}

/// Renames `staging` to `target`. A collection with that name is dropped if `drop_existing` is set. Otherwise it keeps the
/// name: it was created during the restore.
///
/// Returns the cleanup steps that failed after the new collection had the name, as sentences.
pub(crate) async fn swap_names(
    milvus: &dyn Catalog,
    staging: &CollectionName,
    target: &CollectionName,
    randomness: [u8; 4],
    drop_existing: bool,
) -> Result<Vec<String>> {
    let old = match milvus.describe_collection(target).await {
        Err(Error::CollectionNotFound { .. }) => {
            rename(milvus, staging, target).await?;
            require_found(milvus, target).await?;
            return Ok(Vec::new());
        }
        Ok(found) if found.name != *target => {
            return Err(Error::TargetIsAlias { alias: target.to_string(), collection: found.name.to_string() });
        }
        Ok(_) if !drop_existing => return Err(Error::TargetExists { collection: target.to_string() }),
        description => description?,
    };
    let replaced = marked_name(REPLACED_PREFIX, target, randomness)?;
    rename(milvus, target, &replaced).await?;
    if let Err(error) = rename(milvus, staging, target).await {
        return Err(undo_rename(milvus, &replaced, target, error).await);
    }
    Ok(drop_replaced(milvus, &replaced, target, &old.aliases).await)
}

/// Renames a collection. If the response is lost, looks it up under both names.
async fn rename(milvus: &dyn Catalog, from: &CollectionName, to: &CollectionName) -> Result<()> {
    let Err(error) = milvus.rename_collection(from, to).await else { return Ok(()) };
    match (milvus.has_collection(from).await, milvus.has_collection(to).await) {
        (Ok(false), Ok(true)) => Ok(()),
        _ => Err(error),
    }
}

/// Checks that a collection is found under its new name. On Milvus 2.3, aliases outlive their collection, and one of them
/// hides any collection that is given its name.
async fn require_found(milvus: &dyn Catalog, target: &CollectionName) -> Result<()> {
    if milvus.has_collection(target).await? {
        return Ok(());
    }
    Err(Error::Refused {
        reason: format!(
            "the restored collection is complete and was renamed to `{target}`, but the server does not find it under this \
             name"
        ),
        hint: format!("an alias `{target}` of a dropped collection may hide it: drop this alias").into(),
    })
}

/// Renames the old collection back, and returns the error to report.
async fn undo_rename(milvus: &dyn Catalog, replaced: &CollectionName, target: &CollectionName, error: Error) -> Error {
    match rename(milvus, replaced, target).await {
        Ok(()) => error,
        Err(second) => Error::Refused {
            reason: format!(
                "cannot rename the new collection to `{target}` ({}), nor the old one back to it ({})",
                error.full_message(),
                second.full_message()
            ),
            hint: format!("the old collection is complete and now named `{replaced}`: rename it back manually").into(),
        },
    }
}

/// The progress of the swap of names in which a restore was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SwapState {
    /// No collection was renamed.
    NotStarted,
    /// The old collection was renamed to this name, and the target name is unused.
    Partial(CollectionName),
    /// The new collection has the target name, and the old one still exists under this name.
    Done(CollectionName),
    /// Another client created a collection with the target name meanwhile; the old one has this name.
    Conflict(CollectionName),
}

impl SwapState {
    /// Determines the progress of the swap from the collections that exist now.
    pub(crate) async fn of(milvus: &dyn Catalog, staging: &CollectionName, target: &CollectionName) -> Result<Self> {
        let Some(replaced) = replaced_by(staging, target) else { return Ok(Self::NotStarted) };
        if !milvus.has_collection(&replaced).await? {
            return Ok(Self::NotStarted);
        }
        Ok(match (milvus.has_collection(target).await?, milvus.has_collection(staging).await?) {
            (false, _) => Self::Partial(replaced),
            (true, false) => Self::Done(replaced),
            (true, true) => Self::Conflict(replaced),
        })
    }

    /// Renames the old collection back, or drops it if the new one has the name.
    pub(crate) async fn resolve(&self, milvus: &dyn Catalog, target: &CollectionName) -> Result<()> {
        match self {
            Self::NotStarted | Self::Conflict(_) => Ok(()),
            Self::Partial(replaced) => rename(milvus, replaced, target).await,
            Self::Done(replaced) => {
                for alias in &milvus.describe_collection(replaced).await?.aliases {
                    milvus.alter_alias(target, alias).await?;
                }
                milvus.drop_collection(replaced).await
            }
        }
    }
}

/// Returns the temporary name of the old collection during the swap with `staging`.
fn replaced_by(staging: &CollectionName, target: &CollectionName) -> Option<CollectionName> {
    let randomness = staging.as_str().strip_prefix(STAGING_PREFIX)?.get(..8)?;
    let randomness = u32::from_str_radix(randomness, 16).ok()?;
    marked_name(REPLACED_PREFIX, target, randomness.to_be_bytes()).ok()
}

/// Moves the aliases of the old collection to the new one, since users associate them with its name, and drops the old
/// one. Some servers do not drop a collection that has aliases.
async fn drop_replaced(
    milvus: &dyn Catalog,
    replaced: &CollectionName,
    target: &CollectionName,
    aliases: &[String],
) -> Vec<String> {
    let mut cleanup_failures = Vec::new();
    for alias in aliases {
        if let Err(error) = milvus.alter_alias(target, alias).await {
            cleanup_failures.push(format!("alias `{alias}` still belongs to `{replaced}`: {}", error.full_message()));
        }
    }
    if let Err(error) = milvus.drop_collection(replaced).await {
        cleanup_failures.push(format!("the old collection still exists as `{replaced}`: {}", error.full_message()));
    }
    cleanup_failures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_marked_and_fit_the_limit() {
        let target: CollectionName = "x".repeat(MAX_NAME_LENGTH).parse().unwrap();
        let name = staging_name(&target, [0, 0, 0, 7]).unwrap();
        assert!(name.as_str().starts_with("milvus_br_staging_00000007_x"));
        assert_eq!(name.as_str().len(), MAX_NAME_LENGTH);
        let replaced = marked_name(REPLACED_PREFIX, &target, [0, 0, 0, 7]).unwrap();
        assert_eq!(replaced_by(&name, &target), Some(replaced));
        assert_eq!(replaced_by(&target, &target), None);
    }
}
