//! Answers of the tool, with what it prints around them.

use milvus_backup_store_native::{BackupBrief, BackupList, Error, Features, ToolVersion};
use proptest::prelude::*;

const BANNER: &str = "0.5.16 (Built on 2026-05-29 from Git SHA 0123abc by go1.25.0)\nconfig: \n";
const LOG: &str = "[2026/11/22 07:30:15.123 +00:00] [INFO] [paramtable/base_table.go:88] [\"open config\"]\n";

const BRIEF: &str = r#"{
    "name": "nightly",
    "backup_timestamp": 1795332615123,
    "collection_backups": [
        {
            "collection_id": 462000000000000001,
            "db_name": "shop",
            "collection_name": "items",
            "schema": {"name": "items", "fields": [{"fieldID": 100, "name": "id", "is_primary_key": true}]},
            "shards_num": 1,
            "backup_timestamp": 470639414292774912,
            "size": 4096,
            "has_index": true,
            "index_infos": [{"field_name": "v", "index_name": "v", "index_type": "FLAT", "params": {"metric_type": "L2"}}],
            "load_state": "Loaded",
            "backup_physical_timestamp": 1795332615,
            "channel_checkpoints": {"by-dev-rootcoord-dml_0_1v0": "CgA="}
        },
        {"collection_name": "empty", "index_infos": null}
    ],
    "size": 4096,
    "milvus_version": "v2.3.5",
    "database_backups": [{"db_name": "shop", "ezk": "a secret"}],
    "meta_size": 2048
}
"#;

#[test]
fn names_are_found_after_the_header() {
    let list =
        BackupList::parse(&format!("{BANNER}{LOG}>> Backups:\nnightly\n{LOG}mbr_20261122T073015Z_4f9c2a7e\r\n\n"))
            .unwrap();
    let names: Vec<_> = list.names.iter().map(AsRef::as_ref).collect();
    assert_eq!(names, ["nightly", "mbr_20261122T073015Z_4f9c2a7e"]);
    assert_eq!(list.other_lines, [LOG.trim()]);
}

#[test]
fn no_header_is_not_no_backups() {
    assert_eq!(BackupList::parse(">> Backups:").unwrap(), BackupList::default());
    for output in ["", BANNER, "Error: cmd: list backup"] {
        assert!(matches!(BackupList::parse(output), Err(Error::UnexpectedOutput { command: "list", .. })), "{output}");
    }
}

#[test]
fn a_brief_is_read_exactly_and_keeps_no_keys() {
    for output in [BRIEF.to_owned(), format!("{BANNER}{LOG}{BRIEF}Success\n"), BRIEF.replace('\n', "\r\n")] {
        let brief = BackupBrief::parse(&output).unwrap();
        assert_eq!((brief.name.as_str(), brief.size, brief.meta_size), ("nightly", 4096, 2048));
        assert_eq!(brief.milvus_version, "v2.3.5");
        let items = &brief.collections[0];
        assert_eq!(items.collection_id, 462_000_000_000_000_001);
        assert_eq!(items.backup_timestamp, 470_639_414_292_774_912);
        assert_eq!(items.indexes[0].params["metric_type"], "L2");
        assert_eq!((brief.collections[1].db_name.as_str(), brief.collections[1].has_index), ("", false));
        assert!(!format!("{brief:?}").contains("secret"));
    }
}

#[test]
fn an_answer_that_is_no_backup_is_an_error_that_shows_nothing() {
    let wrong_type = BRIEF.replace("\"size\": 4096,\n    \"milvus", "\"size\": \"hunter2\",\n    \"milvus");
    for output in ["", BANNER, "{\n}\n", "{\n", &BRIEF[..BRIEF.len() / 2], &wrong_type] {
        let error = BackupBrief::parse(output).unwrap_err();
        assert!(matches!(error, Error::UnexpectedOutput { command: "get", .. }), "{output}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn versions_are_found_in_the_banner() {
    let release = |major, minor, patch| Some(ToolVersion::Release { major, minor, patch });
    assert_eq!(ToolVersion::from_output(BANNER), release(0, 5, 16));
    assert_eq!(ToolVersion::from_output(&format!("{LOG}v0.6.1-rc2 (Built on x")), release(0, 6, 1));
    let dev = ToolVersion::from_output("dev (Built on unknown from Git SHA unknown by go1.26.5)").unwrap();
    assert_eq!((dev.clone(), dev.to_string()), (ToolVersion::Other("dev".into()), "dev".into()));
    for output in ["", "0.5.16", " (Built on x", "milvus-backup is a backup&restore tool"] {
        assert_eq!(ToolVersion::from_output(output), None, "{output}");
    }
}

#[test]
fn a_flag_that_is_only_mentioned_is_no_flag() {
    let old =
        "Flags:\n  -c, --colls string    collectionNames to backup\n      --meta_only   use --strategy=meta_only\n";
    assert_eq!(Features::from_create_help(old), Features::default());
    let new = "Flags:\n      --filter string     specify\n  -s, --strategy string   backup strategy\n      --rbac   x [DEPRECATED]\n";
    assert_eq!(Features::from_create_help(new), Features::of_release(0, 5, 16));
    assert_eq!(Features::from_create_help(&format!("{new}      --format string   x")), Features::of_release(0, 6, 0));
    let between = Features::from_create_help(&new.replace(" [DEPRECATED]", ""));
    assert!(between.configuration_v2 && !between.format, "{between:?}");
}

proptest! {
    #[test]
    fn no_output_panics(output in "(?s).{0,400}") {
        let _ = BackupList::parse(&output);
        let _ = BackupBrief::parse(&output);
        let _ = ToolVersion::from_output(&output);
        let _ = Features::from_create_help(&output);
    }

    #[test]
    fn no_damaged_answer_panics(position in any::<prop::sample::Index>(), with in "(?s).{0,6}", header in any::<bool>()) {
        let good = if header { format!("{BANNER}>> Backups:\n{BRIEF}") } else { format!("{BANNER}{BRIEF}") };
        let mut cut = position.index(good.len());
        while !good.is_char_boundary(cut) { cut -= 1; }
        let damaged = format!("{}{with}{}", &good[..cut], &good[cut..]);
        let _ = BackupList::parse(&damaged);
        let _ = BackupBrief::parse(&damaged);
        let _ = BackupBrief::parse(&good[..cut]);
    }

    #[test]
    fn all_names_of_a_list_come_back(names in prop::collection::vec("[A-Za-z_][A-Za-z0-9_]{0,20}", 0..20)) {
        let list = BackupList::parse(&format!("{BANNER}>> Backups:\n{}\n", names.join("\n"))).unwrap();
        prop_assert_eq!(list.names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>(), names);
    }
}
