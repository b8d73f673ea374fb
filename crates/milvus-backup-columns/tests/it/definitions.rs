//! Definitions of collections with every field of every message set at random: what is not understood is refused or named,
//! and what is understood comes back.
//!
//! The messages are built without `..Default::default()`: a field that new definitions add must be set here before this
//! compiles again.

use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus::proto::schema::type_schema::Kind;
use milvus::proto::schema::{
    CollectionSchema, FieldSchema, FunctionSchema, StructArrayFieldSchema, TypeSchema, ValueField, value_field,
};
use milvus_backup_columns::{decode_schema, encode_schema, schema_limitations, unknown_parts_of_description};
use proptest::prelude::*;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};

/// Wire numbers of data types: those of scalars, those of vectors, and some that are not understood.
const SCALARS: [i32; 15] = [1, 2, 3, 4, 5, 10, 11, 21, 23, 24, 25, 26, 28, 29, 31];
const OTHERS: [i32; 12] = [0, 20, 22, 27, 30, 100, 101, 104, 106, 200, 201, 999];

fn text() -> BoxedStrategy<String> {
    "[a-z]{0,5}".boxed()
}

/// A text that is mostly empty.
fn rarely() -> BoxedStrategy<String> {
    prop_oneof![9 => Just(String::new()), 1 => "[a-z]{1,5}"].boxed()
}

/// A flag that is mostly off.
fn seldom() -> BoxedStrategy<bool> {
    prop::bool::weighted(0.05).boxed()
}

fn params() -> BoxedStrategy<Vec<KeyValuePair>> {
    let pair = |(key, value)| KeyValuePair { key, value };
    prop::collection::btree_map("[a-z]{1,4}", text(), 0..3)
        .prop_map(move |pairs| pairs.into_iter().map(pair).collect())
        .boxed()
}

fn default_value() -> BoxedStrategy<Option<ValueField>> {
    use value_field::Data;

    let data = prop_oneof![
        any::<bool>().prop_map(Data::BoolData),
        any::<i32>().prop_map(Data::IntData),
        any::<i64>().prop_map(Data::LongData),
        any::<u32>().prop_map(|bits| Data::FloatData(f32::from_bits(bits & 0xff7f_ffff))),
        any::<u64>().prop_map(|bits| Data::DoubleData(f64::from_bits(bits & 0xffef_ffff_ffff_ffff))),
        text().prop_map(Data::StringData),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Data::BytesData),
        any::<i64>().prop_map(Data::TimestamptzData),
        any::<i32>().prop_map(Data::DateData),
        any::<i64>().prop_map(Data::TimeData),
    ];
    prop_oneof![3 => Just(None), 2 => data.prop_map(|data| Some(ValueField { data: Some(data) }))].boxed()
}

fn type_tree() -> BoxedStrategy<Option<TypeSchema>> {
    let leaf = data_type().prop_map(Kind::LeafType);
    let array = data_type().prop_map(|element| {
        let kind = Some(Kind::LeafType(element));
        Kind::ArrayElement(Box::new(TypeSchema { type_params: Vec::new(), nullable: false, kind }))
    });
    let tree = (prop_oneof![leaf, array], params(), seldom())
        .prop_map(|(kind, type_params, nullable)| Some(TypeSchema { type_params, nullable, kind: Some(kind) }));
    prop_oneof![9 => Just(None), 1 => tree].boxed()
}

fn data_type() -> BoxedStrategy<i32> {
    prop_oneof![6 => prop::sample::select(SCALARS.to_vec()), 1 => prop::sample::select(OTHERS.to_vec())].boxed()
}

/// The type of a field and that of its elements: the latter means nothing for a type without elements, and is then 0 on
/// most servers.
fn types() -> BoxedStrategy<(i32, i32)> {
    let array = data_type().prop_map(|element| (22, element));
    prop_oneof![8 => data_type().prop_map(|own| (own, 0)), 1 => (data_type(), data_type()), 2 => array].boxed()
}

