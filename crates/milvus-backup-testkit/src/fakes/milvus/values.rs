//! The values of columns: of a type in another spelling, generated, and filled in.

use std::sync::Arc;

use arrow_array::builder::BooleanBuilder;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array,
    Int64Array, Scalar, StringArray, Time64MicrosecondArray, make_array,
};
use arrow_schema::DataType as Arrow;
use arrow_select::zip::zip;
use milvus_backup_core::schema::{DataType, DefaultValue};

/// Whether two types differ in nothing but the names and the nullability of what is inside of lists.
pub(super) fn is_alike(one: &Arrow, other: &Arrow) -> bool {
    match (one, other) {
        (Arrow::List(one), Arrow::List(other)) => is_alike(one.data_type(), other.data_type()),
        (one, other) => one == other,
    }
}

/// The values under exactly this type, which may differ in the names and the nullability inside of lists.
pub(super) fn retyped(values: &ArrayRef, wanted: &Arrow) -> Option<ArrayRef> {
    if values.data_type() == wanted {
        return Some(Arc::clone(values));
    }
    if !is_alike(values.data_type(), wanted) {
        return None;
    }
    let data = values.to_data().into_builder().data_type(wanted.clone()).build().ok()?;
    Some(make_array(data))
}

/// Keys that the server makes.
pub(super) fn generated(data_type: DataType, keys: impl Iterator<Item = i64>) -> ArrayRef {
    match data_type {
        DataType::Int64 => Arc::new(Int64Array::from_iter_values(keys)),
        _ => Arc::new(StringArray::from_iter_values(keys.map(|key| key.to_string()))),
    }
}

/// The values with the default in place of each NULL, as servers fill them in.
pub(super) fn with_default(values: &ArrayRef, default: ArrayRef) -> ArrayRef {
    let mut is_there = BooleanBuilder::with_capacity(values.len());
    (0..values.len()).for_each(|row| is_there.append_value(values.is_valid(row)));
    zip(&is_there.finish(), values, &Scalar::new(default)).unwrap()
}

/// The default as an array of one value of this type.
pub(super) fn default_array(data_type: &Arrow, default: &DefaultValue) -> Option<ArrayRef> {
    let number: Option<f64> = match default {
        DefaultValue::Int(value) => Some(f64::from(*value)),
        DefaultValue::Float(text) | DefaultValue::Double(text) => text.parse().ok(),
        _ => None,
    };
    Some(match (data_type, default) {
        (Arrow::Boolean, DefaultValue::Bool(value)) => Arc::new(BooleanArray::from(vec![*value])),
        (Arrow::Int8, DefaultValue::Int(value)) => Arc::new(Int8Array::from(vec![i8::try_from(*value).ok()?])),
        (Arrow::Int16, DefaultValue::Int(value)) => Arc::new(Int16Array::from(vec![i16::try_from(*value).ok()?])),
        (Arrow::Int32, DefaultValue::Int(value)) => Arc::new(Int32Array::from(vec![*value])),
        (Arrow::Int64, DefaultValue::Long(value)) => Arc::new(Int64Array::from(vec![*value])),
        (Arrow::Float32, DefaultValue::Float(text)) => Arc::new(Float32Array::from(vec![text.parse::<f32>().ok()?])),
        (Arrow::Float64, _) => Arc::new(Float64Array::from(vec![number?])),
        (Arrow::Date32, DefaultValue::Date(days)) => Arc::new(Date32Array::from(vec![*days])),
        (Arrow::Time64(_), DefaultValue::Time(value)) => Arc::new(Time64MicrosecondArray::from(vec![*value])),
        (Arrow::Utf8, DefaultValue::String(text) | DefaultValue::Json(text)) => {
            Arc::new(StringArray::from(vec![text.as_str()]))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;

    use super::*;

    #[test]
    fn a_default_replaces_each_null() {
        let values: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(3.0)]));
        let default = default_array(&Arrow::Float64, &DefaultValue::Double("0.5".to_owned())).unwrap();
        assert_eq!(with_default(&values, default).as_primitive::<Float64Type>().values(), &[1.0, 0.5, 3.0]);
        assert!(default_array(&Arrow::Int8, &DefaultValue::Int(300)).is_none());
    }

    #[test]
    fn lists_may_name_their_elements_otherwise() {
        let list =
            |name: &str, nullable: bool| Arrow::List(Arc::new(arrow_schema::Field::new(name, Arrow::Int8, nullable)));
        let values = arrow_array::new_null_array(&list("item", true), 2);
        assert_eq!(retyped(&values, &list("element", false)).unwrap().data_type(), &list("element", false));
        assert!(retyped(&values, &Arrow::Int8).is_none());
    }
}
