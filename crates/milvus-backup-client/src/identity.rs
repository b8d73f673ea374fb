//! The collection that a name refers to, and the mark that distinguishes it from others that are given its name.
//!
//! Milvus assigns numbers to collections. Milvus Lite 3 does not: there a temporary alias replaces the number, since
//! Lite moves aliases with a rename and removes them with the collection.

use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionMark, CollectionName, Error, PinnedCollection, Result};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::describe::real_name;
use crate::refusal::{CallResult, RefusalKind};
use crate::versions::Server;

impl MilvusConnection {
    /// Implements [`milvus_backup_core::Catalog::resolve_collection`] on this connection.
    pub(crate) async fn resolve(&self, name: &CollectionName) -> Result<Option<CollectionName>> {
        self.described(name).await?.map(|described| real_name(&described.answer)).transpose()
    }

    /// Implements [`milvus_backup_core::Catalog::pin_collection`] on this connection.
    pub(crate) async fn pin(&self, asked: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection> {
        let answer = self.describe(asked).await?.answer;
        let (asked, name) = (asked.clone(), real_name(&answer)?);
        let mark = match answer.collection_id {
            0 if self.server().await? == Server::Lite3 => {
                self.new_alias(&name, mark.as_str()).await?;
                CollectionMark::Alias(mark.clone())
            }
            0 => CollectionMark::Name,
            id => CollectionMark::Id(id),
        };
        Ok(PinnedCollection { asked, name, mark })
    }

    /// Implements [`milvus_backup_core::Catalog::locate_collection`] on this connection.
    pub(crate) async fn locate(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>> {
        match &pin.mark {
            CollectionMark::Id(id) => match self.name_of(*id).await {
                // If privileges are granted by name, no number matches a grant.
                Err(failure) if failure.is(RefusalKind::NotPermitted) => self.name_if_same(&pin.name, *id).await,
                located => Ok(located?),
            },
            CollectionMark::Alias(alias) => self.resolve(alias).await,
            _ => self.resolve(&pin.name).await,
        }
    }

    /// Implements [`milvus_backup_core::Catalog::unpin_collection`] on this connection.
    pub(crate) async fn unpin(&self, pin: &PinnedCollection) -> Result<()> {
        let CollectionMark::Alias(alias) = &pin.mark else { return Ok(()) };
        let request =
            pb::DropAliasRequest { db_name: self.request_database(), alias: alias.to_string(), ..Default::default() };
        match call!(self, "DropAlias", drop_alias, request) {
            Err(failure) if failure.is(RefusalKind::CollectionNotFound) => Ok(()),
            answer => {
                answer?;
                Ok(())
            }
        }
    }

    /// Returns the name, if the collection with this name also has this number.
    async fn name_if_same(&self, name: &CollectionName, id: i64) -> Result<Option<CollectionName>> {
        let described = self.described(name).await?.map(|described| described.answer);
        described.filter(|answer| answer.collection_id == id).as_ref().map(real_name).transpose()
    }

    /// Returns the name of the collection with this number.
    async fn name_of(&self, id: i64) -> CallResult<Option<CollectionName>> {
        let request =
            pb::DescribeCollectionRequest { db_name: self.request_database(), collection_id: id, ..Default::default() };
        match call!(self, "DescribeCollection", describe_collection, request) {
            Ok(answer) if answer.collection_id == id => Ok(Some(real_name(&answer)?)),
            Ok(answer) => {
                let message = format!("collection {id} was asked for, and {} is described", answer.collection_id);
                Err(Error::Protocol { message }.into())
            }
            Err(failure) if failure.is(RefusalKind::CollectionNotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}
