//! Renames.

use milvus_backup_core::LoadState;

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused_as, unsupported};

/// "Renames a collection": it stays what it is, and its old name is free.
pub(super) async fn a_renamed_collection_keeps_its_rows_and_aliases(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let (from, to) = (subject.loaded("rename_from").await, subject.fresh("rename_to").await);
    if !expected.capabilities.rename {
        unsupported(milvus.rename_collection(&from, &to).await);
        return subject.forget(&from).await;
    }
    subject.insert(&from, None, [2, 1], "a").await;
    done(milvus.create_alias(&from, "conformance_renamed").await);
    done(milvus.rename_collection(&from, &to).await);
    assert_eq!(done(milvus.resolve_collection(&from).await), None);
    let described = done(milvus.describe_collection(&to).await);
    assert_eq!((&described.name, described.aliases), (&to, vec!["conformance_renamed".to_owned()]));
    assert_eq!(described.indexes.len(), 1);
    assert_eq!(done(milvus.resolve_collection(&"conformance_renamed".parse().unwrap()).await), Some(to.clone()));
    done(milvus.load_collection(&to, None).await);
    assert_eq!(subject.texts(&to, None).await, ["a1", "a2"]);
    subject.forget(&to).await;
}

/// A rename to a name that a collection or an alias has changes nothing.
pub(super) async fn a_name_that_is_taken_is_refused(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.rename {
        return;
    }
    let (one, other) = (subject.created("taken_one").await, subject.created("taken_other").await);
    let alias = "conformance_taken".parse().unwrap();
    done(milvus.create_alias(&other, "conformance_taken").await);
    let family = expected.family;
    for taken in [&other, &one, &alias] {
        refused_as(milvus.rename_collection(&one, taken).await, &family.name_taken(taken.as_str()));
    }
    let missing = subject.fresh("taken_missing").await;
    let free = subject.fresh("taken_free").await;
    let of_missing = milvus.rename_collection(&missing, &free).await;
    refused_as(of_missing, &family.collection_not_found("RenameCollection", missing.as_str()));
    for name in [&one, &other] {
        assert!(done(milvus.has_collection(name).await));
        subject.forget(name).await;
    }
}

/// Milvus Lite 3 forgets what is loaded when a collection is renamed.
pub(super) async fn a_rename_releases_where_it_is_known_to(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.rename {
        return;
    }
    let (from, to) = (subject.loaded("released_from").await, subject.fresh("released_to").await);
    assert_eq!(done(milvus.load_state(&from, &[]).await), LoadState::Loaded);
    done(milvus.rename_collection(&from, &to).await);
    let state = if expected.loading.rename_releases { LoadState::NotLoaded } else { LoadState::Loaded };
    assert_eq!(done(milvus.load_state(&to, &[]).await), state);
    subject.forget(&to).await;
}
