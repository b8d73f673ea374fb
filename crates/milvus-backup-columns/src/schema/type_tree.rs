//! The type of a field as a tree, which newer servers send beside the flat one.

use milvus::proto::schema::{self as wire, type_schema::Kind};

/// Returns whether the tree says the same as the flat type of the field: a scalar, a vector, or an array of these.
///
/// "When `data_type`/`element_type` fields are also populated, they must describe the same type" (`schema.proto`): a
/// server may send the tree with every field. The parameters are those of the innermost type, and may be left out.
pub(super) fn repeats(tree: &wire::TypeSchema, field: &wire::FieldSchema) -> bool {
    let flat_element = wire::TypeSchema { kind: Some(Kind::LeafType(field.element_type)), ..Default::default() };
    match &tree.kind {
        None => !tree.nullable && tree.type_params.is_empty(),
        Some(Kind::LeafType(leaf)) => *leaf == field.data_type && agrees(tree, field, field.nullable),
        Some(Kind::ArrayElement(element)) => {
            let is_array =
                [wire::DataType::Array as i32, wire::DataType::ArrayOfVector as i32].contains(&field.data_type);
            is_array
                && element.kind == flat_element.kind
                && agrees(element, field, field.element_nullable)
                && agrees(tree, field, field.nullable)
        }
    }
}

fn agrees(tree: &wire::TypeSchema, field: &wire::FieldSchema, nullable: bool) -> bool {
    tree.nullable == nullable && tree.type_params.iter().all(|param| field.type_params.contains(param))
}

#[cfg(test)]
mod tests {
    use milvus::proto::common::KeyValuePair;

    use super::*;

    const INT64: i32 = 5;
    const VARCHAR: i32 = 21;
    const ARRAY: i32 = 22;

    fn param(key: &str, value: &str) -> KeyValuePair {
        KeyValuePair { key: key.to_owned(), value: value.to_owned() }
    }

    fn leaf(leaf: i32) -> wire::TypeSchema {
        wire::TypeSchema { kind: Some(Kind::LeafType(leaf)), ..Default::default() }
    }

    fn array(element: wire::TypeSchema) -> wire::TypeSchema {
        wire::TypeSchema { kind: Some(Kind::ArrayElement(Box::new(element))), ..Default::default() }
    }

    fn words() -> wire::FieldSchema {
        let type_params = vec![param("max_length", "9"), param("max_capacity", "3")];
        wire::FieldSchema { data_type: ARRAY, element_type: VARCHAR, type_params, ..Default::default() }
    }

    #[test]
    fn a_flat_type_is_repeated() {
        let year = wire::FieldSchema { data_type: INT64, ..Default::default() };
        assert!(repeats(&leaf(INT64), &year));
        assert!(repeats(&wire::TypeSchema::default(), &year));
        let element = wire::TypeSchema { type_params: vec![param("max_length", "9")], ..leaf(VARCHAR) };
        assert!(repeats(&array(element), &words()));
    }

    #[test]
    fn any_other_type_is_not() {
        let year = wire::FieldSchema { data_type: INT64, ..Default::default() };
        assert!(!repeats(&leaf(VARCHAR), &year));
        assert!(!repeats(&wire::TypeSchema { nullable: true, ..leaf(INT64) }, &year));
        assert!(!repeats(&array(leaf(INT64)), &year));
        assert!(!repeats(&array(array(leaf(VARCHAR))), &words()));
        assert!(!repeats(&array(wire::TypeSchema { nullable: true, ..leaf(VARCHAR) }), &words()));
        let longer = wire::TypeSchema { type_params: vec![param("max_length", "10")], ..leaf(VARCHAR) };
        assert!(!repeats(&array(longer), &words()));
    }
}
