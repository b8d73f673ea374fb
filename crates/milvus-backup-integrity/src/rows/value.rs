//! The selection of the rule for a type, and the hashes of structs, whose members follow any of the rules.

use arrow_array::cast::AsArray;
use arrow_array::{Array, StructArray};
use arrow_schema::DataType;

use super::hasher::refuse_duplicates;
use super::leaf::{hash_booleans, hash_each, hash_numbers, hash_texts, number_bytes};
use super::list::{hash_fixed, hash_variable};
use super::seed::Tag;
use super::sink::{Sink, Sums};
use crate::error::{Error, Result};

/// Maximum depth of nested lists and structs: far more than Milvus has, and too few to exhaust a stack.
const MAX_DEPTH: usize = 32;

/// Passes the hash of every row of the column `name`, whose values are `array`, to `sink`.
pub(super) fn hash_values<S: Sink>(name: &str, array: &dyn Array, depth: usize, sink: &mut S) -> Result<()> {
    let unsupported = || Error::UnsupportedType { column: name.to_owned(), data_type: array.data_type().to_string() };
    if depth > MAX_DEPTH {
        return Err(unsupported());
    }
    if let (Some(tag), Some(values)) = (Tag::of_number(array.data_type()), number_bytes(array)) {
        hash_numbers(name, tag, array, values, sink);
        return Ok(());
    }
    match array.data_type() {
        DataType::Boolean => hash_booleans(name, array.as_boolean_opt().ok_or_else(unsupported)?, sink),
        DataType::Utf8 => hash_texts(name, array.as_string_opt::<i32>().ok_or_else(unsupported)?, sink),
        DataType::LargeUtf8 => hash_texts(name, array.as_string_opt::<i64>().ok_or_else(unsupported)?, sink),
        DataType::List(_) => hash_variable(name, array.as_list_opt::<i32>().ok_or_else(unsupported)?, depth, sink)?,
        DataType::LargeList(_) => {
            hash_variable(name, array.as_list_opt::<i64>().ok_or_else(unsupported)?, depth, sink)?;
        }
        DataType::FixedSizeList(..) => {
            hash_fixed(name, array.as_fixed_size_list_opt().ok_or_else(unsupported)?, depth, sink)?;
        }
        DataType::Struct(_) => hash_structs(name, array.as_struct_opt().ok_or_else(unsupported)?, depth, sink)?,
        _ => return Err(unsupported()),
    }
    Ok(())
}

fn hash_structs<S: Sink>(name: &str, array: &StructArray, depth: usize, sink: &mut S) -> Result<()> {
    refuse_duplicates(array.fields().iter().map(|field| field.name().as_str()))?;
    let mut sums = vec![0; array.len()];
    for (field, member) in array.fields().iter().zip(array.columns()) {
        hash_values(field.name(), member.as_ref(), depth + 1, &mut Sums(&mut sums))?;
    }
    hash_each(name, Tag::STRUCT, array, sums.iter().map(|sum| sum.to_le_bytes()), sink);
    Ok(())
}
