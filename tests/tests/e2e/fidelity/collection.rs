//! A collection made and looked at through the raw protocol.

use std::collections::BTreeMap;

use milvus::proto::common::{KeyValuePair, LoadState};
use milvus::proto::milvus as pb;
use milvus::proto::schema::{self as wire, FieldData, field_data, scalar_field, value_field};
use milvus_backup_core::schema::{DataType, FieldSchema};
use milvus_backup_testkit::ServerKind;
use milvus_backup_testkit::columns::{Cell, Kind, Style, Table, receive_columns, send};
use proptest::prelude::*;
use prost::Message;

use super::raw::{Raw, pairs};

/// What a collection has besides columns.
#[derive(Debug, Clone)]
pub(super) struct Attributes {
    description: String,
    field_description: String,
    shards: i32,
    consistency: i32,
    partitions: Vec<String>,
    partition_key: bool,
    default_values: bool,
    properties: Vec<(String, String)>,
    named_index: bool,
}

/// What a server keeps. Milvus Lite tells only some of it, and then there is nothing to compare.
pub(super) fn attributes(kind: ServerKind) -> impl Strategy<Value = Attributes> {
    let full = kind == ServerKind::Milvus235;
    let partitioned = kind != ServerKind::Lite251;
    let text = prop_oneof![Just(String::new()), Just("of words, é漢 and \"quotes\"".to_owned())];
    (text.clone(), text, 1..3_i32, 0..4_i32, 0..3_usize, any::<[bool; 4]>()).prop_map(
        move |(description, field_description, shards, consistency, partitions, flags)| Attributes {
            description: if full { description } else { String::new() },
            field_description: if full { field_description } else { String::new() },
            shards: if full { shards } else { 1 },
            consistency: if full { consistency } else { 0 },
            partitions: (0..if partitioned { partitions } else { 0 }).map(|index| format!("p{index}")).collect(),
            partition_key: partitioned && flags[0] && flags[1],
            default_values: partitioned && flags[2],
            properties: if full && flags[3] {
                vec![("collection.ttl.seconds".to_owned(), "86400".to_owned())]
            } else {
                Vec::new()
            },
            named_index: full,
        },
    )
}

/// Makes the collection, inserts the rows, indexes and loads it.
pub(super) fn make(raw: &Raw, kind: ServerKind, name: &str, table: &Table, attributes: &Attributes) {
    let partitions = make_empty(raw, name, table, attributes);
    insert(raw, name, table, &partitions);
    index_and_load(raw, kind, name, table, attributes);
}

/// Makes the collection without rows, and returns the names that inserts give its partitions.
pub(super) fn make_empty(raw: &Raw, name: &str, table: &Table, attributes: &Attributes) -> Vec<String> {
    let schema = schema(name, table, attributes);
    let spread = schema.fields.iter().any(|field| field.is_partition_key);
    raw.create_collection(pb::CreateCollectionRequest {
        collection_name: name.to_owned(),
        schema: schema.encode_to_vec(),
        shards_num: attributes.shards,
        consistency_level: attributes.consistency,
        num_partitions: if spread { 4 } else { 0 },
        properties: attributes.properties.iter().map(|(key, value)| pair(key, value)).collect(),
        ..Default::default()
    });
    let mut partitions = vec![String::new()];
    if !spread {
        for partition in &attributes.partitions {
            raw.create_partition(pb::CreatePartitionRequest {
                collection_name: name.to_owned(),
                partition_name: partition.clone(),
                ..Default::default()
            });
            partitions.push(partition.clone());
        }
    }
    partitions
}

fn schema(name: &str, table: &Table, attributes: &Attributes) -> wire::CollectionSchema {
    let mut schema = wire::CollectionSchema {
        name: name.to_owned(),
        description: attributes.description.clone(),
        ..Default::default()
    };
    let mut partition_key = attributes.partition_key;
    for column in &table.columns {
        match &column.kind {
            Kind::Field(field) => {
                let mut described = describe(field, attributes);
                let can_spread = matches!(field.data_type, DataType::Int64 | DataType::VarChar);
                if partition_key && can_spread && !field.is_primary && !field.nullable {
                    partition_key = false;
                    described.is_partition_key = true;
                    described.default_value = None;
                }
                schema.fields.push(described);
            }
            Kind::Dynamic => schema.enable_dynamic_field = true,
            Kind::Struct(_) => unreachable!("no server here has arrays of structs"),
        }
    }
    schema
}

