//! The index definitions of a collection.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus_backup_columns::{params_from_wire, params_to_wire};
use milvus_backup_core::schema::IndexDefinition;
use milvus_backup_core::{CollectionName, Result};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;

impl MilvusConnection {
    /// Returns the indexes of a collection, ordered by field and name.
    pub(crate) async fn indexes(&self, collection: &CollectionName) -> Result<Vec<IndexDefinition>> {
        let request = pb::DescribeIndexRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        let answer = match call!(self, "DescribeIndex", describe_index, request) {
            Err(failure) if failure.is(RefusalKind::IndexNotFound) => return Ok(Vec::new()),
            answer => answer?,
        };
        let mut indexes: Vec<IndexDefinition> = answer
            .index_descriptions
            .into_iter()
            .map(|index| IndexDefinition {
                params: params_from_wire(&index.params),
                field_name: index.field_name,
                index_name: index.index_name,
            })
            .collect();
        indexes.sort_by(|a, b| (&a.field_name, &a.index_name).cmp(&(&b.field_name, &b.index_name)));
        Ok(indexes)
    }

    pub(crate) async fn new_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        let request = pb::CreateIndexRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            field_name: index.field_name.clone(),
            extra_params: params_to_wire(&creatable_params(&index.params)),
            index_name: creatable_name(&index.index_name),
            ..Default::default()
        };
        call!(self, "CreateIndex", create_index, request)?;
        Ok(())
    }

    pub(crate) async fn remove_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        let request = pb::DropIndexRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            field_name: index.field_name.clone(),
            index_name: creatable_name(&index.index_name),
            ..Default::default()
        };
        call!(self, "DropIndex", drop_index, request)?;
        Ok(())
    }
}

/// Returns the name, unless the server generated it from a path inside a JSON field: it does not accept such names.
fn creatable_name(name: &str) -> String {
    let accepted = name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '$' | '-'));
    if accepted { name.to_owned() } else { String::new() }
}

/// Returns the parameters in the accepted spelling: servers report a `Trie` index by the name of its library.
fn creatable_params(params: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut params = params.clone();
    if let Some(index_type) = params.get_mut("index_type").filter(|index_type| *index_type == "marisa-trie") {
        "Trie".clone_into(index_type);
    }
    params
}
