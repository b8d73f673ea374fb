//! The columns of a collection with the ids of their fields, by which log files name them.

use std::collections::{BTreeMap, BTreeSet};

use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, stored_fields};
use milvus_backup_core::{Error, Result};

use crate::log::require_supported;

/// The id of the column of row ids.
pub(super) const ROW_ID: i64 = 0;

/// The id of the column of timestamps.
pub(super) const TIMESTAMP: i64 = 1;

/// The id of the first field of a schema.
const FIRST_FIELD: i64 = 100;

/// A column of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowColumn {
    pub(super) id: i64,
    pub(super) field: FieldSchema,
    pub(super) is_dynamic: bool,
}

/// Returns the columns in the order of [`milvus_backup_core::schema::arrow_schema`].
pub(super) fn row_columns(schema: &CollectionSchema, ids: &BTreeMap<String, i64>) -> Result<Vec<RowColumn>> {
    if let Some(field) = schema.struct_fields.first() {
        return Err(Error::Unsupported { what: format!("segment files with arrays of structs: `{}`", field.name) });
    }
    let known = field_ids(schema, ids)?;
    let column = |field: &FieldSchema| {
        require_supported(field).map_err(|error| Error::Unsupported { what: format!("segment files with {error}") })?;
        Ok(RowColumn { id: known[field.name.as_str()], field: field.clone(), is_dynamic: false })
    };
    let mut columns = stored_fields(schema).map(column).collect::<Result<Vec<_>>>()?;
    if schema.enable_dynamic_field {
        let field = FieldSchema::new(DYNAMIC_FIELD, DataType::Json);
        columns.push(RowColumn { id: known[DYNAMIC_FIELD], field, is_dynamic: true });
    }
    Ok(columns)
}

/// Returns the id of each field, and of the dynamic field.
fn field_ids<'a>(schema: &'a CollectionSchema, ids: &BTreeMap<String, i64>) -> Result<BTreeMap<&'a str, i64>> {
    let names = schema.fields.iter().map(|field| field.name.as_str());
    let mut known: BTreeMap<&str, i64> = if ids.is_empty() {
        names.zip(FIRST_FIELD..).collect()
    } else {
        let id = |name: &'a str| {
            let missing = || Error::Protocol { message: format!("field `{name}` has no id") };
            Ok((name, *ids.get(name).ok_or_else(missing)?))
        };
        names.map(id).collect::<Result<_>>()?
    };
    let dynamic = ids.get(DYNAMIC_FIELD).copied().unwrap_or_else(|| first_unused(&known));
    known.insert(DYNAMIC_FIELD, dynamic);
    Ok(known)
}

/// Returns the id that the dynamic field of a collection was given: that after the fields with which the collection was
/// created. Fields that were added later have ids beyond it.
fn first_unused(known: &BTreeMap<&str, i64>) -> i64 {
    let used: BTreeSet<i64> = known.values().copied().collect();
    let beyond = used.last().map_or(FIRST_FIELD, |last| last.saturating_add(1));
    (FIRST_FIELD..beyond).find(|id| !used.contains(id)).unwrap_or(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> CollectionSchema {
        let fields = ["id", "output", "vector"].map(|name| FieldSchema::new(name, DataType::Int64));
        let mut schema = CollectionSchema::new(fields.into());
        schema.fields[1].is_function_output = true;
        schema.enable_dynamic_field = true;
        schema
    }

    fn ids(schema: &CollectionSchema, ids: &[(&str, i64)]) -> Vec<i64> {
        let ids = ids.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
        row_columns(schema, &ids).unwrap().iter().map(|column| column.id).collect()
    }

    #[test]
    fn fields_are_numbered_in_order_unless_the_server_says_otherwise() {
        let schema = schema();
        assert_eq!(ids(&schema, &[]), [100, 102, 103], "outputs of functions have ids too");
        assert_eq!(ids(&schema, &[("id", 100), ("output", 101), ("vector", 102)]), [100, 102, 103]);
        assert_eq!(ids(&schema, &[("id", 100), ("output", 101), ("vector", 103)]), [100, 103, 102], "added later");
        assert_eq!(ids(&schema, &[("id", 100), ("output", 101), ("vector", 103), ("$meta", 109)]), [100, 103, 109]);
    }

    #[test]
    fn fields_without_an_id_or_a_form_are_refused() {
        assert!(row_columns(&schema(), &BTreeMap::from([("id".to_owned(), 100)])).is_err());
        let text = CollectionSchema::new(vec![FieldSchema::new("text", DataType::Text)]);
        assert!(matches!(row_columns(&text, &BTreeMap::new()), Err(Error::Unsupported { .. })));
    }
}
