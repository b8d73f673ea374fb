//! Collections by their names, aliases and marks.

use std::collections::BTreeMap;

use milvus_backup_core::{Access, CollectionMark, CollectionName, Error, PinnedCollection, Result, ServerLimit};

use super::model::Marks;
use super::refusals::{alias_given, has_aliases, limit, no_properties, unsupported};
use super::state::State;

impl State {
    pub(super) fn not_found(&self, name: &CollectionName) -> Error {
        Error::CollectionNotFound {
            collection: name.to_string(),
            database: self.database.clone(),
            available: self.names(),
        }
    }

    /// Refuses a name that no collection on this server can have.
    pub(super) fn require_accepted(&self, name: &CollectionName) -> Result<()> {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let text = name.as_str();
        let accepted = if self.model.naming.accepts_any_name {
            !text.contains('/')
        } else {
            text.chars().all(is_plain) && !text.starts_with(|first: char| first.is_ascii_digit())
        };
        if accepted {
            return Ok(());
        }
        Err(Error::InvalidParameter {
            field: "collection_name".to_owned(),
            value: text.to_owned(),
            limit: "a name that this server accepts".to_owned(),
        })
    }

    /// Implements [`milvus_backup_core::Catalog::resolve_collection`] on this state.
    pub(super) fn resolve(&self, name: &CollectionName) -> Result<Option<CollectionName>> {
        self.require_accepted(name)?;
        Ok(self.find(name).map(|collection| collection.name.clone()))
    }