fn describe(field: &FieldSchema, attributes: &Attributes) -> wire::FieldSchema {
    wire::FieldSchema {
        name: field.name.clone(),
        description: attributes.field_description.clone(),
        is_primary_key: field.is_primary,
        data_type: number(field.data_type),
        element_type: field.element_type.map_or(0, number),
        nullable: field.nullable,
        default_value: default_value(field, attributes),
        type_params: field.type_params.iter().map(|(key, value)| pair(key, value)).collect(),
        ..Default::default()
    }
}

/// A nullable field gets none: servers replace an explicit NULL by the default.
fn default_value(field: &FieldSchema, attributes: &Attributes) -> Option<wire::ValueField> {
    use value_field::Data;

    if !attributes.default_values || field.nullable || field.is_primary {
        return None;
    }
    let data = match field.data_type {
        DataType::Int32 => Data::IntData(-7),
        DataType::Int64 => Data::LongData(i64::MIN + 1),
        DataType::Float => Data::FloatData(0.1),
        DataType::Double => Data::DoubleData(-0.1),
        DataType::VarChar => Data::StringData("é".to_owned()),
        _ => return None,
    };
    Some(wire::ValueField { data: Some(data) })
}

fn number(data_type: DataType) -> i32 {
    let name = data_type.to_string();
    wire::DataType::from_str_name(&name).map_or(0, |wire| wire as i32)
}

fn pair(key: &str, value: &str) -> KeyValuePair {
    KeyValuePair { key: key.to_owned(), value: value.to_owned() }
}

/// Every n-th row goes into the n-th partition, in two inserts.
fn insert(raw: &Raw, name: &str, table: &Table, partitions: &[String]) {
    for (index, partition) in partitions.iter().enumerate() {
        let own: Vec<usize> = (index..table.rows).step_by(partitions.len()).collect();
        for rows in own.chunks(own.len().div_ceil(2).max(1)) {
            let part = table.select(rows);
            raw.insert(pb::InsertRequest {
                collection_name: name.to_owned(),
                partition_name: partition.clone(),
                fields_data: part
                    .columns
                    .iter()
                    .map(|column| typed(column.kind.clone(), send(column, Style::Compact)))
                    .collect(),
                num_rows: u32::try_from(part.rows).unwrap(),
                ..Default::default()
            });
        }
    }
    raw.flush(pb::FlushRequest { collection_names: vec![name.to_owned()], ..Default::default() });
}

/// What an insert needs beyond what an answer has: the type of the column, and flags where NULL is possible.
fn typed(kind: Kind, mut sent: FieldData) -> FieldData {
    match kind {
        Kind::Field(field) => {
            sent.r#type = number(field.data_type);
            let rows = sent.valid_data.len();
            if field.nullable && rows == 0 {
                sent.valid_data = vec![true; row_count(&sent)];
            }
        }
        Kind::Dynamic => {
            sent.r#type = wire::DataType::Json as i32;
            sent.is_dynamic = true;
        }
        Kind::Struct(_) => unreachable!("no server here has arrays of structs"),
    }
    sent
}

fn row_count(column: &FieldData) -> usize {
    use scalar_field::Data;

    let Some(field_data::Field::Scalars(scalars)) = &column.field else { return 0 };
    match scalars.data.as_ref().unwrap() {
        Data::BoolData(values) => values.data.len(),
        Data::IntData(values) => values.data.len(),
        Data::LongData(values) => values.data.len(),
        Data::FloatData(values) => values.data.len(),
        Data::DoubleData(values) => values.data.len(),
        Data::StringData(values) => values.data.len(),
        Data::JsonData(values) => values.data.len(),
        Data::ArrayData(values) => values.data.len(),
        Data::GeometryWktData(values) => values.data.len(),
        other => panic!("{other:?}"),
    }
}

