//! Random columns of every type, from the messages of a server through data files to the messages of an insert.
//!
//! Whatever a column says is set at random: what is understood comes back as it was, and everything else is refused.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use milvus::proto::schema::{FieldData, field_data, scalar_field, vector_field};
use milvus_backup_columns::{decode_columns, encode_columns, require_known_rows};
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, arrow_schema};
use milvus_backup_core::{
    BackupId, ChecksumAlgorithm, CompressionCodec, FileNumbers, Result, RowEncoding, RowOrder, UnitFiles, UnitWriters,
};
use milvus_backup_storage::Directory;
use milvus_backup_testkit::columns::{Cell, Column, Kind, Profile, Style, Table, receive, send, table};
use object_store::memory::InMemory;
use proptest::prelude::*;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};

use crate::chunk::{ChunkReader, ChunkSource};
use crate::write::ParquetWriters;

/// Writes rows to a data file and reads it, with its digests.
async fn through_file(schema: &CollectionSchema, rows: RecordBatch) -> RecordBatch {
    let directory = Directory::new(Arc::new(InMemory::new()), "items/backup");
    let encoding = RowEncoding {
        schema: schema.clone(),
        compression_enabled: true,
        compression_codec: CompressionCodec::Zstd,
        compression_level: 1,
        checksum_algorithm: ChecksumAlgorithm::Sha256,
    };
    let unit = UnitFiles {
        partition: "p".to_owned(),
        numbers: Arc::new(FileNumbers::default()),
        order: RowOrder::PrimaryKey,
        chunk_size_bytes: 1 << 20,
        row_group_bytes: 1 << 20,
    };
    let mut writer = ParquetWriters::new(directory.clone(), false, Arc::new(encoding)).writer(unit);
    assert_eq!(writer.append(rows).await.unwrap(), None);
    let chunk = writer.finish().await.unwrap().unwrap();
    let backup_id: BackupId = "20261125T120000Z-00000001".parse().unwrap();
    let source = ChunkSource::new(directory, &backup_id, schema, true).unwrap();
    let reader = Arc::new(ChunkReader::open(&Arc::new(source), &chunk).await.unwrap());
    let mut batches = Vec::new();
    for group in 0..reader.row_groups() {
        batches.extend(Arc::clone(&reader).read(group).await.unwrap());
    }
    concat_batches(&Arc::new(arrow_schema(schema).unwrap()), &batches).unwrap()
}

/// The columns as they are inserted after a backup and a restore, or why they cannot be backed up.
fn restored(table: &Table, columns: Vec<FieldData>) -> Result<Vec<FieldData>> {
    let schema = table.schema();
    let rows = decode_columns(&schema, table.rows, columns)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let read = runtime.block_on(through_file(&schema, rows));
    encode_columns(&schema, &read)?.into_iter().map(FieldData::try_from).collect()
}

/// A column of every type, and ascending keys.
fn keyed_table() -> impl Strategy<Value = Table> {
    table(Profile::everything()).prop_map(|mut table| {
        let key = FieldSchema { is_primary: true, ..FieldSchema::new("key", DataType::Int64) };
        let cells = (0_i64..).take(table.rows).map(|key| Some(Cell::Int(key))).collect();
        table.columns.push(Column { kind: Kind::Field(key), cells });
        table
    })
}

fn assert_same(table: &Table, sent: &[FieldData]) {
    for column in &table.columns {
        let found = sent.iter().find(|sent| sent.field_name == column.name()).unwrap();
        assert_eq!(receive(&column.kind, found, table.rows), column.cells, "column {}", column.name());
    }
}

