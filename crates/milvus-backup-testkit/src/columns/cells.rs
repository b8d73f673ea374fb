//! Values in the form of the tests: bit patterns, so that NaN and -0.0 compare by their bits.

use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, StructFieldSchema};

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A boolean value, true or false.
    Bool(bool),
    /// An integer of any width.
    Int(i64),
    /// The bits of a single-precision number.
    Float(u32),
    /// The bits of a double-precision number.
    Double(u64),
    /// Text, or a JSON document.
    Text(String),
    /// The bytes of a vector, as on the wire.
    Bytes(Vec<u8>),
    /// An array, or the members of an array of structs.
    List(Vec<Cell>),
}

/// The kind of a column, with its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A field of the schema.
    Field(FieldSchema),
    /// An array of structs.
    Struct(StructFieldSchema),
    /// The dynamic field of the collection.
    Dynamic,
}

/// A column with one cell per row; `None` is NULL.
#[derive(Debug, Clone)]
pub struct Column {
    /// The kind of the column.
    pub kind: Kind,
    /// The cells, one per row.
    pub cells: Vec<Option<Cell>>,
}

impl Column {
    /// Returns the name of the column.
    pub fn name(&self) -> &str {
        match &self.kind {
            Kind::Field(field) => &field.name,
            Kind::Struct(field) => &field.name,
            Kind::Dynamic => DYNAMIC_FIELD,
        }
    }

    /// Returns a column of one row with an empty array.
    pub fn empty_array(name: &str) -> Self {
        let mut field = FieldSchema::new(name, DataType::Array).with_param("max_capacity", 8);
        field.element_type = Some(DataType::VarChar);
        Self { kind: Kind::Field(field), cells: vec![Some(Cell::List(Vec::new()))] }
    }
}

/// Columns with the same number of rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// The number of rows.
    pub rows: usize,
    /// The columns of the table.
    pub columns: Vec<Column>,
}

impl Table {
    /// Returns the rows with the given indexes, in that order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| Column {
            kind: column.kind.clone(),
            cells: rows.iter().map(|row| column.cells[*row].clone()).collect(),
        });
        Self { rows: rows.len(), columns: columns.collect() }
    }

    /// Returns the definition of a collection with these columns.
    pub fn schema(&self) -> CollectionSchema {
        let mut schema = CollectionSchema::new(Vec::new());
        for column in &self.columns {
            match &column.kind {
                Kind::Field(field) => schema.fields.push(field.clone()),
                Kind::Struct(field) => schema.struct_fields.push(field.clone()),
                Kind::Dynamic => schema.enable_dynamic_field = true,
            }
        }
        schema
    }
}
