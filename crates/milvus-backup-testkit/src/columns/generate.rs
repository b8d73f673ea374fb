//! Random tables with a column of every type, including edge cases.

use milvus_backup_core::schema::{DataType, FieldSchema, StructFieldSchema};
use proptest::prelude::*;

use super::cells::{Cell, Column, Kind, Table};
use super::profile::Profile;

/// Generates a random table. In general: 1 to 12 rows of every type. For a server: up to 30 rows with a primary key
/// `pk` whose values are distinct, and some of the types that the server supports.
pub fn table(profile: Profile) -> impl Strategy<Value = Table> {
    let rows = if profile.server { 0..30_usize } else { 1..12_usize };
    let dims = prop::sample::select(vec![8_usize, 16, 24]);
    (rows, dims, any::<u64>()).prop_flat_map(move |(rows, dim, choice)| {
        let mut columns = Vec::new();
        if profile.server {
            columns.push(primary_key(rows, choice % 2 == 0));
        }
        for field in fields(&profile, dim, choice) {
            let cell = if field.data_type == DataType::Array {
                let element = cell(field.element_type.unwrap_or(DataType::Int64), dim, profile.server);
                prop::collection::vec(element, 0..4).prop_map(Cell::List).boxed()
            } else {
                cell(field.data_type, dim, profile.server)
            };
            columns.push(column(field, rows, cell));
        }
        if profile.structs {
            columns.push(structs(rows, dim, profile.nullable && choice % 2 == 1));
        }
        if !profile.server || profile.every_field || choice % 3 == 0 {
            let objects = prop::collection::vec(json_object().prop_map(|text| Some(Cell::Text(text))), rows);
            columns.push(objects.prop_map(|cells| Column { kind: Kind::Dynamic, cells }).boxed());
        }
        columns.prop_map(move |columns| Table { rows, columns })
    })
}

/// Returns the fields besides the primary key: all types of the profile, or for a server those that `choice` selects.
fn fields(profile: &Profile, dim: usize, choice: u64) -> Vec<FieldSchema> {
    let mut bits = choice;
    let mut picked = || {
        bits = bits.rotate_right(1);
        !profile.server || profile.every_field || bits & 1 == 1
    };
    let mut fields = Vec::new();
    for data_type in &profile.scalars {
        if picked() {
            let mut field = FieldSchema::new(format!("f_{data_type}"), *data_type);
            if *data_type == DataType::VarChar {
                field = field.with_param("max_length", 1000);
            }
            field = with_digits(field, *data_type, choice);
            field.nullable = profile.nullable && picked();
            fields.push(field);
        }
    }
    for element in &profile.elements {
        if picked() {
            let mut field = FieldSchema::new(format!("a_{element}"), DataType::Array).with_param("max_capacity", 9);
            if *element == DataType::VarChar {
                field = field.with_param("max_length", 1000);
            }
            field = with_digits(field, *element, choice);
            field.element_type = Some(*element);
            field.nullable = profile.nullable && picked();
            fields.push(field);
        }
    }
    // A collection has at least one vector field.
    let first = usize::try_from(choice % profile.vectors.len() as u64).unwrap_or(0);
    let vectors = profile.vectors.iter().cycle().skip(first).take(profile.vectors.len());
    for (index, data_type) in vectors.take(profile.max_vectors).enumerate() {
        if index == 0 || picked() {
            let mut field = FieldSchema::new(format!("v_{data_type}"), *data_type);
            if *data_type != DataType::SparseFloatVector {
                field = field.with_param("dim", dim);
            }
            field.nullable = profile.nullable_vectors;
            fields.push(field);
        }
    }
    fields
}

/// Gives a field of decimals its digits, at least as many as the generated numbers have.
fn with_digits(field: FieldSchema, data_type: DataType, choice: u64) -> FieldSchema {
    if data_type != DataType::Decimal {
        return field;
    }
    let precision = DECIMAL_DIGITS + u32::try_from(choice % 10).unwrap_or(0);
    field.with_param("precision", precision).with_param("scale", choice % 5)
}

/// Digits of the generated decimals at most; up to nine more are declared.
const DECIMAL_DIGITS: u32 = 9;