/// A change of one part of a column, beside its values.
#[derive(Debug, Clone)]
enum Change {
    /// `FieldData.type`, `field_id`, and the types of elements in the values: the schema has them.
    Types(i32),
    /// `VectorField.dim`, which the schema has.
    Dim(i64),
    /// A flag for each row that contradicts the other place of the flags.
    Flags,
    /// A NULL within a value.
    NullElement,
    /// A field that no definition has.
    Unknown(u32),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<i32>().prop_map(Change::Types),
        any::<i64>().prop_map(Change::Dim),
        Just(Change::Flags),
        Just(Change::NullElement),
        (18_u32..100_000).prop_map(Change::Unknown),
    ]
}

/// What must become of a column with a change.
#[derive(Debug, PartialEq)]
enum Fate {
    Restored,
    Refused,
}

/// Changes a column, and returns what must become of it.
fn changed(column: &mut FieldData, rows: usize, change: &Change) -> Fate {
    use field_data::Field;

    match (change, &mut column.field) {
        (Change::Types(number), field) => {
            column.r#type = *number;
            column.field_id = i64::from(*number);
            if let Some(Field::Scalars(scalars)) = field
                && let Some(scalar_field::Data::ArrayData(arrays)) = &mut scalars.data
            {
                arrays.element_type = *number;
            }
            Fate::Restored
        }
        (Change::Dim(dim), Some(Field::Vectors(vectors))) => {
            vectors.dim = *dim;
            Fate::Restored
        }
        (Change::Flags, Some(Field::Scalars(scalars))) => {
            let all: Vec<bool> =
                if column.valid_data.is_empty() { vec![true; rows] } else { column.valid_data.clone() };
            scalars.valid_data = all.iter().map(|valid| !valid).collect();
            column.valid_data = all;
            Fate::Refused
        }
        (Change::NullElement, Some(Field::Scalars(scalars))) => match &mut scalars.data {
            Some(scalar_field::Data::ArrayData(arrays)) if !arrays.data.is_empty() => {
                arrays.data[0].valid_data = vec![false];
                Fate::Refused
            }
            _ => Fate::Restored,
        },
        (Change::NullElement, Some(Field::Vectors(vectors))) => match &mut vectors.data {
            Some(vector_field::Data::VectorArray(arrays)) if !arrays.data.is_empty() => {
                arrays.data[0].valid_data = vec![false];
                Fate::Refused
            }
            _ => Fate::Restored,
        },
        (Change::Unknown(_), _) => Fate::Refused,
        _ => Fate::Restored,
    }
}

/// The response to a query with this column, in which it may have a field that no definition has.
fn response(column: &FieldData, change: &Change) -> Vec<u8> {
    let mut column = column.encode_to_vec();
    if let Change::Unknown(number) = change {
        encode_key(*number, WireType::Varint, &mut column);
        encode_varint(1, &mut column);
    }
    let mut response = Vec::new();
    encode_key(2, WireType::LengthDelimited, &mut response);
    encode_varint(column.len() as u64, &mut response);
    response.extend(column);
    response
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_of_every_type_comes_back_from_a_data_file(
        table in keyed_table(),
        styles in any::<[Style; 5]>(),
    ) {
        let columns = table.columns.iter().zip(styles.iter().cycle()).map(|(column, style)| send(column, *style));
        assert_same(&table, &restored(&table, columns.collect()).unwrap());
    }

    #[test]
    fn what_a_column_says_is_understood_or_refused(
        table in keyed_table(),
        style in any::<Style>(),
        at in any::<prop::sample::Index>(),
        change in change(),
    ) {
        let mut columns: Vec<FieldData> = table.columns.iter().map(|column| send(column, style)).collect();
        let at = at.index(columns.len());
        prop_assume!(!matches!(table.columns[at].kind, Kind::Dynamic));
        let fate = changed(&mut columns[at], table.rows, &change);
        let known = require_known_rows(&response(&columns[at], &change));
        let outcome = known.and_then(|()| restored(&table, columns));
        match fate {
            Fate::Refused => prop_assert!(outcome.is_err(), "{change:?} of {}", table.columns[at].name()),
            Fate::Restored => assert_same(&table, &outcome.unwrap()),
        }
    }
}
