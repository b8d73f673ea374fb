//! `_sets/SET.json`: the record of a set of backups, with its own digest.

use bytes::Bytes;
use milvus_backup_core::{BackupSet, Result, SetId};
use milvus_backup_storage::error::corrupted;

use super::sealed::{sealed_from_bytes, sealed_to_bytes};
use crate::layout::{SETS, set_file};

/// Returns the text of the record of a set.
pub(crate) fn set_to_bytes(set: &BackupSet) -> Result<Bytes> {
    sealed_to_bytes(&set_file(&set.set_id), set)
}

/// Parses the record of a set, after checking its own digest, its identifier and its members.
pub(crate) fn set_from_bytes(set_id: &SetId, bytes: &[u8]) -> Result<BackupSet> {
    let file = format!("{set_id}.json");
    let set: BackupSet = sealed_from_bytes(SETS, &file, bytes)?;
    if set.set_id != *set_id {
        return Err(corrupted(SETS, &file, format!("it says that it is set {}", set.set_id)));
    }
    set.validate().map_err(|error| corrupted(SETS, &file, error))?;
    Ok(set)
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::{BackupId, BackupState, Consistency, Error, FORMAT_VERSION, SetFailure, SetMember};

    use super::*;

    fn set() -> BackupSet {
        let at = "2026-11-28T12:00:00Z".parse().unwrap();
        BackupSet {
            format_version: FORMAT_VERSION,
            set_id: SetId::new(at, [1, 2, 3, 4]),
            set_name: Some("nightly".to_owned()),
            created_at: at,
            completed_at: "2026-11-28T12:01:00Z".parse().unwrap(),
            selection: vec!["shop.*".to_owned()],
            excluded: vec!["tmp_*".to_owned()],
            milvus_uri: Some("http://127.0.0.1:19530".to_owned()),
            milvus_version: "v2.3.5".to_owned(),
            created_by: "milvus-br 0.1.0".to_owned(),
            tags: vec!["keep".to_owned()],
            members: vec![SetMember {
                database: "shop".to_owned(),
                collection_name: "items".parse().unwrap(),
                backup_id: BackupId::new(at, [5, 6, 7, 8]),
                state: BackupState::Verified,
                row_count: 200,
                size_bytes: 4096,
                consistency: Consistency::Snapshot,
                read_timestamp: Some("470000000000000000".to_owned()),
            }],
            failures: vec![SetFailure {
                collection: "shop.old".to_owned(),
                kind: "Unreachable".to_owned(),
                error: "cannot reach Milvus".to_owned(),
            }],
        }
    }

    #[test]
    fn the_text_is_the_golden_one() {
        insta::assert_snapshot!(std::str::from_utf8(&set_to_bytes(&set()).unwrap()).unwrap());
    }

    #[test]
    fn a_record_is_read_back_and_every_change_of_it_is_seen() {
        let (set, text) = (set(), set_to_bytes(&set()).unwrap());
        assert_eq!(set_from_bytes(&set.set_id, &text).unwrap(), set);
        let text = String::from_utf8(text.to_vec()).unwrap();
        for (old, new) in [("200", "201"), ("items", "item"), ("nightly", "weekly"), ("\"digest\"", "\"other\"")] {
            let changed = text.replacen(old, new, 1);
            assert_ne!(changed, text);
            let read = set_from_bytes(&set.set_id, changed.as_bytes());
            assert!(matches!(read, Err(Error::Corrupted { .. })), "{old}: {read:?}");
        }
    }

    #[test]
    fn a_record_under_another_name_or_with_a_member_twice_is_refused() {
        let mut set = set();
        let other = SetId::new(set.created_at, [0; 4]);
        let text = set_to_bytes(&set).unwrap();
        assert!(matches!(set_from_bytes(&other, &text), Err(Error::Corrupted { .. })));
        set.members.push(set.members[0].clone());
        let text = set_to_bytes(&set).unwrap();
        assert!(matches!(set_from_bytes(&set.set_id, &text), Err(Error::Corrupted { .. })));
    }
}