    /// Implements [`milvus_backup_core::Catalog::pin_collection`] on this state.
    pub(super) fn pin(&mut self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection> {
        self.require_accepted(name)?;
        let Some(collection) = self.find(name) else { return Err(self.not_found(name)) };
        let (id, own) = (collection.id, collection.name.clone());
        let mark = match self.model.naming.marks {
            Marks::Ids => CollectionMark::Id(id),
            Marks::Aliases => {
                self.create_alias(&own, mark.as_str())?;
                CollectionMark::Alias(mark.clone())
            }
            Marks::Names => CollectionMark::Name,
        };
        Ok(PinnedCollection { asked: name.clone(), name: own, mark })
    }

    /// Implements [`milvus_backup_core::Catalog::locate_collection`] on this state.
    pub(super) fn locate(&self, pin: &PinnedCollection) -> Option<CollectionName> {
        let found = match &pin.mark {
            CollectionMark::Id(id) => self.collections.get(id),
            CollectionMark::Alias(alias) => self.find(alias),
            _ => self.find(&pin.name),
        };
        found.map(|collection| collection.name.clone())
    }

    /// Implements [`milvus_backup_core::Catalog::list_marks`] on this state.
    pub(super) fn marks(&self, name: &CollectionName) -> Result<Vec<CollectionName>> {
        let id = match (self.model.naming.marks, self.find(name)) {
            (_, Some(collection)) => collection.id,
            (Marks::Ids, None) => {
                return Err(self.model.family.collection_not_found("ListAliases", name.as_str()));
            }
            (_, None) => return Ok(Vec::new()),
        };
        self.aliases_of(id).filter(|alias| alias.starts_with(CollectionMark::PREFIX)).map(str::parse).collect()
    }

    /// Implements [`milvus_backup_core::Catalog::unpin_collection`] on this state.
    pub(super) fn unpin(&mut self, pin: &PinnedCollection) {
        if let CollectionMark::Alias(alias) = &pin.mark {
            self.aliases.remove(alias.as_str());
        }
    }

    /// All aliases of a collection, marks among them.
    pub(super) fn aliases_of(&self, id: i64) -> impl Iterator<Item = &str> {
        self.aliases.iter().filter(move |(_, owner)| **owner == id).map(|(alias, _)| alias.as_str())
    }

    /// Implements [`milvus_backup_core::Catalog::create_alias`] on this state.
    pub(super) fn create_alias(&mut self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.permit(Access::CreateAlias, "CreateAlias")?;
        let family = self.model.family;
        if !self.model.naming.aliases {
            return Err(unsupported("CreateAlias"));
        }
        self.require_short("collection alias", alias)?;
        let id = self.get("CreateAlias", collection)?.id;
        if self.named(alias).is_some() {
            return Err(family.alias_conflicts(alias));
        }
        match self.aliases.get(alias) {
            Some(owner) if *owner == id && self.model.naming.recreates_alias => Ok(()),
            Some(_) => Err(family.alias_exists(alias)),
            None => {
                self.aliases.insert(alias.to_owned(), id);
                Ok(())
            }
        }
    }

    /// Implements [`milvus_backup_core::Catalog::alter_alias`] on this state.
    pub(super) fn alter_alias(&mut self, collection: &CollectionName, alias: &str) -> Result<()> {
        if !self.model.naming.aliases {
            return Err(unsupported("AlterAlias"));
        }
        let id = self.get("AlterAlias", collection)?.id;
        match self.aliases.get_mut(alias) {
            Some(owner) => {
                *owner = id;
                Ok(())
            }
            None => Err(self.model.family.alias_not_found(alias)),
        }
    }

    /// Implements [`milvus_backup_core::Catalog::drop_collection`] on this state.
    pub(super) fn drop_collection(&mut self, name: &CollectionName) -> Result<()> {
        self.permit(Access::DropCollection, "DropCollection")?;
        if self.is_alias(name) && !self.model.naming.alias_acts_for_collection {
            return Err(alias_given("DropCollection", name.as_str()));
        }
        let Some(id) = self.id_of(name) else { return Ok(()) };
        let aliases: Vec<String> = self.aliases_of(id).map(str::to_owned).collect();
        if !aliases.is_empty() && !self.model.naming.drops_aliased {
            return Err(has_aliases(name.as_str(), &aliases));
        }
        if !self.model.naming.aliases_outlive_collection {
            self.aliases.retain(|_, owner| *owner != id);
        }
        self.collections.remove(&id);
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::rename_collection`] on this state.
    pub(super) fn rename_collection(&mut self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        let call = "RenameCollection";
        self.permit(Access::RenameCollection, call)?;
        if !self.model.capabilities.rename {
            return Err(unsupported(call));
        }
        self.require_short("collection name", to.as_str())?;
        if self.is_alias(from) && !self.model.naming.alias_acts_for_collection {
            return Err(alias_given(call, from.as_str()));
        }
        let id = self.get(call, from)?.id;
        if self.id_of(to).is_some() || self.named(to.as_str()).is_some() {
            return Err(self.model.family.name_taken(to.as_str()));
        }
        let releases = self.model.loading.rename_releases;
        let collection = self.collections.get_mut(&id).unwrap();
        collection.name = to.clone();
        // What has no index is loaded at all times.
        if releases && !collection.indexes.is_empty() {
            collection.release_all();
        }
        Ok(())
    }

    /// Implements [`milvus_backup_core::Catalog::alter_properties`] on this state.
    pub(super) fn alter_properties(
        &mut self,
        name: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        let call = "AlterCollection";
        self.permit(Access::AlterCollection, call)?;
        if !self.model.capabilities.alter_properties {
            return Err(unsupported(call));
        }
        let can_remove = self.model.naming.removes_properties;
        if properties.is_empty() && !can_remove {
            return Err(no_properties());
        }
        let known = &mut self.get_mut(call, name)?.schema.properties;
        known.extend(properties.iter().map(|(key, value)| (key.clone(), value.clone())));
        known.retain(|key, _| !can_remove || !removed.contains(key));
        Ok(())
    }

    /// Refuses a name that is longer than the configuration of the server allows.
    pub(super) fn require_short(&self, what: &str, name: &str) -> Result<()> {
        match self.model.limits.name_length {
            Some(longest) if name.len() > longest => Err(limit(
                ServerLimit::NameLength,
                format!(
                    "Invalid {what}: {name}. the length of a {what} must be less than {longest} characters: invalid \
                     parameter"
                ),
            )),
            _ => Ok(()),
        }
    }
}
