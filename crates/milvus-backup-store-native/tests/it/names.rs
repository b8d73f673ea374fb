//! Names of backups and of collections.

use milvus_backup_core::{BackupId, CollectionRef};
use milvus_backup_store_native::{Namespace, NativeBackupName};
use proptest::prelude::*;

#[test]
fn the_rules_of_the_tool() {
    for name in ["a", "_", "_1", "Nightly_2026", &"x".repeat(128)] {
        assert!(name.parse::<NativeBackupName>().is_ok(), "{name}");
    }
    for name in ["", "1", "a-b", "a b", "a.b", "é", "a/b", "..", "-n", "a\n", &"x".repeat(129)] {
        assert!(name.parse::<NativeBackupName>().is_err(), "{name}");
    }
}

#[test]
fn names_that_were_not_made_from_an_identifier_have_none() {
    for name in ["nightly", "mbr_", "mbr_nightly", "mbr_20261122T073015Z_4F9C2A7E", "mbr_20261122T073015Z_4f9c2a7e_"] {
        assert_eq!(name.parse::<NativeBackupName>().unwrap().backup_id(), None, "{name}");
    }
}

#[test]
fn collections_that_the_tool_cannot_name_are_refused() {
    let collection = |name: &str| CollectionRef::new("shop", name.parse().unwrap()).unwrap();
    assert_eq!(Namespace::try_from(&collection("items_1")).unwrap().to_string(), "shop.items_1");
    for name in ["a.b", "a,b", "a:b", "a*", "a b", "é", "--rbac", "a-b"] {
        assert!(Namespace::try_from(&collection(name)).is_err(), "{name}");
    }
    assert!(Namespace::new("", "items").is_err());
}

proptest! {
    #[test]
    fn identifiers_survive(text in "[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}") {
        let id: BackupId = text.parse().unwrap();
        let name = NativeBackupName::from(&id);
        prop_assert_eq!(name.as_str().parse::<NativeBackupName>().unwrap(), name.clone());
        prop_assert_eq!(name.backup_id(), Some(id));
    }

    #[test]
    fn any_name_is_accepted_or_refused_but_never_changed(text in ".{0,140}") {
        if let Ok(name) = text.parse::<NativeBackupName>() {
            prop_assert_eq!(name.as_str(), text);
        }
    }
}
