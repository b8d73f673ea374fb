//! What of a definition a server reports: Milvus Lite keeps some of it to itself.

use std::collections::BTreeMap;

use milvus_backup_core::schema::{CollectionSchema, ConsistencyLevel, DataType, FieldSchema, IndexDefinition};

use super::model::{Family, ServerModel};

/// The hash partitions of Milvus Lite 3, whatever number was asked for, and `_default`.
const LITE_3_PARTITIONS: u32 = 17;

/// The parameters of fields that Milvus Lite 3 reports.
const LITE_3_PARAMS: [&str; 4] = ["dim", "max_length", "max_capacity", "enable_analyzer"];

impl ServerModel {
    /// A definition as the server describes it.
    pub fn reported_schema(&self, created: &CollectionSchema) -> CollectionSchema {
        let mut schema = created.clone();
        let spread = schema.has_partition_key();
        if self.family == Family::Milvus {
            schema.num_partitions = schema.num_partitions.filter(|_| spread);
            return schema;
        }
        schema.consistency_level = ConsistencyLevel::Strong;
        if self.family == Family::Lite3 {
            schema.description.clear();
            schema.fields.iter_mut().for_each(reduce);
            schema.shards_num = 1;
            schema.num_partitions = spread.then_some(LITE_3_PARTITIONS);
        } else {
            schema.shards_num = 0;
            schema.num_partitions = spread.then_some(0);
            schema.properties.clear();
        }
        schema
    }

    /// An index as the server describes it.
    pub fn reported_index(&self, schema: &CollectionSchema, created: &IndexDefinition) -> IndexDefinition {
        let mut index = created.clone();
        if index.index_name.is_empty() || self.family == Family::Lite3 {
            index.index_name.clone_from(&index.field_name);
        }
        let build = build_params(created);
        match self.family {
            Family::Milvus => {}
            Family::Lite3 => {
                index.params.retain(|key, _| ["index_type", "metric_type"].contains(&key.as_str()));
                if !build.is_empty() {
                    index.params.insert("params".to_owned(), spaced(&build));
                }
            }
            Family::Lite2 => {
                index.params.remove("params");
                index.params.extend(build.into_iter().map(|(key, value)| (key, plain(&value))));
                let field = schema.fields.iter().find(|field| field.name == index.field_name);
                if let Some(dim) = field.and_then(|field| field.type_params.get("dim")) {
                    index.params.insert("dim".to_owned(), dim.clone());
                }
            }
        }
        index
    }

    /// What the description does not hold, as sentences.
    pub fn limitations(&self, schema: &CollectionSchema) -> Vec<String> {
        let mut limitations = Vec::new();
        if self.family != Family::Milvus {
            limitations.push(
                "Milvus Lite does not report all of a definition: the rest is restored with its defaults".to_owned(),
            );
        }
        if schema.has_partition_key() {
            limitations.push(
                "rows are distributed by a partition key: the server assigns their partitions again during a restore"
                    .to_owned(),
            );
        }
        limitations
    }
}

/// A field as Milvus Lite 3 reports it.
fn reduce(field: &mut FieldSchema) {
    field.description.clear();
    field.is_clustering_key = false;
    let is_array = field.data_type == DataType::Array;
    field.type_params.retain(|key, _| {
        let is_known = LITE_3_PARAMS.contains(&key.as_str()) || key.starts_with("analyzer");
        is_known && !(is_array && key == "max_length")
    });
}

/// The parameters inside of `params`, which is a JSON object.
fn build_params(index: &IndexDefinition) -> BTreeMap<String, serde_json::Value> {
    let params = index.params.get("params").and_then(|text| serde_json::from_str(text).ok());
    params.unwrap_or_default()
}

/// An object as Python prints it.
fn spaced(params: &BTreeMap<String, serde_json::Value>) -> String {
    let members: Vec<String> = params.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    format!("{{{}}}", members.join(", "))
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> IndexDefinition {
        let params = [("index_type", "IVF_FLAT"), ("metric_type", "L2"), ("params", r#"{"nlist":16}"#)];
        let params = params.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        IndexDefinition { field_name: "v".to_owned(), index_name: "mine".to_owned(), params }
    }

    fn schema() -> CollectionSchema {
        CollectionSchema::new(vec![FieldSchema::new("v", DataType::FloatVector).with_param("dim", 4)])
    }

    #[test]
    fn each_server_describes_an_index_in_its_own_way() {
        assert_eq!(ServerModel::milvus_2_3().reported_index(&schema(), &index()), index());
        let lite_3 = ServerModel::lite_3().reported_index(&schema(), &index());
        assert_eq!((lite_3.index_name.as_str(), lite_3.params["params"].as_str()), ("v", r#"{"nlist": 16}"#));
        let lite_2 = ServerModel::lite_2().reported_index(&schema(), &index());
        assert_eq!((lite_2.params["nlist"].as_str(), lite_2.params["dim"].as_str()), ("16", "4"));
        assert!(!lite_2.params.contains_key("params"));
    }

    #[test]
    fn milvus_lite_does_not_report_the_length_of_texts_in_arrays() {
        let mut array =
            FieldSchema::new("a", DataType::Array).with_param("max_capacity", 8).with_param("max_length", 9);
        array.element_type = Some(DataType::VarChar);
        let reported = ServerModel::lite_3().reported_schema(&CollectionSchema::new(vec![array]));
        assert_eq!(reported.fields[0].type_params.keys().collect::<Vec<_>>(), ["max_capacity"]);
    }
}