fn field() -> BoxedStrategy<FieldSchema> {
    let names = (any::<i64>(), text(), text(), rarely());
    let flags = (any::<[bool; 5]>(), any::<[bool; 2]>(), seldom());
    let rest = (types(), params(), params(), 0..4_i32, default_value(), type_tree());
    (names, flags, rest)
        .prop_map(|((field_id, name, description, external_field), (flags, more, element_nullable), rest)| {
            let [is_primary_key, auto_id, is_partition_key, is_clustering_key, nullable] = flags;
            let [is_function_output, is_dynamic] = more;
            let ((data_type, element_type), mut type_params, index_params, state, default_value, type_schema) = rest;
            // An array of texts gets the longest length where none is given.
            if (data_type, element_type) == (22, 21) {
                type_params.push(KeyValuePair { key: "max_length".to_owned(), value: "9".to_owned() });
            }
            FieldSchema {
                field_id,
                name,
                is_primary_key,
                description,
                data_type,
                type_params,
                index_params,
                auto_id,
                state,
                element_type,
                default_value,
                is_dynamic,
                is_partition_key,
                is_clustering_key,
                nullable,
                is_function_output,
                external_field,
                type_schema,
                element_nullable,
            }
        })
        .boxed()
}

fn struct_field() -> BoxedStrategy<StructArrayFieldSchema> {
    (any::<i64>(), text(), text(), prop::collection::vec(field(), 0..3), params(), any::<bool>())
        .prop_map(|(field_id, name, description, fields, type_params, nullable)| StructArrayFieldSchema {
            field_id,
            name,
            description,
            fields,
            type_params,
            nullable,
        })
        .boxed()
}