/// Indexes every vector field, and waits until the collection is loaded.
pub(super) fn index_and_load(raw: &Raw, kind: ServerKind, name: &str, table: &Table, attributes: &Attributes) {
    for column in &table.columns {
        let Kind::Field(field) = &column.kind else { continue };
        let (index_type, metric) = match field.data_type {
            DataType::BinaryVector => ("BIN_FLAT", "HAMMING"),
            DataType::SparseFloatVector => ("SPARSE_INVERTED_INDEX", "IP"),
            data_type if data_type.is_vector() => ("FLAT", "L2"),
            _ => continue,
        };
        raw.create_index(pb::CreateIndexRequest {
            collection_name: name.to_owned(),
            field_name: field.name.clone(),
            index_name: if attributes.named_index { format!("index_of_{}", field.name) } else { String::new() },
            extra_params: pairs(&[("index_type", index_type), ("metric_type", metric), ("params", "{}")]),
            ..Default::default()
        });
    }
    raw.load_collection(pb::LoadCollectionRequest {
        collection_name: name.to_owned(),
        replica_number: 1,
        ..Default::default()
    });
    let request = pb::GetLoadStateRequest { collection_name: name.to_owned(), ..Default::default() };
    while raw.get_load_state(request.clone()).state != LoadState::Loaded as i32 {
        assert_ne!(kind, ServerKind::Lite322, "Milvus Lite loads at once");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Rows by primary key, as text that orders and shows it.
type Rows = BTreeMap<String, Vec<Option<Cell>>>;

/// A collection as the server tells it.
#[derive(Debug)]
pub(super) struct Look {
    /// The definition, without what names or numbers this one collection.
    pub(super) definition: wire::CollectionSchema,
    /// Field, name and parameters of each index.
    pub(super) indexes: Vec<(String, String, BTreeMap<String, String>)>,
    /// The rows of each partition.
    pub(super) partitions: BTreeMap<String, Rows>,
}

/// Reads everything, strongly consistent.
pub(super) fn look(raw: &Raw, name: &str, table: &Table) -> Look {
    let described = raw
        .describe_collection(pb::DescribeCollectionRequest { collection_name: name.to_owned(), ..Default::default() });
    let spread = described.schema.as_ref().unwrap().fields.iter().any(|field| field.is_partition_key);
    let partitions = if spread { vec![String::new()] } else { raw.partitions(name) };
    let partitions = partitions.into_iter().map(|partition| (partition.clone(), rows(raw, name, &partition, table)));
    Look { partitions: partitions.collect(), indexes: indexes(raw, name), definition: anonymous(described) }
}

fn anonymous(described: pb::DescribeCollectionResponse) -> wire::CollectionSchema {
    let mut schema = described.schema.unwrap();
    schema.name.clear();
    for field in &mut schema.fields {
        field.field_id = 0;
        field.type_params.sort_by(|a, b| a.key.cmp(&b.key));
    }
    // Not members of the schema message: kept in its properties, so that one comparison covers all.
    schema.properties = described.properties;
    for (key, value) in [
        ("shards", i64::from(described.shards_num)),
        ("consistency", i64::from(described.consistency_level)),
        ("partitions", described.num_partitions),
    ] {
        schema.properties.push(pair(key, &value.to_string()));
    }
    schema.properties.sort_by(|a, b| a.key.cmp(&b.key));
    schema
}

fn indexes(raw: &Raw, name: &str) -> Vec<(String, String, BTreeMap<String, String>)> {
    let request = pb::DescribeIndexRequest { collection_name: name.to_owned(), ..Default::default() };
    let mut indexes: Vec<_> = raw
        .describe_index(request)
        .index_descriptions
        .into_iter()
        .map(|index| {
            let params = index.params.into_iter().map(|pair| (pair.key, pair.value)).collect();
            (index.field_name, index.index_name, params)
        })
        .collect();
    indexes.sort();
    indexes
}

fn rows(raw: &Raw, name: &str, partition: &str, table: &Table) -> Rows {
    let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind.clone()).collect();
    let answer = raw.query(pb::QueryRequest {
        collection_name: name.to_owned(),
        partition_names: if partition.is_empty() { Vec::new() } else { vec![partition.to_owned()] },
        // Milvus Lite 2 fails when it is asked for sparse vectors of a collection without rows.
        output_fields: match table.rows {
            0 => vec!["pk".to_owned()],
            _ => table.columns.iter().map(|column| column.name().to_owned()).collect(),
        },
        query_params: pairs(&[("limit", "1000"), ("timezone", "UTC")]),
        ..Default::default()
    });
    let keys = answer.fields_data.iter().find(|column| column.field_name == "pk");
    let count = keys.map_or(0, row_count);
    if count == 0 {
        return Rows::new();
    }
    let columns = receive_columns(&kinds, &answer.fields_data, count);
    let row = |row: usize| columns.iter().map(|cells| cells[row].clone()).collect::<Vec<_>>();
    (0..count).map(row).map(|cells| (format!("{:?}", cells[0]), cells)).collect()
}
