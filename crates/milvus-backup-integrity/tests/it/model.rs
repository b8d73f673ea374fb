//! Rows as plain values: generated, and laid out as Arrow in many ways.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType, UInt8Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, FixedSizeBinaryArray, FixedSizeListArray, GenericListArray,
    GenericStringArray, OffsetSizeTrait, PrimitiveArray, RecordBatch, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use proptest::prelude::*;

/// One value, or NULL. Numbers are their bytes, so that every bit counts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(Vec<u8>),
    Text(String),
    List(Vec<Value>),
    Struct(Vec<Value>),
}

/// A type, as far as the digest tells types apart.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Boolean,
    Number(DataType),
    Text,
    List(Box<Kind>),
    /// A list whose values all have this many elements.
    Fixed(Box<Kind>, usize),
    Struct(Vec<(&'static str, Kind)>),
}

pub(crate) type Columns = Vec<(&'static str, Kind)>;
pub(crate) type Row = Vec<Value>;

/// How values are laid out, apart from what they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// 64-bit offsets for texts and lists.
    pub large: bool,
    /// Lists of one length as `FixedSizeList`.
    pub fixed: bool,
    /// Stands under NULLs.
    pub junk: u8,
}

impl Layout {
    pub(crate) const PLAIN: Self = Self { large: false, fixed: true, junk: 0 };
}

pub(crate) fn layout() -> impl Strategy<Value = Layout> {
    any::<(bool, bool, u8)>().prop_map(|(large, fixed, junk)| Layout { large, fixed, junk })
}

/// Every shape that has a digest.
pub(crate) fn columns() -> Columns {
    let number = Kind::Number;
    let list = |kind| Kind::List(Box::new(kind));
    vec![
        ("flag", Kind::Boolean),
        ("i8", number(DataType::Int8)),
        ("i16", number(DataType::Int16)),
        ("i32", number(DataType::Int32)),
        ("id", number(DataType::Int64)),
        ("f32", number(DataType::Float32)),
        ("f64", number(DataType::Float64)),
        ("day", number(DataType::Date32)),
        ("time", number(DataType::Time64(TimeUnit::Microsecond))),
        ("price", number(DataType::Decimal128(18, 4))),
        ("uuid", Kind::Number(DataType::FixedSizeBinary(16))),
        ("days", list(number(DataType::Date32))),
        ("uuids", list(Kind::Number(DataType::FixedSizeBinary(16)))),
        ("name", Kind::Text),
        ("vector", Kind::Fixed(Box::new(number(DataType::Float32)), 3)),
        ("bits", Kind::Fixed(Box::new(number(DataType::UInt8)), 2)),
        ("numbers", list(number(DataType::Int32))),
        ("words", list(Kind::Text)),
        ("matrix", list(list(number(DataType::Int64)))),
        ("part", Kind::Struct(vec![("a", number(DataType::Int64)), ("b", Kind::Text)])),
        (
            "parts",
            list(Kind::Struct(vec![
                ("clip", Kind::Text),
                ("vector", Kind::Fixed(Box::new(number(DataType::Float32)), 2)),
                ("flags", list(Kind::Boolean)),
            ])),
        ),
    ]
}

pub(crate) fn value(kind: &Kind) -> BoxedStrategy<Value> {
    let strategy = match kind {
        Kind::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Kind::Number(of) => prop_oneof![
            3 => prop::collection::vec(any::<u8>(), width(of)),
            1 => Just(vec![0; width(of)]),
        ]
        .prop_map(Value::Number)
        .boxed(),
        Kind::Text => "[ab\u{e9}]{0,3}".prop_map(Value::Text).boxed(),
        Kind::List(element) => prop::collection::vec(value(element), 0..4).prop_map(Value::List).boxed(),
        Kind::Fixed(element, len) => prop::collection::vec(value(element), *len).prop_map(Value::List).boxed(),
        Kind::Struct(members) => {
            members.iter().map(|(_, kind)| value(kind)).collect::<Vec<_>>().prop_map(Value::Struct).boxed()
        }
    };
    prop_oneof![6 => strategy, 1 => Just(Value::Null)].boxed()
}

pub(crate) fn rows(columns: &Columns, count: impl Into<prop::collection::SizeRange>) -> BoxedStrategy<Vec<Row>> {
    let row = columns.iter().map(|(_, kind)| value(kind)).collect::<Vec<_>>();
    prop::collection::vec(row, count).boxed()
}

pub(crate) fn batch(columns: &Columns, rows: &[Row], layout: Layout) -> RecordBatch {
    let arrays: Vec<ArrayRef> = columns
        .iter()
        .enumerate()
        .map(|(i, (_, kind))| array(kind, &rows.iter().map(|row| row[i].clone()).collect::<Vec<_>>(), layout))
        .collect();
    let fields: Vec<Field> = columns
        .iter()
        .zip(&arrays)
        .map(|((name, _), array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

fn width(of: &DataType) -> usize {
    match of {
        DataType::FixedSizeBinary(width) => usize::try_from(*width).unwrap(),
        of => of.primitive_width().unwrap(),
    }
}

fn array(kind: &Kind, values: &[Value], layout: Layout) -> ArrayRef {
    let nulls = values.iter().map(|value| *value != Value::Null).collect::<NullBuffer>();
    match kind {
        Kind::Boolean => {
            let bits =
                values.iter().map(|v| matches!(v, Value::Boolean(true)) || (*v == Value::Null && layout.junk > 0));
            Arc::new(BooleanArray::new(bits.collect(), Some(nulls)))
        }
        Kind::Number(of) => match of {
            DataType::Int8 => numbers::<Int8Type>(values, nulls, layout, |b| i8::from_le_bytes(b.try_into().unwrap())),
            DataType::Int16 => {
                numbers::<Int16Type>(values, nulls, layout, |b| i16::from_le_bytes(b.try_into().unwrap()))
            }
            DataType::Int32 => {
                numbers::<Int32Type>(values, nulls, layout, |b| i32::from_le_bytes(b.try_into().unwrap()))
            }
            DataType::Int64 => {
                numbers::<Int64Type>(values, nulls, layout, |b| i64::from_le_bytes(b.try_into().unwrap()))
            }
            DataType::UInt8 => numbers::<UInt8Type>(values, nulls, layout, |b| b[0]),
            DataType::Date32 => {
                numbers::<Date32Type>(values, nulls, layout, |b| i32::from_le_bytes(b.try_into().unwrap()))
            }
            DataType::Time64(_) => {
                numbers::<Time64MicrosecondType>(values, nulls, layout, |b| i64::from_le_bytes(b.try_into().unwrap()))
            }
            DataType::Decimal128(precision, scale) => {
                let numbers =
                    numbers::<Decimal128Type>(values, nulls, layout, |b| i128::from_le_bytes(b.try_into().unwrap()));
                let numbers = numbers.as_primitive::<Decimal128Type>().clone();
                Arc::new(numbers.with_precision_and_scale(*precision, *scale).unwrap())
            }
            DataType::FixedSizeBinary(_) => binaries(values, nulls, layout),
            DataType::Float32 => {
                numbers::<Float32Type>(values, nulls, layout, |b| f32::from_le_bytes(b.try_into().unwrap()))
            }
            _ => numbers::<Float64Type>(values, nulls, layout, |b| f64::from_le_bytes(b.try_into().unwrap())),
        },
        Kind::Text if layout.large => texts::<i64>(values, nulls, layout),
        Kind::Text => texts::<i32>(values, nulls, layout),
        Kind::Fixed(element, len) if layout.fixed => {
            let elements = array(element, &elements(values, *len), layout);
            let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
            let size = i32::try_from(*len).unwrap();
            Arc::new(FixedSizeListArray::new(field, size, elements, Some(nulls)))
        }
        Kind::List(element) | Kind::Fixed(element, _) if layout.large => lists::<i64>(element, values, nulls, layout),
        Kind::List(element) | Kind::Fixed(element, _) => lists::<i32>(element, values, nulls, layout),
        Kind::Struct(members) => structs(members, values, nulls, layout),
    }
}

fn numbers<T: ArrowPrimitiveType>(
    values: &[Value],
    nulls: NullBuffer,
    layout: Layout,
    read: impl Fn(&[u8]) -> T::Native,
) -> ArrayRef {
    let junk = vec![layout.junk; size_of::<T::Native>()];
    let values = values.iter().map(|value| read(if let Value::Number(bytes) = value { bytes } else { &junk }));
    Arc::new(PrimitiveArray::<T>::new(values.collect(), Some(nulls)))
}

fn binaries(values: &[Value], nulls: NullBuffer, layout: Layout) -> ArrayRef {
    let junk = [layout.junk; 16];
    let bytes =
        values.iter().flat_map(|value| if let Value::Number(bytes) = value { bytes.clone() } else { junk.to_vec() });
    Arc::new(FixedSizeBinaryArray::new(16, bytes.collect::<Vec<u8>>().into(), Some(nulls)))
}

fn texts<O: OffsetSizeTrait>(values: &[Value], nulls: NullBuffer, layout: Layout) -> ArrayRef {
    let junk = "x".repeat(usize::from(layout.junk % 4));
    let texts: Vec<&str> =
        values.iter().map(|v| if let Value::Text(text) = v { text } else { junk.as_str() }).collect();
    let offsets = OffsetBuffer::<O>::from_lengths(texts.iter().map(|text| text.len()));
    Arc::new(GenericStringArray::<O>::new(offsets, texts.concat().into_bytes().into(), Some(nulls)))
}

/// The elements of all lists, with `under_null` NULLs where a list is NULL.
fn elements(values: &[Value], under_null: usize) -> Vec<Value> {
    values
        .iter()
        .flat_map(|v| if let Value::List(items) = v { items.clone() } else { vec![Value::Null; under_null] })
        .collect()
}

fn lists<O: OffsetSizeTrait>(element: &Kind, values: &[Value], nulls: NullBuffer, layout: Layout) -> ArrayRef {
    let under_null = usize::from(layout.junk % 3);
    let lengths = values.iter().map(|v| if let Value::List(items) = v { items.len() } else { under_null });
    let offsets = OffsetBuffer::<O>::from_lengths(lengths);
    let elements = array(element, &elements(values, under_null), layout);
    let field = Arc::new(Field::new("element", elements.data_type().clone(), true));
    Arc::new(GenericListArray::<O>::new(field, offsets, elements, Some(nulls)))
}

fn structs(members: &[(&'static str, Kind)], values: &[Value], nulls: NullBuffer, layout: Layout) -> ArrayRef {
    let mut columns = Vec::new();
    for (i, (name, kind)) in members.iter().enumerate() {
        let of_member =
            values.iter().map(|v| if let Value::Struct(parts) = v { parts[i].clone() } else { Value::Null });
        let column = array(kind, &of_member.collect::<Vec<_>>(), layout);
        columns.push((Field::new(*name, column.data_type().clone(), true), column));
    }
    let (fields, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    Arc::new(StructArray::new(fields.into(), columns, Some(nulls)))
}
