//! Rows as the columns of an answer, and the columns of an insert as rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch, RecordBatchOptions};
use arrow_select::interleave::interleave;
use milvus::proto::schema::FieldData;
use milvus_backup_columns::{decode_columns, encode_columns};
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, arrow_schema};

use super::definition::field_number;
use super::refusal::{Answer, invalid, unexpected};
use super::settings::ValidityPlace;
use super::validity::{place, spread};
use crate::fakes::milvus::rows::RowRef;

/// Returns the part of a schema that these columns have.
fn part(schema: &CollectionSchema, has: impl Fn(&str) -> bool) -> CollectionSchema {
    let mut part = schema.clone();
    part.fields.retain(|field| has(&field.name) && !field.is_function_output);
    part.struct_fields.retain(|field| has(&field.name));
    part.enable_dynamic_field &= has(DYNAMIC_FIELD);
    part
}

/// Returns the columns of rows that were asked for, and the primary key: the proxy adds it.
pub(super) fn columns(
    schema: &CollectionSchema,
    asked: &[String],
    rows: &[RowRef],
    validity: ValidityPlace,
) -> Answer<Vec<FieldData>> {
    let key = schema.primary_key()?.name.as_str();
    let has_all = asked.iter().any(|name| name == "*");
    let part = part(schema, |name| has_all || name == key || asked.iter().any(|asked| asked == name));
    if let Some(unknown) = asked.iter().find(|name| *name != "*" && !knows(&part, name)) {
        return Err(unexpected(format!("field {unknown} not exist")));
    }
    let batch = gathered(&part, rows)?;
    let mut columns = Vec::with_capacity(batch.num_columns());
    for column in encode_columns(&part, &batch)? {
        let mut column: FieldData = column.try_into()?;
        column.field_id = field_number(schema, &column.field_name);
        spread(&mut column);
        place(&mut column, validity);
        columns.push(column);
    }
    Ok(columns)
}

fn knows(schema: &CollectionSchema, name: &str) -> bool {
    let is_field = schema.fields.iter().any(|field| field.name == name);
    let is_struct = schema.struct_fields.iter().any(|field| field.name == name);
    is_field || is_struct || (schema.enable_dynamic_field && name == DYNAMIC_FIELD)
}

/// Returns the rows as one batch.
fn gathered(schema: &CollectionSchema, rows: &[RowRef]) -> Answer<RecordBatch> {
    let arrow = Arc::new(arrow_schema(schema)?);
    if rows.is_empty() {
        return Ok(RecordBatch::new_empty(arrow));
    }
    let (mut numbers, mut batches) = (BTreeMap::new(), Vec::new());
    let indices: Vec<(usize, usize)> = rows
        .iter()
        .map(|row| {
            let number = *numbers.entry(Arc::as_ptr(&row.batch)).or_insert_with(|| {
                batches.push(&row.batch.rows);
                batches.len() - 1
            });
            (number, row.row)
        })
        .collect();
    let columns = arrow.fields().iter().map(|field| {
        let of_each = batches.iter().map(|batch| batch.column_by_name(field.name()).unwrap().as_ref());
        let arrays: Vec<&dyn Array> = of_each.collect();
        interleave(&arrays, &indices).unwrap()
    });
    let columns = columns.collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(arrow, columns, &options).unwrap())
}

/// Returns the columns of an insert as rows, whatever of the collection they have. A column of no field is refused in
/// the words of Milvus 2.3.5.
pub(super) fn rows(schema: &CollectionSchema, rows: u32, columns: Vec<FieldData>) -> Answer<RecordBatch> {
    let columns: Vec<FieldData> = columns
        .into_iter()
        .map(|mut column| {
            if column.is_dynamic {
                DYNAMIC_FIELD.clone_into(&mut column.field_name);
            }
            column
        })
        .collect();
    if let Some(unknown) = columns.iter().find(|column| !knows(schema, &column.field_name)) {
        return Err(invalid(format!("the number of fields is less than needed: `{}` is not one", unknown.field_name)));
    }
    let names: Vec<String> = columns.iter().map(|column| column.field_name.clone()).collect();
    let mut sent = part(schema, |name| names.iter().any(|sent| sent == name));
    if sent.fields.len() + sent.struct_fields.len() + usize::from(sent.enable_dynamic_field) < names.len() {
        return Err(invalid("the output of a function, or a column that was sent twice"));
    }
    // Whether NULLs are taken is decided later, since a default may take their place.
    sent.fields.iter_mut().for_each(|field| field.nullable = true);
    let rows = usize::try_from(rows).unwrap();
    decode_columns(&sent, rows, columns).map_err(|error| invalid(error.full_message()))
}
