//! The search for contents that some servers do not accept, see [`milvus_backup_core::schema::RowTrait`].

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use milvus_backup_core::schema::{
    CollectionSchema, DYNAMIC_FIELD, DataType, PrimaryKey, RowTrait, RowTraitKind, RowTraits, stored_fields,
    top_level_keys,
};

/// Collects the traits of the rows of one file.
#[derive(Debug)]
pub(super) struct TraitScanner {
    /// The `JSON` fields to examine.
    json: Vec<String>,
    sparse: Vec<String>,
    /// Names that keys outside the schema should not have; empty if there are no such keys.
    names: Vec<String>,
    found: RowTraits,
}

impl TraitScanner {
    pub(super) fn new(schema: &CollectionSchema) -> Self {
        let of = |data_type: DataType| -> Vec<String> {
            stored_fields(schema).filter(|field| field.data_type == data_type).map(|field| field.name.clone()).collect()
        };
        let fields = schema.fields.iter().map(|field| &field.name);
        let all = fields.chain(schema.struct_fields.iter().map(|field| &field.name)).cloned();
        Self {
            json: of(DataType::Json),
            sparse: of(DataType::SparseFloatVector),
            names: if schema.enable_dynamic_field { all.collect() } else { Vec::new() },
            found: RowTraits::default(),
        }
    }

    /// Examines a batch, whose keys are in the column `primary_key`.
    pub(super) fn scan(&mut self, batch: &RecordBatch, primary_key: usize) {
        let keys = batch.column(primary_key);
        let example = |row: usize| PrimaryKey::at(keys, row).map(|key| key.to_string()).unwrap_or_default();
        let found = &mut self.found;
        for field in &self.json {
            for_each_text(batch, field, |row, text| {
                if let Some(kind) = RowTraitKind::of_json(text.as_bytes()) {
                    found.note(kind, field, || example(row));
                }
            });
        }
        for field in &self.sparse {
            for_each_text(batch, field, |row, text| {
                if text == "{}" {
                    found.note(RowTraitKind::EmptySparseVector, field, || example(row));
                }
            });
        }
        let names = &self.names;
        if !names.is_empty() {
            for_each_text(batch, DYNAMIC_FIELD, |row, text| {
                top_level_keys(text, |key| {
                    if names.iter().any(|name| name == key) {
                        found.note(RowTraitKind::DynamicKeyOfField, key, || example(row));
                    }
                });
            });
        }
    }

    pub(super) fn into_found(self) -> Vec<RowTrait> {
        self.found.into_vec()
    }
}

/// Calls `visit` with the row and the text of each value of a column that is not NULL.
fn for_each_text(batch: &RecordBatch, column: &str, mut visit: impl FnMut(usize, &str)) {
    let Some(texts) = batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>()) else { return };
    for row in 0..texts.len() {
        if texts.is_valid(row) {
            visit(row, texts.value(row));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, StringArray};
    use arrow_schema::{DataType as Arrow, Field, Schema};
    use milvus_backup_core::schema::FieldSchema;

    use super::*;

    #[test]
    fn what_is_found_names_the_first_row_that_has_it() {
        let mut id = FieldSchema::new("id", DataType::Int64);
        id.is_primary = true;
        let fields =
            vec![id, FieldSchema::new("j", DataType::Json), FieldSchema::new("s", DataType::SparseFloatVector)];
        let mut schema = CollectionSchema::new(fields);
        schema.enable_dynamic_field = true;
        let arrow = Schema::new(vec![
            Field::new("id", Arrow::Int64, false),
            Field::new("j", Arrow::Utf8, true),
            Field::new("s", Arrow::Utf8, false),
            Field::new(DYNAMIC_FIELD, Arrow::Utf8, false),
        ]);
        let batch = RecordBatch::try_new(
            Arc::new(arrow),
            vec![
                Arc::new(Int64Array::from(vec![7, 8, 9])),
                Arc::new(StringArray::from(vec![Some("{\"id\": 1}"), None, Some("[1]")])),
                Arc::new(StringArray::from(vec!["{\"3\":0.5}", "{}", "{}"])),
                Arc::new(StringArray::from(vec!["{\"x\":{\"id\":1}}", "{}", "{\"id\":1000}"])),
            ],
        );
        let mut scanner = TraitScanner::new(&schema);
        scanner.scan(&batch.unwrap(), 0);
        let found: Vec<(RowTraitKind, String, String)> =
            scanner.into_found().into_iter().map(|found| (found.kind, found.field, found.example)).collect();
        let expected = [
            (RowTraitKind::JsonArray, "j", "9"),
            (RowTraitKind::EmptySparseVector, "s", "8"),
            (RowTraitKind::DynamicKeyOfField, "id", "9"),
        ];
        assert_eq!(found, expected.map(|(kind, field, key)| (kind, field.to_owned(), key.to_owned())));
    }
}
