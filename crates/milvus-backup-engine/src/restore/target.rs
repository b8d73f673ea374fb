//! The collection that a restore creates: the schema of the backup, adapted to the capabilities of the server.

use std::collections::BTreeMap;

use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    ALLOW_INSERT_AUTO_ID, AutoIdPolicy, Capabilities, Error, Hint, INSERT_IDEMPOTENCY, PreserveAutoId, Result,
    TTL_SECONDS,
};

/// The property that names the field with the time at which a row expires (Milvus 3.0).
const TTL_FIELD: &str = "ttl_field";

/// The properties that are set once all rows are there and counted: with the first two, rows would expire meanwhile; with
/// the third, the server takes equal batches for repetitions (milvus#50007), unless each is inserted under a key; with the
/// last, it asks for the principal of each insert.
const LATE_PROPERTIES: [&str; 4] = [TTL_SECONDS, TTL_FIELD, INSERT_IDEMPOTENCY, "rls.enabled"];

/// The collection to create, and how to insert into it.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The schema for the creation and the inserts.
    pub(super) schema: CollectionSchema,
    /// Columns of the backup that are not inserted, because the server generates them.
    pub(super) omit_columns: Vec<String>,
    /// Properties that are set after the rows are inserted.
    pub(super) late_properties: BTreeMap<String, String>,
    /// Properties that are removed after the rows are inserted.
    pub(super) removed_properties: Vec<String>,
    /// The differences from the source, as sentences.
    pub(super) limitations: Vec<String>,
}

impl Target {
    /// Returns the target for a collection that is to be created.
    ///
    /// # Errors
    /// [`Error::SchemaIncompatible`] with everything that the server cannot represent, and [`Error::Refused`] if it
    /// does not accept the primary keys.
    pub(super) fn new(schema: &CollectionSchema, policy: AutoIdPolicy, server: &Capabilities) -> Result<Self> {
        require_supported(schema, server)?;
        let mut target = Self::existing(schema.clone(), policy, server)?;
        if policy == AutoIdPolicy::Plain {
            target.schema.fields.iter_mut().for_each(|field| field.auto_id = false);
        }
        target.defer_properties(server);
        Ok(target)
    }

    /// Returns the target for a collection that another program creates, with the primary keys as they were, and without
    /// its properties.
    ///
    /// # Errors
    /// [`Error::SchemaIncompatible`] with everything that the server cannot represent.
    pub(super) fn of_program(schema: &CollectionSchema, server: &Capabilities) -> Result<Self> {
        require_supported(schema, server)?;
        let mut target = Self::as_it_is(schema.clone());
        target.defer_properties(server);
        target.late_properties.append(&mut target.schema.properties);
        Ok(target)
    }

    fn as_it_is(schema: CollectionSchema) -> Self {
        Self {
            schema,
            omit_columns: Vec::new(),
            late_properties: BTreeMap::new(),
            removed_properties: Vec::new(),
            limitations: Vec::new(),
        }
    }

    /// Returns the target for an existing collection.
    pub(super) fn existing(schema: CollectionSchema, policy: AutoIdPolicy, server: &Capabilities) -> Result<Self> {
        let key = schema.primary_key()?.clone();
        let mut target = Self::as_it_is(schema);
        if !key.auto_id {
            return Ok(target);
        }
        match policy {
            AutoIdPolicy::Preserve if server.preserve_auto_id == PreserveAutoId::No => {
                return Err(keys_refused(&key.name, &server.server_version));
            }
            AutoIdPolicy::Preserve => {
                if server.preserve_auto_id == PreserveAutoId::WithProperty {
                    let before = target.schema.properties.insert(ALLOW_INSERT_AUTO_ID.to_owned(), "true".to_owned());
                    if before.is_none() {
                        target.removed_properties.push(ALLOW_INSERT_AUTO_ID.to_owned());
                    }
                }
            }
            AutoIdPolicy::Regenerate => {
                target.limitations.push(format!("primary key `{}` has new values", key.name));
                target.omit_columns.push(key.name);
            }
            AutoIdPolicy::Plain => target.limitations.push(format!("primary key `{}` has autoID off", key.name)),
        }
        Ok(target)
    }

    /// Postpones the properties that change what becomes of the rows while they are inserted.
    fn defer_properties(&mut self, server: &Capabilities) {
        for property in LATE_PROPERTIES.iter().filter(|_| server.alter_properties) {
            // With it, an insert whose response is lost is made again under its key, instead of the whole restore.
            if *property == INSERT_IDEMPOTENCY && server.insert_keys {
                continue;
            }
            if let Some(value) = self.schema.properties.remove(*property) {
                self.late_properties.insert((*property).to_owned(), value);
            }
        }
        let properties = [&self.schema.properties, &self.late_properties];
        let get = |name: &str| properties.iter().find_map(|properties| properties.get(name));
        let expiry = get(TTL_SECONDS).map(|seconds| {
            format!("rows expire {seconds} seconds after they were inserted: the restore inserts them again")
        });
        let field = get(TTL_FIELD).map(|field| {
            format!("rows expire at the time in field `{field}`: those that have expired since the backup are restored, and \
                     the server removes them again")
        });
        self.limitations.extend(expiry.into_iter().chain(field));
    }

    /// Returns whether properties change after the rows are inserted.
    pub(super) fn changes_properties(&self) -> bool {
        !self.late_properties.is_empty() || !self.removed_properties.is_empty()
    }
}

