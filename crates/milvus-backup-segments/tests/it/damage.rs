//! Every file of a real Milvus, damaged: it is read as it was, or refused by its name, and never read as something else.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_backup_core::{Error, Result, ScanPosition};
use milvus_backup_segments::{FrozenSegments, LogFile, LogStore, SegmentRows, SegmentRowsOptions, log_header};
use milvus_backup_testkit::{ServerKind, Witness, shared};
use serde_json::json;

use crate::directory::MilvusDirectory;

/// Rows that are inserted, deleted and changed.
const ROWS: u64 = 3000;
const DELETED: u64 = 400;

/// Places in each file that are damaged, one at a time.
const PLACES: u64 = 24;

const WRITE: &str = r#"
from pymilvus import DataType, MilvusClient
client = MilvusClient(uri=given["uri"])
schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=100)
schema.add_field("flag", DataType.BOOL)
schema.add_field("small", DataType.INT8)
schema.add_field("price", DataType.DOUBLE)
schema.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=8, max_length=50)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=16)
client.create_collection(given["name"], schema=schema, properties={"collection.autocompaction.enabled": False})
def row(n, price):
    return {"key": f"key {n}", "flag": n % 3 == 0, "small": n % 256 - 128, "price": price, "tags": [f"t{n % 7}"] * (n % 4),
            "vector": [n + i / 16 for i in range(16)], "extra": {"n": n}}
client.insert(given["name"], [row(n, n / 7) for n in range(given["rows"])])
index = client.prepare_index_params()
index.add_index("vector", index_type="FLAT", metric_type="L2")
client.create_index(given["name"], index)
client.load_collection(given["name"])
client.delete(given["name"], ids=[f"key {n}" for n in range(given["deleted"])])
client.upsert(given["name"], [row(n, -1.0) for n in range(1000, 1100)])
client.flush(given["name"])
print(client.describe_collection(given["name"])["collection_id"])
"#;

fn schema() -> Arc<CollectionSchema> {
    let mut key = FieldSchema::new("key", DataType::VarChar).with_param("max_length", 100);
    key.is_primary = true;
    let mut tags = FieldSchema::new("tags", DataType::Array).with_param("max_capacity", 8);
    tags.element_type = Some(DataType::VarChar);
    let mut schema = CollectionSchema::new(vec![
        key,
        FieldSchema::new("flag", DataType::Bool),
        FieldSchema::new("small", DataType::Int8),
        FieldSchema::new("price", DataType::Double),
        tags,
        FieldSchema::new("vector", DataType::FloatVector).with_param("dim", 16),
    ]);
    schema.enable_dynamic_field = true;
    Arc::new(schema)
}

/// Files in memory, one of which is changed.
#[derive(Debug, Clone)]
struct Files(Arc<BTreeMap<String, Bytes>>, Option<(String, Bytes)>);

impl Files {
    fn get(&self, path: &str) -> Bytes {
        self.1.iter().find(|(changed, _)| changed == path).map_or_else(|| self.0[path].clone(), |(_, b)| b.clone())
    }
}

#[async_trait]
impl LogStore for Files {
    async fn read(&self, file: &LogFile, range: Range<u64>) -> Result<Bytes> {
        Ok(self.get(&file.path).slice(usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()))
    }
}

async fn read(frozen: &FrozenSegments, files: Files) -> Result<Vec<RecordBatch>> {
    let options = SegmentRowsOptions { memory_limit_bytes: 1 << 20, seed: 3 };
    let rows = SegmentRows::prepare(schema(), Arc::new(frozen.clone()), Arc::new(files), options).await?;
    let mut batches = Vec::new();
    for unit in frozen.partitions.iter().flat_map(|partition| rows.units(&partition.name)) {
        batches.extend(rows.read(&unit, &ScanPosition::Start, 64 << 10).try_collect::<Vec<_>>().await?);
    }
    Ok(batches)
}

#[tokio::test]
async fn a_damaged_log_of_milvus_is_never_read_as_something_else() {
    let server = shared(ServerKind::Milvus235).unwrap();
    let given = json!({"uri": server.uri(), "name": "damaged_logs", "rows": ROWS, "deleted": DELETED});
    let collection: i64 = Witness::new().unwrap().ask(WRITE, &given).unwrap();
    let directory = MilvusDirectory::new(server.data_dir());
    let frozen = directory.segments(collection).unwrap();
    let mut logs: Vec<LogFile> = frozen.partitions.iter().flat_map(|p| p.delete_logs.clone()).collect();
    let groups = frozen.partitions.iter().flat_map(|p| &p.segments).flat_map(|segment| &segment.groups);
    logs.extend(groups.flat_map(|group| group.files.values().cloned()));
    let mut contents = BTreeMap::new();
    for log in &logs {
        contents.insert(log.path.clone(), directory.read(log, 0..log.size_bytes).await.unwrap());
    }
    let files = Files(Arc::new(contents), None);
    let whole = read(&frozen, files.clone()).await.unwrap();
    assert_eq!(whole.iter().map(|batch| batch.num_rows() as u64).sum::<u64>(), ROWS - DELETED);

    let mut refused = 0;
    for log in &logs {
        let bytes = files.get(&log.path);
        let header = log_header(&log.path, &bytes).unwrap();
        assert!(header.start_ts > 1 && header.start_ts <= header.end_ts, "{header:?}");
        for place in 0..PLACES {
            let place = usize::try_from(log.size_bytes * place / PLACES + place % 3).unwrap();
            let mut changed = bytes.to_vec();
            changed[place] ^= 1 << (place % 8);
            let files = Files(Arc::clone(&files.0), Some((log.path.clone(), changed.into())));
            match read(&frozen, files).await {
                Ok(rows) => assert_eq!(rows, whole, "byte {place} of {}", log.path),
                Err(Error::Corrupted { failed_files, .. }) => {
                    assert_eq!(failed_files, [log.path.as_str()]);
                    refused += 1;
                }
                Err(Error::Unsupported { what }) => assert!(what.contains(&log.path), "{what}"),
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert!(refused > logs.len(), "{refused} of {} logs", logs.len());
}
