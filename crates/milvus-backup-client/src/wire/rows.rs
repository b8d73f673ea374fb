//! From a batch to an insert.

use arrow_array::{ArrayRef, RecordBatch};
use milvus_backup_core::schema::{CollectionSchema, FieldSchema, stored_fields};
use milvus_backup_core::{CollectionName, Error, Result};

use super::{Column, Elements, Floats, InsertRows, Values, Vectors};
use crate::columns::{encode_columns, flags, float_elements, wire_dim};
use crate::describe::wire_type;

impl InsertRows {
    /// An insert of `batch`, whose float vectors are not copied.
    pub(crate) fn new(
        db_name: String,
        collection: &CollectionName,
        partition: Option<&str>,
        schema: &CollectionSchema,
        batch: &RecordBatch,
    ) -> Result<Self> {
        let rows = batch.num_rows();
        let too_many = |_| Error::Protocol { message: format!("a batch of {rows} rows") };
        let mut fields_data = Vec::with_capacity(batch.num_columns());
        let mut others = Vec::with_capacity(batch.num_columns());
        for (index, (name, column)) in
            batch.schema_ref().fields().iter().map(|field| field.name()).zip(batch.columns()).enumerate()
        {
            let field = stored_fields(schema).find(|field| field.name == *name);
            match field.map(|field| Column::of_float_vectors(field, column)).transpose()?.flatten() {
                Some(column) => fields_data.push(column),
                None => others.push(index),
            }
        }
        let others = batch
            .project(&others)
            .map_err(|source| Error::Encoding { action: "choose columns".to_owned(), source: Box::new(source) })?;
        fields_data.extend(encode_columns(schema, &others)?.into_iter().map(Column::from));
        Ok(Self {
            db_name,
            collection_name: collection.to_string(),
            partition_name: partition.unwrap_or_default().to_owned(),
            fields_data,
            num_rows: u32::try_from(rows).map_err(too_many)?,
        })
    }
}

impl Column {
    /// Float vectors where they are, unless there are NULLs among them.
    fn of_float_vectors(field: &FieldSchema, column: &ArrayRef) -> Result<Option<Self>> {
        let Some(elements) = float_elements(field, column)? else { return Ok(None) };
        let vectors = Vectors {
            dim: wire_dim(field)?,
            elements: Some(Elements::Float(Floats::from(elements))),
            ..Vectors::default()
        };
        Ok(Some(Self {
            data_type: wire_type(field.data_type),
            field_name: field.name.clone(),
            valid_data: flags(field, column),
            values: Some(Values::Vectors(vectors)),
            ..Self::default()
        }))
    }
}
