//! The staging collection of a restore, and the exchange of names at its end.
//!
//! Must always hold: at every moment the target name belongs to a complete collection or to none; a collection
//! that was there before is dropped only after the new one has its name.

use crate::error::{Error, Result};
use crate::milvus::Milvus;
use crate::names::{CollectionName, MAX_NAME_LENGTH};

/// Marks the collections that restores make for themselves.
pub(super) const STAGING_PREFIX: &str = "milvus_br_staging_";

/// Marks a collection that is about to be replaced.
const REPLACED_PREFIX: &str = "milvus_br_replaced_";

/// A name for the collection that is filled before it gets the name `target`.
pub(super) fn staging_name(target: &CollectionName, randomness: [u8; 4]) -> Result<CollectionName> {
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

/// Gives the name `target` to `staging`, and drops the collection that had it.
pub(super) async fn exchange_names(
    milvus: &dyn Milvus,
    staging: &CollectionName,
    target: &CollectionName,
    randomness: [u8; 4],
) -> Result<()> {
    if !milvus.has_collection(target).await? {
        return milvus.rename_collection(staging, target).await;
    }
    let replaced = marked_name(REPLACED_PREFIX, target, randomness)?;
    let aliases = milvus.describe_collection(target).await?.aliases;
    milvus.rename_collection(target, &replaced).await?;
    if let Err(error) = milvus.rename_collection(staging, target).await {
        return match milvus.rename_collection(&replaced, target).await {
            Ok(()) => Err(error),
            Err(second) => Err(Error::Refused {
                reason: format!(
                    "cannot rename `{staging}` to `{target}` ({}), nor `{replaced}` back ({})",
                    error.full_message(),
                    second.full_message()
                ),
                hint: format!("the old collection is whole and now named `{replaced}`: rename it back by hand"),
            }),
        };
    }
    // An alias belongs to a name in the eyes of its users: it follows. Some servers also drop nothing that has one.
    for alias in aliases {
        milvus.alter_alias(target, &alias).await?;
    }
    milvus.drop_collection(&replaced).await
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
    }
}
