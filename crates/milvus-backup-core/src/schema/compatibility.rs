//! The comparison of the rows of a backup with an existing collection.

use super::collection::CollectionSchema;
use super::field::FieldSchema;

/// Returns a human-readable description of every difference that prevents inserting rows of `backup` into `target`;
/// empty if they fit.
///
/// Attributes that do not affect rows may differ: descriptions, shards, consistency level, properties, clustering key.
pub fn schema_differences(backup: &CollectionSchema, target: &CollectionSchema) -> Vec<String> {
    let mut differences = Vec::new();
    for field in &backup.fields {
        match target.fields.iter().find(|other| other.name == field.name) {
            Some(other) => field_differences(field, other, &mut differences),
            None => differences.push(format!("field `{}` is missing", field.name)),
        }
    }
    for field in target.fields.iter().filter(|field| backup.fields.iter().all(|other| other.name != field.name)) {
        if !field.nullable && field.default_value.is_none() && !field.is_function_output {
            differences.push(format!("field `{}` is not in the backup", field.name));
        }
    }
    for field in &backup.struct_fields {
        if !target.struct_fields.contains(field) {
            differences.push(format!("array of structs `{}` is missing or different", field.name));
        }
    }
    if backup.enable_dynamic_field && !target.enable_dynamic_field {
        differences.push("the dynamic field is off".to_owned());
    }
    differences
}

fn field_differences(backup: &FieldSchema, target: &FieldSchema, differences: &mut Vec<String>) {
    let name = &backup.name;
    let mut differs = |what: &str, backup: String, target: String| {
        if backup != target {
            differences.push(format!("field `{name}`: {what} is {target}, not {backup}"));
        }
    };
    let element = |field: &FieldSchema| field.elements().map_or_else(|| "none".to_owned(), |kind| kind.to_string());
    let number = |value: Option<usize>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
    differs("the type", backup.data_type.to_string(), target.data_type.to_string());
    differs("the element type", element(backup), element(target));
    differs("dim", number(backup.dim().ok()), number(target.dim().ok()));
    differs("primary key", backup.is_primary.to_string(), target.is_primary.to_string());
    differs("function output", backup.is_function_output.to_string(), target.is_function_output.to_string());
    if backup.nullable && !target.nullable {
        differences.push(format!("field `{name}` is not nullable"));
    }
    for (what, have, need) in [
        ("max_length", target.max_length(), backup.max_length()),
        ("max_capacity", target.max_capacity(), backup.max_capacity()),
    ] {
        if let (Some(have), Some(need)) = (have, need)
            && have < need
        {
            differences.push(format!("field `{name}`: {what} is {have}, less than {need}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::data_type::DataType;
    use super::*;

    fn schema() -> CollectionSchema {
        let mut id = FieldSchema::new("id", DataType::Int64);
        id.is_primary = true;
        let text = FieldSchema::new("text", DataType::VarChar).with_param("max_length", 100);
        let vector = FieldSchema::new("v", DataType::FloatVector).with_param("dim", 8);
        CollectionSchema::new(vec![id, text, vector])
    }

    #[test]
    fn equal_schemas_and_wider_limits_fit() {
        let mut wider = schema();
        wider.fields[1].type_params.insert("max_length".into(), "200".into());
        wider.description = "another".into();
        assert_eq!(schema_differences(&schema(), &wider), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_listed() {
        let mut other = schema();
        other.fields[1].type_params.insert("max_length".into(), "50".into());
        other.fields[2].type_params.insert("dim".into(), "16".into());
        other.fields.push(FieldSchema::new("new", DataType::Bool));
        other.fields[0].name = "key".into();
        let differences = schema_differences(&schema(), &other);
        assert_eq!(differences.len(), 5, "{differences:?}");
    }
}