fn function() -> BoxedStrategy<FunctionSchema> {
    let names = || prop::collection::vec(text(), 0..3);
    let ids = || prop::collection::vec(any::<i64>(), 0..3);
    ((text(), any::<i64>(), text(), 0..8_i32), (names(), ids(), names(), ids()), params())
        .prop_map(|((name, id, description, r#type), fields, params)| {
            let (input_field_names, input_field_ids, output_field_names, output_field_ids) = fields;
            FunctionSchema {
                name,
                id,
                description,
                r#type,
                input_field_names,
                input_field_ids,
                output_field_names,
                output_field_ids,
                params,
            }
        })
        .boxed()
}

#[expect(deprecated, reason = "every field is set")]
fn schema() -> BoxedStrategy<CollectionSchema> {
    let parts = (
        prop::collection::vec(field(), 0..4),
        prop::collection::vec(function(), 0..2),
        prop::collection::vec(struct_field(), 0..2),
        params(),
    );
    let texts = (text(), text(), text(), rarely(), rarely());
    let rest = (any::<[bool; 2]>(), any::<i32>(), seldom(), seldom(), prop::collection::vec(any::<i64>(), 0..2));
    (parts, texts, rest)
        .prop_map(|((fields, functions, struct_array_fields, properties), texts, rest)| {
            let (name, description, db_name, external_source, external_spec) = texts;
            let ([auto_id, enable_dynamic_field], version, do_physical_backfill, enable_namespace, resources) = rest;
            CollectionSchema {
                name,
                description,
                auto_id,
                fields,
                enable_dynamic_field,
                properties,
                functions,
                db_name,
                struct_array_fields,
                version,
                external_source,
                external_spec,
                do_physical_backfill,
                file_resource_ids: resources,
                enable_namespace,
            }
        })
        .boxed()
}

/// Returns a field without what a server assigns: numbers, states, and the dynamic field, which has a flag in the schema.
fn defined_field(mut field: FieldSchema) -> FieldSchema {
    field.field_id = 0;
    field.state = 0;
    // Indexes are described by a call of their own.
    field.index_params.clear();
    // It is refused unless it repeats the type.
    field.type_schema = None;
    field.type_params.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    field
}

/// Returns a schema without what a server assigns, and without what was named as left out.
#[expect(deprecated, reason = "the flag is that of the primary key, for servers before 2.3")]
fn defined(mut schema: CollectionSchema) -> CollectionSchema {
    schema.auto_id = false;
    schema.db_name.clear();
    schema.version = 0;
    // They are in the request that creates a collection.
    schema.properties.clear();
    schema.fields.retain(|field| !field.is_dynamic);
    schema.fields = schema.fields.into_iter().map(defined_field).collect();
    for structs in &mut schema.struct_array_fields {
        structs.field_id = 0;
        structs.fields = std::mem::take(&mut structs.fields).into_iter().map(defined_field).collect();
        structs.fields.iter_mut().for_each(|member| member.is_dynamic = false);
    }
    for function in &mut schema.functions {
        function.id = 0;
        function.input_field_ids.clear();
        function.output_field_ids.clear();
    }
    schema
}

/// A message with one more field, of this number.
fn with_field(mut message: Vec<u8>, number: u32) -> Vec<u8> {
    encode_key(number, WireType::Varint, &mut message);
    encode_varint(1, &mut message);
    message
}

/// A message that consists of one field, which is this message.
fn within(number: u32, content: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    encode_key(number, WireType::LengthDelimited, &mut message);
    encode_varint(content.len() as u64, &mut message);
    message.extend_from_slice(content);
    message
}

/// The ways from a description to each message in it, by the numbers of the fields.
const MESSAGES: [&[u32]; 16] = [
    &[],
    &[1],
    &[13],
    &[2],
    &[2, 4],
    &[2, 4, 6],
    &[2, 4, 7],
    &[2, 4, 11],
    &[2, 4, 18],
    &[2, 4, 18, 2],
    &[2, 4, 18, 3],
    &[2, 6],
    &[2, 7],
    &[2, 7, 9],
    &[2, 9],
    &[2, 9, 4],
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_described_comes_back_or_is_refused_or_is_named(schema in schema()) {
        // What is refused is refused with its name.
        let Ok(understood) = decode_schema(&schema) else {
            prop_assert!(!decode_schema(&schema).unwrap_err().to_string().is_empty());
            return Ok(());
        };
        let limitations = schema_limitations(&schema);
        let mut expected = defined(schema.clone());
        if !expected.file_resource_ids.is_empty() {
            prop_assert!(limitations.iter().any(|one| one.contains("file resource")));
            expected.file_resource_ids.clear();
        }
        if expected.do_physical_backfill {
            prop_assert!(limitations.iter().any(|one| one.contains("backfill")));
            expected.do_physical_backfill = false;
        }
        let created = defined(encode_schema(&schema.name, &understood).unwrap());
        prop_assert_eq!(created, expected);
        let stored = serde_json::to_string(&understood).unwrap();
        let mut read: milvus_backup_core::schema::CollectionSchema = serde_json::from_str(&stored).unwrap();
        read.properties.clone_from(&understood.properties);
        prop_assert_eq!(read, understood);
        let description = pb::DescribeCollectionResponse { schema: Some(schema), ..Default::default() };
        prop_assert_eq!(unknown_parts_of_description(&description.encode_to_vec()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_field_that_no_definition_has_is_named_wherever_it_is(
        way in prop::sample::select(MESSAGES.to_vec()),
        number in 100_u32..536_870_911,
        schema in schema(),
    ) {
        let unknown = way.iter().rev().fold(with_field(Vec::new(), number), |message, field| within(*field, &message));
        let description = pb::DescribeCollectionResponse { schema: Some(schema), ..Default::default() };
        let response = [description.encode_to_vec(), unknown].concat();
        let named = unknown_parts_of_description(&response).unwrap();
        prop_assert!(named.len() == 1 && named[0].contains(&format!("field {number} ")), "{way:?}: {named:?}");
    }
}
