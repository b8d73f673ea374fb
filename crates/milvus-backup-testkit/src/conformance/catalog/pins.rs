//! Pins: a collection is told from others that get its name.

use milvus_backup_core::{CollectionMark, CollectionName, Error, PinnedCollection};

use crate::conformance::Subject;
use crate::conformance::expectations::done;
use crate::fakes::Marks;

async fn pin(subject: &Subject, name: &CollectionName, mark: &str) -> PinnedCollection {
    let mark = format!("{}{mark}", CollectionMark::PREFIX).parse().unwrap();
    let pin = done(subject.milvus.pin_collection(name, &mark).await);
    match (subject.expected.naming.marks, &pin.mark) {
        (Marks::Ids, CollectionMark::Id(_)) | (Marks::Names, CollectionMark::Name) => {}
        (Marks::Aliases, CollectionMark::Alias(alias)) if *alias == mark => {}
        (expected, found) => panic!("{found:?} instead of {expected:?}"),
    }
    pin
}

/// "The name that a pinned collection has now; `None` when it was dropped"; "one that was dropped is no error".
pub(super) async fn a_pinned_collection_is_found_under_any_name(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let (name, other) = (subject.created("pinned").await, subject.fresh("pinned_renamed").await);
    let pinned = pin(subject, &name, "found").await;
    assert_eq!((&pinned.asked, &pinned.name), (&name, &name));
    assert_eq!(done(milvus.locate_collection(&pinned).await), Some(name.clone()));
    if expected.capabilities.rename {
        done(milvus.rename_collection(&name, &other).await);
        assert_eq!(done(milvus.locate_collection(&pinned).await), Some(other.clone()));
    }
    subject.forget(&name).await;
    subject.forget(&other).await;
    assert_eq!(done(milvus.locate_collection(&pinned).await), None);
    done(milvus.unpin_collection(&pinned).await);
    done(milvus.unpin_collection(&pinned).await);
}

/// "So that it is told from others that get its name."
pub(super) async fn a_collection_of_the_same_name_is_another_one(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("pinned_again").await;
    let first = pin(subject, &name, "first").await;
    subject.forget(&name).await;
    let name = subject.created("pinned_again").await;
    // A server with nothing but names cannot tell.
    let found = (expected.naming.marks == Marks::Names).then(|| name.clone());
    assert_eq!(done(milvus.locate_collection(&first).await), found);
    let second = pin(subject, &name, "second").await;
    assert_eq!(first.mark == second.mark, expected.naming.marks == Marks::Names);
    done(milvus.unpin_collection(&second).await);
    subject.forget(&name).await;
}

/// "The marks of a collection that are aliases."
pub(super) async fn marks_are_no_aliases(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("marked").await;
    let (one, other) = (pin(subject, &name, "one").await, pin(subject, &name, "other").await);
    let marks = done(milvus.list_marks(&name).await);
    assert_eq!(marks.len(), if expected.naming.marks == Marks::Aliases { 2 } else { 0 }, "{marks:?}");
    assert_eq!(done(milvus.describe_collection(&name).await).aliases, Vec::<String>::new());
    done(milvus.unpin_collection(&one).await);
    assert_eq!(done(milvus.locate_collection(&other).await), Some(name.clone()));
    done(milvus.unpin_collection(&other).await);
    assert_eq!(done(milvus.list_marks(&name).await), []);
    subject.forget(&name).await;
}

/// [`Error::CollectionNotFound`] for a name that is unused.
pub(super) async fn what_does_not_exist_cannot_be_pinned(subject: &Subject) {
    let missing = subject.fresh("pin_missing").await;
    let pinned = subject.milvus.pin_collection(&missing, &"milvus_br_pin_missing".parse().unwrap()).await;
    assert!(matches!(pinned, Err(Error::CollectionNotFound { .. })), "{pinned:?}");
}
