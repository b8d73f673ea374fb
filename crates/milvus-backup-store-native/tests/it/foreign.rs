//! Backups that the tool wrote on its own: described, taken in whole, and refused with the name of the file that is damaged.

use std::fs;

use milvus_backup_core::schema::{ConsistencyLevel, DataType};
use milvus_backup_core::{Error, ForeignBackups};

use crate::golden::{Golden, NAME};

#[tokio::test]
async fn a_backup_is_listed_and_its_collection_described_as_the_server_does() {
    let golden = Golden::copied();
    let [found] = golden.root.list().await.unwrap().try_into().unwrap();
    assert_eq!((found.name.as_str(), found.problem), (NAME, None));
    assert_eq!((found.collections, found.milvus_version), (vec!["default.shelf".to_owned()], "v2.3.5-lite".to_owned()));
    let shelf = golden.described().await.unwrap();
    let schema = &shelf.description.schema;
    let types: Vec<(&str, DataType)> =
        schema.fields.iter().map(|field| (field.name.as_str(), field.data_type)).collect();
    let expected = [
        ("id", DataType::Int64),
        ("title", DataType::VarChar),
        ("pages", DataType::Array),
        ("v", DataType::FloatVector),
    ];
    assert_eq!(types, expected);
    assert_eq!(schema.fields[2].element_type, Some(DataType::Int32));
    assert_eq!((schema.fields[1].description.as_str(), schema.description.as_str()), ("the title", "books"));
    assert!(schema.enable_dynamic_field && schema.fields[0].is_primary && !schema.fields[0].auto_id);
    assert_eq!((schema.shards_num, schema.consistency_level), (1, ConsistencyLevel::Strong));
    assert_eq!(schema.properties["collection.ttl.seconds"], "8640000");
    assert_eq!(shelf.description.partitions, ["_default", "old"]);
    assert_eq!((shelf.description.aliases, shelf.was_loaded), (vec!["books".to_owned()], true));
    let [near] = shelf.description.indexes.try_into().unwrap();
    assert_eq!((near.index_name.as_str(), near.params["index_type"].as_str()), ("near", "HNSW"));
    assert_eq!(shelf.created_at, Some("2026-11-28T21:10:28Z".parse().unwrap()));
}

#[tokio::test]
async fn all_rows_are_read_and_deleted_ones_are_not_counted() {
    let golden = Golden::copied();
    let payload = golden.taken().await.unwrap();
    let rows: Vec<(&str, u64)> =
        payload.partitions.iter().map(|found| (found.name.as_str(), found.row_count)).collect();
    // 40 inserted, 3 deleted, 2 replaced, 2 inserted later; 20 inserted, 1 deleted.
    assert_eq!(rows, [("_default", 39), ("old", 19)]);
    let inserted: u64 = payload.native.segments.iter().map(|segment| segment.inserted_rows).sum();
    assert_eq!(inserted, 64, "with those that were deleted or replaced");
    assert_eq!(payload.native.objects.len(), golden.logs().len() + 5);
    let directory =
        golden.repository.backup(&crate::golden::collection(), &"20261128T211028Z-00000001".parse().unwrap());
    for object in &payload.native.objects {
        assert_eq!(directory.size(&object.path).await.unwrap(), Some(object.size_bytes));
    }
}

#[tokio::test]
async fn a_log_that_is_missing_cut_or_too_much_is_named() {
    for log in Golden::copied().logs().into_iter().step_by(3) {
        let missing = Golden::copied();
        fs::remove_file(missing.path(&log)).unwrap();
        let (message, file) = missing.refusal().await;
        assert!(file.ends_with(&log) && message.contains("it is missing"), "{log}: {message}");

        let cut = Golden::copied();
        let bytes = fs::read(cut.path(&log)).unwrap();
        fs::write(cut.path(&log), &bytes[..bytes.len() - 1]).unwrap();
        let (message, file) = cut.refusal().await;
        assert!(file.ends_with(&log) && message.contains("the metadata says"), "{log}: {message}");
    }
    let more = Golden::copied();
    let log = more.logs().swap_remove(0);
    let other = format!("{}/1", log.rsplit_once('/').unwrap().0);
    fs::copy(more.path(&log), more.path(&other)).unwrap();
    let (message, file) = more.refusal().await;
    assert!(file.ends_with(&other) && message.contains("does not name it"), "{message}");
}