/// Generates distinct keys, including the edges of the type. `i64::MAX` is excluded: no query of Milvus 2.3 returns it.
fn primary_key(rows: usize, int: bool) -> BoxedStrategy<Column> {
    let cells = if int {
        let key = prop_oneof![4 => any::<i64>(), 1 => -3..3_i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX - 1)];
        let keys = prop::collection::hash_set(key.prop_filter("unreadable", |key| *key != i64::MAX), rows);
        keys.prop_map(|keys| keys.into_iter().map(Cell::Int).map(Some).collect::<Vec<_>>()).boxed()
    } else {
        let keys = prop::collection::hash_set(prop_oneof![4 => "[a-zé漢\\\\\"'\\n]{1,9}", 1 => text()], rows);
        keys.prop_map(|keys| keys.into_iter().map(Cell::Text).map(Some).collect::<Vec<_>>()).boxed()
    };
    let mut field = FieldSchema::new("pk", if int { DataType::Int64 } else { DataType::VarChar });
    if !int {
        field = field.with_param("max_length", 200);
    }
    field.is_primary = true;
    cells.prop_map(move |cells| Column { kind: Kind::Field(field.clone()), cells }).boxed()
}

fn column(field: FieldSchema, rows: usize, cell: impl Strategy<Value = Cell> + 'static) -> BoxedStrategy<Column> {
    let cell = if field.nullable { prop::option::weighted(0.6, cell).boxed() } else { cell.prop_map(Some).boxed() };
    let cells = prop::collection::vec(cell, rows);
    cells.prop_map(move |cells| Column { kind: Kind::Field(field.clone()), cells }).boxed()
}

/// Generates an array of structs: each cell holds one list per member, all of the same length.
fn structs(rows: usize, dim: usize, nullable: bool) -> BoxedStrategy<Column> {
    let mut number = FieldSchema::new("number", DataType::Array);
    number.element_type = Some(DataType::Int64);
    let mut text = FieldSchema::new("text", DataType::Array);
    text.element_type = Some(DataType::VarChar);
    let mut vector = FieldSchema::new("vector", DataType::ArrayOfVector).with_param("dim", dim);
    vector.element_type = Some(DataType::FloatVector);
    let field = StructFieldSchema {
        name: "structs".to_owned(),
        description: String::new(),
        nullable,
        fields: vec![number, text, vector],
        type_params: std::collections::BTreeMap::default(),
    };
    let row = (0..4_usize).prop_flat_map(move |length| {
        let member = |data_type| prop::collection::vec(cell(data_type, dim, false), length).prop_map(Cell::List);
        (member(DataType::Int64), member(DataType::VarChar), member(DataType::FloatVector))
            .prop_map(|(number, text, vector)| Cell::List(vec![number, text, vector]))
    });
    let row = if nullable { prop::option::weighted(0.6, row).boxed() } else { row.prop_map(Some).boxed() };
    prop::collection::vec(row, rows).prop_map(move |cells| Column { kind: Kind::Struct(field.clone()), cells }).boxed()
}

/// The NaN of the Go language. Milvus 2.3 converts every other one to it when it seals a segment, so that the same row
/// reads differently before and after.
const GO_NAN_64: u64 = 0x7ff8_0000_0000_0001;
/// The NaN of the Go language in single precision.
const GO_NAN_32: u32 = 0x7fc0_0000;

