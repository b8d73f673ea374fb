//! Aliases.

use milvus_backup_core::CollectionName;

use crate::conformance::Subject;
use crate::conformance::expectations::{done, done_if, refused_as, unsupported};
use crate::fakes::milvus::refusals::{alias_given, has_aliases};
use crate::fakes::samples;

/// "The collection behind an alias"; "an alias of one is not its name"; "its own name, also where it was described by an
/// alias".
pub(super) async fn an_alias_means_its_collection(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("aliased").await;
    let alias = "conformance_alias".parse().unwrap();
    if !expected.naming.aliases {
        unsupported(milvus.create_alias(&name, "conformance_alias").await);
        unsupported(milvus.alter_alias(&name, "conformance_alias").await);
        return subject.forget(&name).await;
    }
    done(milvus.create_alias(&name, "conformance_alias").await);
    assert_eq!(done(milvus.resolve_collection(&alias).await), Some(name.clone()));
    assert!(!done(milvus.has_collection(&alias).await));
    assert!(!done(milvus.list_collections().await).contains(&alias.to_string()));
    let described = done(milvus.describe_collection(&alias).await);
    assert_eq!((described.name, described.aliases), (name.clone(), vec![alias.to_string()]));
    assert_eq!(done(milvus.pin_collection(&alias, &"milvus_br_pin_a".parse().unwrap()).await).name, name);
    subject.forget(&name).await;
}

/// "When the alias belongs to a collection already."
pub(super) async fn an_alias_belongs_to_one_collection(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.naming.aliases {
        return;
    }
    let (one, other) = (subject.created("alias_one").await, subject.created("alias_other").await);
    let (family, alias) = (expected.family, "conformance_alias_of_one");
    done(milvus.create_alias(&one, alias).await);
    done_if(expected.naming.recreates_alias, milvus.create_alias(&one, alias).await);
    refused_as(milvus.create_alias(&other, alias).await, &family.alias_exists(alias));
    refused_as(milvus.create_alias(&other, one.as_str()).await, &family.alias_conflicts(one.as_str()));
    let missing = subject.fresh("alias_missing").await;
    let of_missing = milvus.create_alias(&missing, "conformance_alias_of_none").await;
    refused_as(of_missing, &family.collection_not_found("CreateAlias", missing.as_str()));
    let collection = milvus.create_collection(&alias.parse().unwrap(), &samples::schema()).await;
    refused_as(collection, &family.collection_exists("CreateCollection", alias));
    assert_eq!(done(milvus.resolve_collection(&alias.parse().unwrap()).await), Some(one.clone()));
    subject.forget(&one).await;
    subject.forget(&other).await;
}

/// "Moves an alias from the collection that has it to another."
pub(super) async fn an_alias_can_be_moved(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.naming.aliases {
        return;
    }
    let (one, other) = (subject.created("moved_from").await, subject.created("moved_to").await);
    let (family, alias) = (expected.family, "conformance_alias_moved");
    done(milvus.create_alias(&one, alias).await);
    done(milvus.alter_alias(&other, alias).await);
    assert_eq!(done(milvus.resolve_collection(&alias.parse().unwrap()).await), Some(other.clone()));
    done(milvus.alter_alias(&other, alias).await);
    assert_eq!(done(milvus.describe_collection(&one).await).aliases, Vec::<String>::new());
    assert_eq!(done(milvus.describe_collection(&other).await).aliases, [alias]);
    refused_as(milvus.alter_alias(&other, "conformance_never").await, &family.alias_not_found("conformance_never"));
    let missing = subject.fresh("moved_missing").await;
    let to_missing = milvus.alter_alias(&missing, alias).await;
    refused_as(to_missing, &family.collection_not_found("AlterAlias", missing.as_str()));
    subject.forget(&one).await;
    subject.forget(&other).await;
}

/// What Milvus Lite 3 does against every expectation: callers must resolve names before they drop or rename.
pub(super) async fn a_collection_is_not_dropped_by_its_alias(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.naming.aliases {
        return;
    }
    let acts = expected.naming.alias_acts_for_collection;
    let (name, alias) = (subject.created("by_alias").await, "conformance_alias_to_drop".parse().unwrap());
    done(milvus.create_alias(&name, "conformance_alias_to_drop").await);
    let renamed = subject.fresh("by_alias_renamed").await;
    let rename = milvus.rename_collection(&alias, &renamed).await;
    let dropped = milvus.drop_collection(&alias).await;
    if acts {
        done(rename);
        done(dropped);
    } else {
        refused_as(rename, &alias_given("RenameCollection", alias.as_str()));
        refused_as(dropped, &alias_given("DropCollection", alias.as_str()));
    }
    assert_eq!(done(milvus.has_collection(&name).await), !acts);
    assert!(!done(milvus.has_collection(&renamed).await));
    subject.forget(&name).await;
}

/// A drop drops the aliases, too, where it is not refused because of them. Milvus 2.3 leaves them, and they hide whatever
/// gets such a name: so aliases must be moved or dropped before their collection.
pub(super) async fn aliases_go_with_their_collection(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.naming.aliases {
        return;
    }
    let (name, alias) = (subject.created("alias_gone").await, "conformance_gone");
    done(milvus.create_alias(&name, alias).await);
    let dropped = milvus.drop_collection(&name).await;
    if !expected.naming.drops_aliased {
        refused_as(dropped, &has_aliases(name.as_str(), &[alias.to_owned()]));
        return subject.forget(&name).await;
    }
    done(dropped);
    let free: CollectionName = alias.parse().unwrap();
    assert_eq!(done(milvus.resolve_collection(&free).await), None);
    done(milvus.create_collection(&free, &samples::schema()).await);
    assert!(done(milvus.list_collections().await).contains(&alias.to_owned()));
    if expected.naming.aliases_outlive_collection {
        assert_eq!(done(milvus.resolve_collection(&free).await), None);
        refused_as(milvus.drop_collection(&free).await, &alias_given("DropCollection", alias));
        subject.drop_alias(alias).await;
    }
    assert_eq!(done(milvus.resolve_collection(&free).await), Some(free.clone()));
    subject.forget(&free).await;
}
