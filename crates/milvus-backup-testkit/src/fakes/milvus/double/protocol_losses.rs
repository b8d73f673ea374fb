//! What the definitions of a release do not have of a schema: its servers read over it, in silence.

use milvus::proto::schema::{CollectionSchema, FieldSchema};

use crate::fakes::milvus::version::Version;

/// Returns the schema as a server of this release reads it.
pub(super) fn as_read(version: Version, mut schema: CollectionSchema) -> CollectionSchema {
    if !version.has_functions() {
        schema.functions.clear();
    }
    // `struct_array_fields = 9`: tag v2.6.0.
    if !version.at_least(2, 6, 0) {
        schema.struct_array_fields.clear();
    }
    // `enable_namespace = 15`: tag v2.6.9.
    schema.enable_namespace &= version.at_least(2, 6, 9);
    // `external_source = 11`, `external_spec = 12`, `do_physical_backfill = 13`, `file_resource_ids = 14`: tag v3.0.0.
    if !version.at_least(3, 0, 0) {
        schema.external_source.clear();
        schema.external_spec.clear();
        schema.do_physical_backfill = false;
        schema.file_resource_ids.clear();
    }
    schema.fields.iter_mut().for_each(|field| read_field(version, field));
    schema
}

fn read_field(version: Version, field: &mut FieldSchema) {
    // `nullable = 15` and `is_function_output = 16`: tag v2.5.0.
    field.nullable &= version.has_nulls();
    field.is_function_output &= version.has_functions();
    // `external_field = 17`: tag v3.0.0; `type_schema = 18` and `element_nullable = 19`: in no tag, `master` only.
    if !version.at_least(3, 0, 0) {
        field.external_field.clear();
    }
    if !version.at_least(3, 1, 0) {
        field.type_schema = None;
        field.element_nullable = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milvus_2_4_reads_over_nulls() {
        let sent = CollectionSchema {
            fields: vec![FieldSchema { nullable: true, ..FieldSchema::default() }],
            enable_namespace: true,
            ..CollectionSchema::default()
        };
        let read = as_read(Version::new(2, 4, 24), sent.clone());
        assert!(!read.fields[0].nullable && !read.enable_namespace);
        assert_eq!(as_read(Version::new(2, 6, 9), sent.clone()), sent);
    }
}
