//! Indexes of fields.

use std::collections::BTreeMap;

use milvus_backup_core::schema::IndexDefinition;
use milvus_backup_core::{Access, CollectionName, Result};

use super::model::Repetition;
use super::refusals::{index_not_found, index_params};
use super::state::State;

/// Index types that Milvus has.
const TYPES: [&str; 14] = [
    "FLAT",
    "IVF_FLAT",
    "IVF_SQ8",
    "IVF_PQ",
    "HNSW",
    "SCANN",
    "DISKANN",
    "AUTOINDEX",
    "BIN_FLAT",
    "BIN_IVF_FLAT",
    "SPARSE_INVERTED_INDEX",
    "STL_SORT",
    "Trie",
    "INVERTED",
];

impl State {
    /// Implements [`milvus_backup_core::Catalog::create_index`] on this state.
    pub(super) fn create_index(&mut self, name: &CollectionName, index: &IndexDefinition) -> Result<()> {
        let call = "CreateIndex";
        self.permit(Access::CreateIndex, call)?;
        let (family, second) = (self.model.family, self.model.indexing.second);
        let (checks, loads) = (self.model.capabilities.checks_indexes, self.model.loading.writes_load);
        let collection = self.get_mut(call, name)?;
        let field = &index.field_name;
        if collection.schema.fields.iter().all(|other| other.name != *field) {
            return Err(family.field_not_found(field));
        }
        if let Some(complaint) = complaint(&index.params).filter(|_| checks) {
            return Err(index_params(&complaint));
        }
        let existing = collection.indexes.iter().find(|other| other.field_name == *field);
        match existing {
            Some(existing) if second == Repetition::EqualOnly && existing != index => {
                return Err(family.index_exists(field));
            }
            Some(_) if second == Repetition::Refused => return Err(family.index_exists(field)),
            Some(_) => {}
            None => collection.indexes.push(index.clone()),
        }
        if loads {
            collection.load_all();
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::drop_index`] on this state.
    pub(super) fn drop_index(&mut self, name: &CollectionName, index: &IndexDefinition) -> Result<()> {
        let rules = self.model.indexing.clone();
        let (family, needs_index) = (self.model.family, self.model.loading.release_needs_index);
        let collection = self.get_mut("DropIndex", name)?;
        let is_it = |other: &IndexDefinition| other.field_name == index.field_name;
        if !collection.indexes.iter().any(is_it) {
            return if rules.drops_missing { Ok(()) } else { Err(index_not_found()) };
        }
        if rules.drop_needs_release && collection.is_any_loaded() {
            return Err(family.index_loaded());
        }
        collection.indexes.retain(|other| !is_it(other));
        if needs_index && collection.indexes.is_empty() {
            collection.load_all();
        }
        Ok(())
    }
}

/// What Milvus finds wrong with the parameters of an index.
fn complaint(params: &BTreeMap<String, String>) -> Option<String> {
    let index_type = params.get("index_type").map_or("", String::as_str);
    if !TYPES.contains(&index_type) {
        return Some(format!("invalid index type: {index_type}"));
    }
    let build: BTreeMap<String, serde_json::Value> =
        params.get("params").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let is_within = |name: &str, most: i64| {
        let value =
            build.get(name).and_then(|value| value.as_str().map_or_else(|| value.as_i64(), |text| text.parse().ok()));
        value.is_some_and(|value| (1..=most).contains(&value))
    };
    let required: &[(&str, i64)] = match index_type {
        "HNSW" => &[("efConstruction", 2_147_483_647), ("M", 2048)],
        "IVF_FLAT" | "IVF_SQ8" | "BIN_IVF_FLAT" | "SCANN" => &[("nlist", 65_536)],
        _ => &[],
    };
    let wrong = required.iter().find(|(name, most)| !is_within(name, *most));
    wrong.map(|(name, most)| format!("{name} out of range: [1, {most}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(index_type: &str, params: &str) -> Option<String> {
        complaint(&BTreeMap::from([
            ("index_type".to_owned(), index_type.to_owned()),
            ("params".to_owned(), params.to_owned()),
        ]))
    }

    #[test]
    fn parameters_are_refused_in_the_words_of_milvus() {
        assert_eq!(of("HNSW", r#"{"M":8}"#).unwrap(), "efConstruction out of range: [1, 2147483647]");
        assert_eq!(of("HNSW", r#"{"efConstruction":100}"#).unwrap(), "M out of range: [1, 2048]");
        assert_eq!(of("IVF_FLAT", "{}").unwrap(), "nlist out of range: [1, 65536]");
        assert_eq!(of("NOPE", "{}").unwrap(), "invalid index type: NOPE");
    }

    #[test]
    fn good_parameters_pass_as_numbers_and_as_texts() {
        for (index_type, params) in [
            ("FLAT", "{}"),
            ("HNSW", r#"{"M":1,"efConstruction":"100000","bogus":1}"#),
            ("IVF_FLAT", r#"{"nlist":16}"#),
        ] {
            assert_eq!(of(index_type, params), None, "{index_type}");
        }
    }
}