#[tokio::test]
async fn the_log_of_another_field_or_segment_is_found_out() {
    let logs = Golden::copied().logs();
    let of_field = |field: &str| logs.iter().filter(move |log| log.contains(&format!("/{field}/"))).collect::<Vec<_>>();
    let keys = of_field("100");
    let (first, second) = (keys[0], keys[1]);
    let exchanged = Golden::copied();
    let other = fs::read(exchanged.path(second)).unwrap();
    fs::write(exchanged.path(first), &other).unwrap();
    let size = other.len();
    let number: i64 = first.rsplit('/').next().unwrap().parse().unwrap();
    exchanged.edit_meta(|meta| set_size(meta, number, size));
    let (message, _) = exchanged.refusal().await;
    assert!(message.contains("segment") || message.contains("collection") || message.contains("rows"), "{message}");
}

#[tokio::test]
async fn metadata_that_contradicts_the_logs_is_refused() {
    let rows = Golden::copied();
    rows.edit_meta(|meta| first_segment(meta)["num_of_rows"] = 7.into());
    let (message, _) = rows.refusal().await;
    assert!(message.contains("a segment of 7 rows"), "{message}");

    let nothing = Golden::copied();
    nothing.edit_meta(|meta| first_segment(meta)["binlogs"] = serde_json::json!([]));
    let (message, _) = nothing.refusal().await;
    assert!(message.contains("no logs of its"), "{message}");

    let newer = Golden::copied();
    newer.edit_meta(|meta| first_segment(meta)["storage_version"] = 3.into());
    assert!(matches!(newer.taken().await, Err(Error::Unsupported { .. })));

    let cut = Golden::copied();
    fs::write(cut.path("meta/full_meta.json"), b"{").unwrap();
    let (_, file) = cut.refusal().await;
    assert!(file.ends_with("full_meta.json"), "{file}");
    let [found] = cut.root.list().await.unwrap().try_into().unwrap();
    assert!(found.problem.is_some(), "a broken one is listed with the reason");
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_by_name() {
    for (change, expected) in [
        (serde_json::json!({"name": "bm25"}), "the functions"),
        (serde_json::json!({"name": "structs"}), "the arrays of structs"),
    ] {
        let golden = Golden::copied();
        let member = if expected.contains("functions") { "functions" } else { "struct_array_fields" };
        golden.edit_meta(|meta| meta["collection_backups"][0]["schema"][member] = serde_json::json!([change]));
        let error = golden.described().await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported { what } if what.contains(expected)), "{error:?}");
    }
    let golden = Golden::copied();
    golden.edit_meta(|meta| meta["collection_backups"][0]["schema"]["fields"][1]["data_type"] = 999.into());
    assert!(matches!(golden.described().await, Err(Error::Unsupported { .. })));
    let error = golden.root.describe("absent", &crate::golden::collection()).await.unwrap_err();
    assert!(matches!(error, Error::BackupNotFound { .. }), "{error:?}");
    assert!(golden.root.describe("../shelf", &crate::golden::collection()).await.is_err());
}

fn first_segment(meta: &mut serde_json::Value) -> &mut serde_json::Value {
    &mut meta["collection_backups"][0]["partition_backups"][0]["segment_backups"][0]
}

/// Sets the size of a log by its number.
fn set_size(meta: &mut serde_json::Value, number: i64, size: usize) {
    match meta {
        serde_json::Value::Object(members) => {
            if members.get("log_id").and_then(serde_json::Value::as_i64) == Some(number) {
                members.insert("log_size".to_owned(), size.into());
            }
            members.values_mut().for_each(|value| set_size(value, number, size));
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|value| set_size(value, number, size)),
        _ => {}
    }
}
