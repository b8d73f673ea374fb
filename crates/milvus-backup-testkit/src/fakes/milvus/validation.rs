//! Which rows a collection takes, and in what form it keeps them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_schema::{Field, SchemaRef};
use milvus_backup_core::schema::{
    CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, RowTraitKind, arrow_schema, stored_fields, top_level_keys,
};
use milvus_backup_core::{ALLOW_INSERT_AUTO_ID, Error, PreserveAutoId, Result};

use super::model::{Family, ServerModel};
use super::values::{default_array, generated, is_alike, retyped, with_default};

/// What `milvus-backup-client` checks before it sends a batch: every column is one of the schema that it was given.
pub(super) fn require_columns(schema: &CollectionSchema, batch: &RecordBatch) -> Result<()> {
    let known = arrow_schema(schema)?;
    let batch_schema = batch.schema();
    let columns = batch_schema.fields();
    let in_schema = columns.iter().filter(|column| known.field_with_name(column.name()).is_ok()).count();
    if in_schema != columns.len() {
        return Err(misfit("*", format!("{} columns, of which the schema has {in_schema}", columns.len())));
    }
    for column in columns {
        let wanted = known.field_with_name(column.name()).unwrap().data_type();
        if !is_alike(column.data_type(), wanted) {
            let message = format!("a column of {} where {wanted} is needed", column.data_type());
            return Err(misfit(column.name(), message));
        }
    }
    Ok(())
}

fn misfit(field: &str, message: String) -> Error {
    Error::Encoding { action: format!("encode field `{field}` for Milvus"), source: message.into() }
}

impl ServerModel {
    /// The rows of a batch with the columns of a collection, or the refusal of the server. `new_key` makes keys where the
    /// server generates them.
    pub(super) fn accept(
        &self,
        schema: &CollectionSchema,
        batch: &RecordBatch,
        mut new_key: impl FnMut() -> i64,
    ) -> Result<RecordBatch> {
        let wanted: SchemaRef = arrow_schema(schema)?.into();
        self.require_known(&wanted, batch)?;
        let key = schema.primary_key()?;
        let takes_keys = match self.capabilities.preserve_auto_id {
            PreserveAutoId::Yes => true,
            PreserveAutoId::WithProperty => {
                schema.properties.get(ALLOW_INSERT_AUTO_ID).is_some_and(|value| value == "true")
            }
            _ => false,
        };
        if key.auto_id && !takes_keys && batch.column_by_name(&key.name).is_some() {
            return Err(self.family.rows("the number of fields is less than needed: a key that is generated was sent"));
        }
        let columns = wanted.fields().iter().map(|column| {
            let field = stored_fields(schema).find(|field| field.name == *column.name());
            match (batch.column_by_name(column.name()), field) {
                (Some(values), field) => self.checked(column, field, values),
                (None, Some(field)) if field.is_primary && field.auto_id => {
                    Ok(generated(field.data_type, (0..batch.num_rows()).map(|_| new_key())))
                }
                (None, field) => self.left_out(column, field, batch.num_rows()),
            }
        });
        let rows = RecordBatch::try_new(wanted.clone(), columns.collect::<Result<_>>()?).unwrap();
        self.require_traits(schema, &rows)?;
        Ok(rows)
    }

    fn require_known(&self, wanted: &SchemaRef, batch: &RecordBatch) -> Result<()> {
        let batch_schema = batch.schema();
        let mut columns = batch_schema.fields().iter();
        let unknown =
            columns.find(|column| wanted.field_with_name(column.name()).is_err() && !self.is_nothing(column, batch));
        match unknown {
            Some(column) if !self.rows.drops_unknown_columns => {
                let reason = format!("the number of fields is less than needed: `{}` is not one", column.name());
                Err(self.family.rows(reason))
            }
            _ => Ok(()),
        }
    }

    /// Milvus Lite 3 looks into the rows: where they have no keys outside the schema, there is nothing to refuse.
    fn is_nothing(&self, column: &Field, batch: &RecordBatch) -> bool {
        let texts = batch.column_by_name(column.name()).and_then(|column| column.as_string_opt::<i32>());
        let is_empty = texts.is_some_and(|texts| texts.iter().flatten().all(|text| text == "{}"));
        self.family == Family::Lite3 && column.name() == DYNAMIC_FIELD && is_empty
    }

