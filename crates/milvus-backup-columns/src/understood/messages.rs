//! The fields of the messages that describe collections and carry rows, as `milvus.proto`, `schema.proto` and
//! `common.proto` define them.

use super::layout::Layout;

const fn leaf(name: &'static str, fields: &'static [u32]) -> Layout {
    Layout { name, fields, nested: &[], named_by: None }
}

static STATUS: Layout = leaf("Status", &[1, 2, 3, 4, 5, 6]);
static KEY_VALUE: Layout = leaf("KeyValuePair", &[1, 2]);
static VALUE: Layout = leaf("ValueField", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

static TYPE: Layout =
    Layout { name: "TypeSchema", fields: &[1, 4], nested: &[(2, &TYPE), (3, &KEY_VALUE)], named_by: None };

static FIELD: Layout = Layout {
    name: "FieldSchema",
    fields: &[1, 2, 3, 4, 5, 8, 9, 10, 12, 13, 14, 15, 16, 17, 19],
    nested: &[(6, &KEY_VALUE), (7, &KEY_VALUE), (11, &VALUE), (18, &TYPE)],
    named_by: Some(2),
};

static STRUCT: Layout = Layout {
    name: "StructArrayFieldSchema",
    fields: &[1, 2, 3, 6],
    nested: &[(4, &FIELD), (5, &KEY_VALUE)],
    named_by: Some(2),
};

static FUNCTION: Layout =
    Layout { name: "FunctionSchema", fields: &[1, 2, 3, 4, 5, 6, 7, 8], nested: &[(9, &KEY_VALUE)], named_by: Some(1) };

static SCHEMA: Layout = Layout {
    name: "CollectionSchema",
    fields: &[1, 2, 3, 5, 8, 10, 11, 12, 13, 14, 15],
    nested: &[(4, &FIELD), (6, &KEY_VALUE), (7, &FUNCTION), (9, &STRUCT)],
    named_by: None,
};

/// The response of `DescribeCollection`. How rows are spread over shards is not examined: they are distributed again in a
/// collection that is created.
pub(super) static DESCRIPTION: Layout = Layout {
    name: "DescribeCollectionResponse",
    fields: &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22],
    nested: &[(1, &STATUS), (2, &SCHEMA), (13, &KEY_VALUE)],
    named_by: None,
};

/// Any message with one repeated field of scalars.
static VALUES: Layout = leaf("array of values", &[1]);

static SCALARS: Layout = Layout {
    name: "ScalarField",
    fields: &[17],
    nested: &[
        (1, &VALUES),
        (2, &VALUES),
        (3, &VALUES),
        (4, &VALUES),
        (5, &VALUES),
        (6, &VALUES),
        (7, &VALUES),
        (8, &ARRAYS),
        (9, &VALUES),
        (10, &VALUES),
        (11, &VALUES),
        (12, &VALUES),
        (13, &VALUES),
        (14, &VALUES),
        (15, &VALUES),
        (16, &VALUES),
    ],
    named_by: None,
};

static ARRAYS: Layout = Layout { name: "ArrayArray", fields: &[2], nested: &[(1, &SCALARS)], named_by: None };

static VECTORS: Layout = Layout {
    name: "VectorField",
    fields: &[1, 3, 4, 5, 7, 9],
    nested: &[(2, &VALUES), (6, &SPARSE), (8, &VECTOR_ARRAYS)],
    named_by: None,
};

static SPARSE: Layout = leaf("SparseFloatArray", &[1, 2]);

static VECTOR_ARRAYS: Layout =
    Layout { name: "VectorArray", fields: &[1, 3], nested: &[(2, &VECTORS)], named_by: None };

static COLUMN: Layout = Layout {
    name: "FieldData",
    fields: &[1, 2, 5, 6, 7],
    nested: &[(3, &SCALARS), (4, &VECTORS), (8, &STRUCTS)],
    named_by: Some(2),
};

static STRUCTS: Layout = Layout { name: "StructArrayField", fields: &[], nested: &[(1, &COLUMN)], named_by: None };

/// The response of `Query`.
pub(super) static ROWS: Layout =
    Layout { name: "QueryResults", fields: &[3, 4, 5, 6, 7], nested: &[(1, &STATUS), (2, &COLUMN)], named_by: None };