/// Returns the differences between the properties of the database and those in the backup. An existing database is shared
/// by its collections, so a restore does not change it.
pub(super) fn database_differences(
    stored: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> impl Iterator<Item = String> {
    let differing = stored.iter().filter(|(key, value)| found.get(*key) != Some(*value));
    differing.map(|(key, value)| {
        let now = found.get(key).map_or_else(|| "not set".to_owned(), |now| format!("`{now}`"));
        format!("property `{key}` of the database was `{value}`, and is {now}: a restore does not change it")
    })
}

fn require_supported(schema: &CollectionSchema, server: &Capabilities) -> Result<()> {
    let incompatibilities = server.schema.missing(schema);
    if incompatibilities.is_empty() {
        return Ok(());
    }
    Err(Error::SchemaIncompatible { target: format!("Milvus {}", server.server_version), incompatibilities })
}

fn keys_refused(key: &str, version: &str) -> Error {
    Error::Refused {
        reason: format!(
            "primary key `{key}` is generated (autoID), and Milvus {version} does not accept such keys on insert"
        ),
        hint: Hint::AutoId,
    }
}

/// Checks that bulk import produces these rows from the data files.
///
/// # Errors
/// [`Error::Unsupported`] on a server without it, [`Error::Refused`] if it would generate different primary keys.
pub(super) fn require_importable(target: &Target, capabilities: &Capabilities) -> Result<()> {
    if !capabilities.bulk_import {
        let version = &capabilities.server_version;
        return Err(Error::Unsupported { what: format!("bulk import on Milvus {version}") });
    }
    if target.schema.primary_key()?.auto_id {
        return Err(Error::Refused {
            reason: "bulk import takes no files with primary keys into a collection with autoID".to_owned(),
            hint: Hint::AutoIdOrInsert,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use milvus_backup_core::schema::{DataType, FieldSchema};

    fn schema() -> CollectionSchema {
        let mut id = FieldSchema::new("id", DataType::Int64);
        id.is_primary = true;
        id.auto_id = true;
        CollectionSchema::new(vec![id])
    }

    fn server(preserve_auto_id: PreserveAutoId) -> Capabilities {
        let mut capabilities = Capabilities::all("2.6.0");
        capabilities.preserve_auto_id = preserve_auto_id;
        capabilities
    }

    #[test]
    fn generated_keys_are_kept_where_the_server_can_and_refused_elsewhere() {
        let policy = AutoIdPolicy::Preserve;
        assert!(Target::new(&schema(), policy, &server(PreserveAutoId::No)).unwrap_err().hint().is_some());
        let kept = Target::new(&schema(), policy, &server(PreserveAutoId::Yes)).unwrap();
        assert!(kept.schema.fields[0].auto_id && !kept.changes_properties());
        let kept = Target::new(&schema(), policy, &server(PreserveAutoId::WithProperty)).unwrap();
        assert_eq!(kept.schema.properties[ALLOW_INSERT_AUTO_ID], "true");
        assert_eq!(kept.removed_properties, [ALLOW_INSERT_AUTO_ID]);
    }

    #[test]
    fn plain_switches_auto_id_off_and_regenerate_leaves_the_keys_out() {
        let server = server(PreserveAutoId::No);
        let plain = Target::new(&schema(), AutoIdPolicy::Plain, &server).unwrap();
        assert!(!plain.schema.fields[0].auto_id && plain.omit_columns.is_empty());
        let regenerated = Target::new(&schema(), AutoIdPolicy::Regenerate, &server).unwrap();
        assert_eq!(regenerated.omit_columns, ["id"]);
    }

    #[test]
    fn properties_of_a_database_that_differ_are_told() {
        let properties = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let stored = properties(&[("timezone", "UTC"), ("database.replica.number", "2"), ("same", "1")]);
        let found = properties(&[("timezone", "Asia/Tokyo"), ("same", "1"), ("more", "1")]);
        let told: Vec<String> = database_differences(&stored, &found).collect();
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("`2`, and is not set"), "{told:?}");
        assert!(told[1].contains("`UTC`, and is `Asia/Tokyo`"), "{told:?}");
    }

    #[test]
    fn rows_cannot_expire_before_they_are_counted() {
        let mut schema = schema();
        schema.properties.insert(TTL_SECONDS.into(), "60".into());
        let target = Target::new(&schema, AutoIdPolicy::Plain, &server(PreserveAutoId::No)).unwrap();
        assert!(!target.schema.properties.contains_key(TTL_SECONDS));
        assert_eq!(target.late_properties[TTL_SECONDS], "60");
    }

    #[test]
    fn properties_that_act_on_inserts_wait_for_the_rows() {
        let mut schema = schema();
        schema.properties.extend(LATE_PROPERTIES.map(|property| (property.to_owned(), "true".to_owned())));
        schema.properties.insert("mmap.enabled".into(), "true".into());
        let mut server = server(PreserveAutoId::No);
        let early = |server: &Capabilities| {
            let target = Target::new(&schema, AutoIdPolicy::Plain, server).unwrap();
            target.schema.properties.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(early(&server), [INSERT_IDEMPOTENCY, "mmap.enabled"], "inserts are made under keys");
        server.insert_keys = false;
        let target = Target::new(&schema, AutoIdPolicy::Plain, &server).unwrap();
        assert_eq!(target.schema.properties.keys().collect::<Vec<_>>(), ["mmap.enabled"]);
        assert_eq!(target.late_properties.len(), LATE_PROPERTIES.len());
        server.alter_properties = false;
        let target = Target::new(&schema, AutoIdPolicy::Plain, &server).unwrap();
        assert_eq!((target.schema.properties.len(), target.late_properties.len()), (5, 0));
    }
}
