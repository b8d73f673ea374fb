//! The staging collection of a restore, and the exchange of names at its end.
//!
//! Must always hold: at every moment the target name belongs to a complete collection or to none; a collection
//! that was there before is dropped only after the new one has its name.

use milvus_backup_core::{Catalog, CollectionName, Error, MAX_NAME_LENGTH, Result};

/// Marks the collections that restores make for themselves.
pub(crate) const STAGING_PREFIX: &str = "milvus_br_staging_";

/// Marks a collection that is about to be replaced.
const REPLACED_PREFIX: &str = "milvus_br_replaced_";

/// A name for the collection that is filled before it gets the name `target`.
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

/// Gives the name `target` to `staging`. A collection that had it is dropped if `drop_existing`, and otherwise
/// keeps it: it was made while the restore ran.
///
/// Returns what could not be tidied up once the new collection had the name.
pub(crate) async fn exchange_names(
    milvus: &dyn Catalog,
    staging: &CollectionName,
    target: &CollectionName,
    randomness: [u8; 4],
    drop_existing: bool,
) -> Result<Vec<String>> {
    let old = match milvus.describe_collection(target).await {
        Err(Error::CollectionNotFound { .. }) => {
            rename(milvus, staging, target).await?;
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
        return Err(name_back(milvus, &replaced, target, error).await);
    }
    Ok(drop_replaced(milvus, &replaced, target, &old.aliases).await)
}

/// Renames a collection. One whose answer was lost is looked for under both names.
async fn rename(milvus: &dyn Catalog, from: &CollectionName, to: &CollectionName) -> Result<()> {
    let Err(error) = milvus.rename_collection(from, to).await else { return Ok(()) };
    match (milvus.has_collection(from).await, milvus.has_collection(to).await) {
        (Ok(false), Ok(true)) => Ok(()),
        _ => Err(error),
    }
}

/// Gives the old collection its name back, and returns the error to report.
async fn name_back(milvus: &dyn Catalog, replaced: &CollectionName, target: &CollectionName, error: Error) -> Error {
    match rename(milvus, replaced, target).await {
        Ok(()) => error,
        Err(second) => Error::Refused {
            reason: format!(
                "cannot give the name `{target}` to the new collection ({}), nor back to the old one ({})",
                error.full_message(),
                second.full_message()
            ),
            hint: format!("the old collection is whole and now named `{replaced}`: rename it back by hand").into(),
        },
    }
}

/// How far the exchange of names came that a restore died in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// No collection was renamed.
    NotBegun,
    /// The old collection, which has this name now, lost its name, and no other has that.
    Halfway(CollectionName),
    /// The new collection has the name, and the old one is still there under this one.
    Done(CollectionName),
    /// Someone else made a collection of that name meanwhile: the old one has this name.
    Contested(CollectionName),
}

impl Exchange {
    /// Returns how far the swap of names had come, by the collections that exist now.
    pub(crate) async fn of(milvus: &dyn Catalog, staging: &CollectionName, target: &CollectionName) -> Result<Self> {
        let Some(replaced) = replaced_by(staging, target) else { return Ok(Self::NotBegun) };
        if !milvus.has_collection(&replaced).await? {
            return Ok(Self::NotBegun);
        }
        Ok(match (milvus.has_collection(target).await?, milvus.has_collection(staging).await?) {
            (false, _) => Self::Halfway(replaced),
            (true, false) => Self::Done(replaced),
            (true, true) => Self::Contested(replaced),
        })
    }

    /// Gives the old collection its name back, or drops it where the new one has the name.
    pub(crate) async fn settle(&self, milvus: &dyn Catalog, target: &CollectionName) -> Result<()> {
        match self {
            Self::NotBegun | Self::Contested(_) => Ok(()),
            Self::Halfway(replaced) => rename(milvus, replaced, target).await,
            Self::Done(replaced) => {
                for alias in &milvus.describe_collection(replaced).await?.aliases {
                    milvus.alter_alias(target, alias).await?;
                }
                milvus.drop_collection(replaced).await
            }
        }
    }
}

/// The name that the old collection has while `staging` takes its name.
fn replaced_by(staging: &CollectionName, target: &CollectionName) -> Option<CollectionName> {
    let randomness = staging.as_str().strip_prefix(STAGING_PREFIX)?.get(..8)?;
    let randomness = u32::from_str_radix(randomness, 16).ok()?;
    marked_name(REPLACED_PREFIX, target, randomness.to_be_bytes()).ok()
}

/// Moves the aliases of the old collection, which belong to its name in the eyes of their users, and drops it. Some
/// servers drop nothing that has an alias.
async fn drop_replaced(
    milvus: &dyn Catalog,
    replaced: &CollectionName,
    target: &CollectionName,
    aliases: &[String],
) -> Vec<String> {
    let mut untidy = Vec::new();
    for alias in aliases {
        if let Err(error) = milvus.alter_alias(target, alias).await {
            untidy.push(format!("alias `{alias}` still belongs to `{replaced}`: {}", error.full_message()));
        }
    }
    if let Err(error) = milvus.drop_collection(replaced).await {
        untidy.push(format!("the old collection is left as `{replaced}`: {}", error.full_message()));
    }
    untidy
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
