//! Values as the test sees them: bit patterns, so that NaN and -0.0 compare as what they are.

use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, StructFieldSchema};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// True or false.
    Bool(bool),
    /// All integers.
    Int(i64),
    /// Bits of a single-precision number.
    Float(u32),
    /// Bits of a double-precision number.
    Double(u64),
    /// Text and JSON.
    Text(String),
    /// Bytes of a vector, as on the wire.
    Bytes(Vec<u8>),
    /// An array, or the members of an array of structs.
    List(Vec<Cell>),
}

/// What a column is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A field.
    Field(FieldSchema),
    /// An array of structs.
    Struct(StructFieldSchema),
    /// The dynamic field.
    Dynamic,
}

/// A column with one cell per row; `None` is NULL.
#[derive(Debug, Clone)]
pub struct Column {
    /// What it is.
    pub kind: Kind,
    /// One value per row.
    pub cells: Vec<Option<Cell>>,
}

impl Column {
    /// Name of the column.
    pub fn name(&self) -> &str {
        match &self.kind {
            Kind::Field(field) => &field.name,
            Kind::Struct(field) => &field.name,
            Kind::Dynamic => DYNAMIC_FIELD,
        }
    }

    /// One row with an empty array.
    pub fn empty_array(name: &str) -> Self {
        let mut field = FieldSchema::new(name, DataType::Array).with_param("max_capacity", 8);
        field.element_type = Some(DataType::VarChar);
        Self { kind: Kind::Field(field), cells: vec![Some(Cell::List(Vec::new()))] }
    }
}

/// Columns of one length.
#[derive(Debug, Clone)]
pub struct Table {
    /// Number of rows.
    pub rows: usize,
    /// The columns.
    pub columns: Vec<Column>,
}

impl Table {
    /// The rows of the given numbers, in that order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| Column {
            kind: column.kind.clone(),
            cells: rows.iter().map(|row| column.cells[*row].clone()).collect(),
        });
        Self { rows: rows.len(), columns: columns.collect() }
    }

    /// The definition of a collection with these columns.
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