    fn checked(&self, column: &Field, field: Option<&FieldSchema>, values: &ArrayRef) -> Result<ArrayRef> {
        let name = column.name();
        let Some(values) = retyped(values, column.data_type()) else {
            return Err(self.family.rows(format!("field '{name}' is illegal, type mismatch")));
        };
        let default = field.and_then(|field| field.default_value.as_ref());
        let values = match default.and_then(|default| default_array(column.data_type(), default)) {
            Some(default) if values.null_count() > 0 => with_default(&values, default),
            _ => values,
        };
        if values.null_count() > 0 && !column.is_nullable() {
            return Err(self.family.rows(format!("field '{name}' is None but not nullable")));
        }
        if let Some(field) = field {
            self.require_short_texts(field, &values)?;
            self.require_finite(field, &values)?;
        }
        Ok(values)
    }

    /// A column that was not sent.
    fn left_out(&self, column: &Field, field: Option<&FieldSchema>, rows: usize) -> Result<ArrayRef> {
        let default = field.and_then(|field| field.default_value.as_ref());
        if let Some(default) = default.and_then(|default| default_array(column.data_type(), default)) {
            return Ok(with_default(&new_null_array(column.data_type(), rows), default));
        }
        if column.name() == DYNAMIC_FIELD {
            return Ok(Arc::new(StringArray::from_iter_values((0..rows).map(|_| "{}"))));
        }
        if column.is_nullable() {
            return Ok(new_null_array(column.data_type(), rows));
        }
        Err(self.family.rows(format!("field '{}' missing and not nullable / no default", column.name())))
    }

    fn require_short_texts(&self, field: &FieldSchema, values: &ArrayRef) -> Result<()> {
        let (Some(longest), true) = (field.max_length(), self.rows.checks_lengths) else { return Ok(()) };
        let too_long = |text: &&str| text.len() > longest;
        let found = values.as_string_opt::<i32>().and_then(|texts| texts.iter().flatten().find(too_long));
        match found {
            Some(text) => {
                let length = text.len();
                Err(self.family.rows(format!("the length ({length}) of a string exceeds max length ({longest})")))
            }
            None => Ok(()),
        }
    }

    /// Milvus takes no vector with NaN or an infinity.
    fn require_finite(&self, field: &FieldSchema, values: &ArrayRef) -> Result<()> {
        if self.family != Family::Milvus || field.data_type != DataType::FloatVector {
            return Ok(());
        }
        let numbers = values.as_list::<i32>().values().as_primitive::<Float32Type>();
        match numbers.iter().flatten().find(|number| !number.is_finite()) {
            Some(number) => Err(self.family.rows(format!("value '{number}' is not a number or infinity"))),
            None => Ok(()),
        }
    }

    /// An import takes no number that is NaN or infinite, which an insert does.
    pub(super) fn require_finite_numbers(&self, rows: &RecordBatch) -> Result<()> {
        let is_bad = |column: &ArrayRef| {
            let single = column.as_primitive_opt::<Float32Type>();
            let double = column.as_primitive_opt::<Float64Type>();
            single.is_some_and(|values| values.iter().flatten().any(|value| !value.is_finite()))
                || double.is_some_and(|values| values.iter().flatten().any(|value| !value.is_finite()))
        };
        let bad = rows.columns().iter().any(is_bad);
        if bad { Err(self.family.rows("value 'NaN' is not a number or infinity")) } else { Ok(()) }
    }

    /// Refuses rows of a kind that the server does not keep as they are.
    fn require_traits(&self, schema: &CollectionSchema, rows: &RecordBatch) -> Result<()> {
        let mut found: Option<RowTraitKind> = None;
        let mut note = |kind: RowTraitKind| {
            if !self.capabilities.row_traits.contains(&kind) {
                found = Some(kind);
            }
        };
        for field in stored_fields(schema) {
            let texts = rows.column_by_name(&field.name).and_then(|column| column.as_string_opt::<i32>());
            let texts = texts.into_iter().flat_map(|texts| texts.iter().flatten());
            match field.data_type {
                DataType::Json => texts.filter_map(|text| RowTraitKind::of_json(text.as_bytes())).for_each(&mut note),
                DataType::SparseFloatVector if texts.into_iter().any(|text| text == "{}") => {
                    note(RowTraitKind::EmptySparseVector);
                }
                _ => {}
            }
        }
        let dynamic = rows.column_by_name(DYNAMIC_FIELD).and_then(|column| column.as_string_opt::<i32>());
        for text in dynamic.into_iter().flat_map(|texts| texts.iter().flatten()) {
            top_level_keys(text, |key| {
                if schema.fields.iter().any(|field| field.name == key) {
                    note(RowTraitKind::DynamicKeyOfField);
                }
            });
        }
        found.map_or(Ok(()), |kind| Err(self.family.rows(format!("rows of kind {kind:?}"))))
    }
}
