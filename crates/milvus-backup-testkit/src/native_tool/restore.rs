//! The command `restore`.

use std::path::Path;

use milvus::proto::common::KeyValuePair;
use milvus::proto::schema::{CollectionSchema, FieldSchema};
use serde_json::Value;

use super::arguments::Arguments;
use super::configuration::Configuration;
use super::create::hang;
use super::fault::ToolFault;
use super::server::Server;

/// Restores the collection whose new name the filter matches. A filter that matches nothing is no failure.
pub(super) async fn restore(
    arguments: &Arguments,
    configuration: &Configuration,
    fault: Option<ToolFault>,
) -> Result<(), String> {
    let name = arguments.value("name");
    let directory = configuration.backup_root.join(name);
    let meta = std::fs::read_to_string(directory.join("meta/full_meta.json"));
    let meta: Value = serde_json::from_str(&meta.map_err(|_| format!("backup {name} not found"))?)
        .map_err(|error| format!("meta: unmarshal meta {error}"))?;
    let (database, target) = arguments.collection().ok_or("filter: invalid filter rule")?;
    let renamed = arguments.value("rename");
    let is_wanted = |backup: &&Value| {
        let source = format!("{}.{}", text(&backup["db_name"]), text(&backup["collection_name"]));
        let new = renamed.strip_prefix(&format!("{source}:")).unwrap_or(&source);
        new == format!("{database}.{target}")
    };
    let Some(backup) = list(&meta["collection_backups"]).find(is_wanted) else { return Ok(()) };
    if fault == Some(ToolFault::RestoresNothing) {
        return Ok(());
    }
    let mut server = Server::connect(&configuration.uri, configuration.token.as_deref(), database).await?;
    server.create_database().await?;
    if server.describe(target).await?.is_some() {
        return Err(format!("restore: collection already exist, database {database} collection {target}"));
    }
    create(&mut server, backup, target).await?;
    match fault {
        Some(ToolFault::HangsInRestore) => hang().await,
        Some(ToolFault::FailsInRestore) => {
            return Err("restore_collection: bulk insert failed: parse magic number failed".to_owned());
        }
        _ => {}
    }
    for partition in list(&backup["partition_backups"]) {
        for segment in list(&partition["segment_backups"]) {
            let files = files(&directory, segment);
            server.import(target, text(&partition["partition_name"]), files).await?;
        }
    }
    Ok(())
}

/// Returns the directories of the logs of a segment.
fn files(directory: &Path, segment: &Value) -> Vec<String> {
    let number = |member: &str| segment[member].as_i64().unwrap_or_default();
    let below = format!("{}/{}/{}/", number("collection_id"), number("partition_id"), number("group_id"));
    let insert = directory.join("binlogs/insert_log").join(&below);
    let delete = directory.join("binlogs/delta_log").join(&below);
    let path = |path: &Path| path.display().to_string();
    vec![path(&insert), if delete.exists() { path(&delete) } else { String::new() }]
}

async fn create(server: &mut Server, backup: &Value, target: &str) -> Result<(), String> {
    let schema = &backup["schema"];
    let fields: Vec<FieldSchema> = list(&schema["fields"]).map(field).collect();
    let by_key = fields.iter().any(|field| field.is_partition_key);
    let definition = CollectionSchema {
        name: target.to_owned(),
        description: text(&schema["description"]).to_owned(),
        fields,
        enable_dynamic_field: schema["enable_dynamic_field"] == true,
        ..Default::default()
    };
    let partitions: Vec<&Value> = list(&backup["partition_backups"]).collect();
    let count = if by_key { i64::try_from(partitions.len()).unwrap_or(0) } else { 0 };
    let (shards, consistency) = (small(&backup["shards_num"]), small(&backup["consistency_level"]));
    server.create_collection(&definition, shards, consistency, count).await?;
    let named = partitions.iter().map(|partition| text(&partition["partition_name"]));
    for partition in named.filter(|name| !by_key && *name != "_default") {
        server.create_partition(target, partition).await?;
    }
    Ok(())
}

fn field(field: &Value) -> FieldSchema {
    let pair =
        |pair: &Value| KeyValuePair { key: text(&pair["key"]).to_owned(), value: text(&pair["value"]).to_owned() };
    FieldSchema {
        field_id: field["fieldID"].as_i64().unwrap_or_default(),
        name: text(&field["name"]).to_owned(),
        description: text(&field["description"]).to_owned(),
        is_primary_key: field["is_primary_key"] == true,
        auto_id: field["autoID"] == true,
        is_partition_key: field["is_partition_key"] == true,
        data_type: small(&field["data_type"]),
        element_type: small(&field["element_type"]),
        type_params: list(&field["type_params"]).map(pair).collect(),
        ..Default::default()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn small(value: &Value) -> i32 {
    value.as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