fn cell(data_type: DataType, dim: usize, server: bool) -> BoxedStrategy<Cell> {
    match data_type {
        DataType::FloatVector | DataType::Float16Vector | DataType::BFloat16Vector | DataType::SparseFloatVector
            if server =>
        {
            accepted_vector(data_type, dim)
        }
        DataType::Json if server => json_object().prop_map(Cell::Text).boxed(),
        DataType::Float if server => {
            single().prop_map(|value| Cell::Float(if value.is_nan() { GO_NAN_32 } else { value.to_bits() })).boxed()
        }
        DataType::Double if server => prop_oneof![any::<f64>(), Just(f64::NAN), Just(-0.0), Just(f64::INFINITY)]
            .prop_map(|value| Cell::Double(if value.is_nan() { GO_NAN_64 } else { value.to_bits() }))
            .boxed(),
        DataType::Geometry if server => {
            (0..180, 0..90).prop_map(|(x, y)| Cell::Text(format!("POINT ({x} {y})"))).boxed()
        }
        DataType::Timestamptz if server => (0..28_u32, 0..24_u32)
            .prop_map(|(day, hour)| Cell::Text(format!("2026-02-{:02}T{hour:02}:00:00Z", day + 1)))
            .boxed(),
        DataType::Bool => any::<bool>().prop_map(Cell::Bool).boxed(),
        DataType::Int8 => any::<i8>().prop_map(|value| Cell::Int(value.into())).boxed(),
        DataType::Int16 => any::<i16>().prop_map(|value| Cell::Int(value.into())).boxed(),
        DataType::Int32 => any::<i32>().prop_map(|value| Cell::Int(value.into())).boxed(),
        DataType::Int64 => {
            prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)].prop_map(Cell::Int).boxed()
        }
        // The years 1 to 9999, which have a text.
        DataType::Date => (-719_162..=2_932_896_i64).prop_map(Cell::Int).boxed(),
        DataType::Time => (0..86_400_000_000_i64).prop_map(Cell::Int).boxed(),
        DataType::Decimal => (1 - 10_i64.pow(DECIMAL_DIGITS)..10_i64.pow(DECIMAL_DIGITS)).prop_map(Cell::Int).boxed(),
        DataType::Uuid => bytes(16),
        DataType::Float => single().prop_map(|value| Cell::Float(value.to_bits())).boxed(),
        DataType::Double => {
            let special =
                [f64::NAN, -0.0, f64::NEG_INFINITY, f64::MIN_POSITIVE / 2.0, f64::from_bits(0x7ff8_dead_beef_0001)];
            prop_oneof![any::<f64>(), prop::sample::select(special.to_vec())]
                .prop_map(|value| Cell::Double(value.to_bits()))
                .boxed()
        }
        DataType::Json => {
            prop_oneof![json_object(), Just("null".to_owned()), Just("[1e400, -0.0,\"\\u0041\"]".to_owned())]
                .prop_map(Cell::Text)
                .boxed()
        }
        DataType::FloatVector => prop::collection::vec(single(), dim)
            .prop_map(|values| Cell::Bytes(values.into_iter().flat_map(f32::to_le_bytes).collect()))
            .boxed(),
        DataType::BinaryVector => bytes(dim / 8),
        DataType::Float16Vector | DataType::BFloat16Vector => bytes(dim * 2),
        DataType::Int8Vector => bytes(dim),
        DataType::SparseFloatVector => sparse(),
        _ => text().prop_map(Cell::Text).boxed(),
    }
}

/// Generates vectors that servers accept: finite, and sparse ones with at least one entry and small indexes.
fn accepted_vector(data_type: DataType, dim: usize) -> BoxedStrategy<Cell> {
    let element = || prop_oneof![-1.0e6_f32..1.0e6, Just(-0.0), Just(1.0e-45)];
    match data_type {
        DataType::FloatVector => prop::collection::vec(element(), dim)
            .prop_map(|values| Cell::Bytes(values.into_iter().flat_map(f32::to_le_bytes).collect()))
            .boxed(),
        DataType::SparseFloatVector => prop::collection::btree_map(0..100_000_u32, 0.001_f32..1000.0, 1..6)
            .prop_map(|pairs| {
                let pairs = pairs.into_iter().flat_map(|(index, weight)| [index.to_le_bytes(), weight.to_le_bytes()]);
                Cell::Bytes(pairs.flatten().collect())
            })
            .boxed(),
        // If the highest bit of the exponent is 0, both 16-bit formats are finite.
        _ => prop::collection::vec(any::<u16>(), dim)
            .prop_map(|values| Cell::Bytes(values.into_iter().flat_map(|v| (v & 0xbfff).to_le_bytes()).collect()))
            .boxed(),
    }
}

fn bytes(length: usize) -> BoxedStrategy<Cell> {
    prop::collection::vec(any::<u8>(), length).prop_map(Cell::Bytes).boxed()
}

fn single() -> impl Strategy<Value = f32> {
    let special = [f32::NAN, -0.0, f32::INFINITY, 1.0e-45, f32::from_bits(0x7fc0_1234)];
    prop_oneof![any::<f32>(), prop::sample::select(special.to_vec())]
}

/// Generates sparse vectors. Weights are finite, because Milvus accepts no others. Indexes ascend.
fn sparse() -> BoxedStrategy<Cell> {
    let weight = prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO | prop::num::f32::NEGATIVE;
    prop::collection::btree_map(any::<u32>(), weight, 0..6)
        .prop_map(|pairs| {
            let pairs = pairs.into_iter().flat_map(|(index, weight)| [index.to_le_bytes(), weight.to_le_bytes()]);
            Cell::Bytes(pairs.flatten().collect())
        })
        .boxed()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,12}", Just(String::new()), Just("\"quoted\" \\ \n\u{0}é漢".to_owned())]
}

/// Generates JSON text whose spelling must be preserved: spaces, escapes, order of keys, long numbers.
fn json_object() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{}".to_owned()),
        Just("{ \"b\" : 1.00, \"a\":12345678901234567890123 }".to_owned()),
        Just("{\"\\u00e9\":\"é\",\"x\":{\"y\":[null,true]}}".to_owned()),
        any::<i64>().prop_map(|value| format!("{{\"n\":{value}}}")),
    ]
}
