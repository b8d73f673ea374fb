//! Collections and partitions: created, described.

use std::collections::BTreeSet;

use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{Access, CollectionDescription, CollectionMark, CollectionName, Result, ServerLimit};

use super::collection::{Collection, DEFAULT_PARTITION, Partition};
use super::refusals::{limit, unsupported};
use super::state::State;

impl State {
    /// Implements [`milvus_backup_core::Catalog::create_collection`] on this state.
    pub(super) fn create_collection(&mut self, name: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        let call = "CreateCollection";
        self.permit(Access::CreateCollection, call)?;
        self.require_short("collection name", name.as_str())?;
        let mut wrong = self.model.capabilities.schema.missing(schema);
        let names: BTreeSet<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
        if names.len() < schema.fields.len() {
            wrong.push("duplicated field name".to_owned());
        }
        if !wrong.is_empty() {
            return Err(self.model.family.schema(&wrong));
        }
        schema.primary_key()?;
        if let Some(existing) = self.find(name).or_else(|| self.named(name.as_str())) {
            // What the properties are does not make a collection another one.
            let properties = existing.schema.properties.clone();
            let is_equal = existing.schema == CollectionSchema { properties, ..schema.clone() };
            return if is_equal && !self.is_alias(name) && self.model.naming.recreates_equal {
                Ok(())
            } else {
                Err(self.model.family.collection_exists(call, name.as_str()))
            };
        }
        self.require_room_for_collection()?;
        let id = self.new_id();
        let loaded = self.model.loading.loaded_when_created;
        self.collections.insert(id, Collection::new(id, name.clone(), schema.clone(), loaded));
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::describe_collection`] on this state.
    pub(super) fn describe(&self, name: &CollectionName) -> Result<CollectionDescription> {
        self.require_accepted(name)?;
        let Some(collection) = self.find(name) else { return Err(self.not_found(name)) };
        self.permit(Access::ShowPartitions, "ShowPartitions")?;
        let is_own = |alias: &&str| !alias.starts_with(CollectionMark::PREFIX);
        let schema = self.model.reported_schema(&collection.schema);
        let mut indexes: Vec<_> =
            collection.indexes.iter().map(|index| self.model.reported_index(&collection.schema, index)).collect();
        indexes.sort_by(|a, b| (&a.field_name, &a.index_name).cmp(&(&b.field_name, &b.index_name)));
        let mut partitions = collection.partition_names();
        if self.model.naming.sorts_partitions {
            partitions.sort_unstable();
        }
        Ok(CollectionDescription {
            name: collection.name.clone(),
            partitions,
            indexes,
            aliases: self.aliases_of(collection.id).filter(is_own).map(str::to_owned).collect(),
            limitations: self.model.limitations(&schema),
            schema,
        })
    }

    /// Implements [`milvus_backup_core::Catalog::create_partition`] on this state.
    pub(super) fn create_partition(&mut self, name: &CollectionName, partition: &str) -> Result<()> {
        let call = "CreatePartition";
        self.permit(Access::CreatePartition, call)?;
        if !self.model.capabilities.partitions {
            return Err(unsupported(call));
        }
        self.require_short("partition name", partition)?;
        let (family, most) = (self.model.family, self.model.limits.partitions);
        let collection = self.get_mut(call, name)?;
        if collection.schema.has_partition_key() {
            return Err(family.spread(call));
        }
        if collection.partition(partition).is_some() {
            return Ok(());
        }
        if let Some(most) = most.filter(|most| collection.partitions.len() >= *most) {
            let message = format!("partition number ({most}) exceeds max configuration ({most}), collection: {name}");
            return Err(limit(ServerLimit::Partitions, message));
        }
        collection.partitions.push(Partition::new(partition));
        Ok(())
    }

    /// Drops a partition with its rows, as another client does.
    pub(super) fn drop_partition(&mut self, name: &CollectionName, partition: &str) {
        assert_ne!(partition, DEFAULT_PARTITION, "this one cannot be dropped");
        let collection = self.get_mut("DropPartition", name).unwrap();
        assert!(collection.partition(partition).is_some(), "no partition `{partition}`");
        collection.partitions.retain(|other| other.name != partition);
    }

    fn require_room_for_collection(&self) -> Result<()> {
        match self.model.limits.collections {
            Some(most) if self.collections.len() >= most => Err(limit(
                ServerLimit::Collections,
                format!(
                    "max number of collection has reached the limit in DB: exceeded the limit number of \
                     collections[limit={most}]"
                ),
            )),
            _ => Ok(()),
        }
    }
}
