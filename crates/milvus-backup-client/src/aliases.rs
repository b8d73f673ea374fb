//! The aliases of a collection.

use milvus::proto::milvus as pb;
use milvus_backup_core::{CollectionMark, CollectionName, Result};

use crate::call::call;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;
use crate::versions::Server;

impl MilvusConnection {
    /// Lists the aliases, which the description of Milvus Lite omits. If the server does not support the call, or does
    /// not permit it to this user, the result is empty; the latter is added to `limitations`.
    pub(crate) async fn aliases(
        &self,
        collection: &CollectionName,
        limitations: &mut Vec<String>,
    ) -> Result<Vec<String>> {
        let request = pb::ListAliasesRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "ListAliases", list_aliases, request) {
            Err(failure) if failure.is(RefusalKind::Unsupported) => Ok(Vec::new()),
            Err(failure) if failure.is(RefusalKind::NotPermitted) => {
                limitations.push(format!("aliases could not be listed and are not stored: {failure}"));
                Ok(Vec::new())
            }
            answer => Ok(answer?.aliases),
        }
    }

    /// Lists the aliases that mark the identity of a collection.
    pub(crate) async fn marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>> {
        let aliases = self.aliases(collection, &mut Vec::new()).await?;
        aliases.iter().filter(|alias| alias.starts_with(CollectionMark::PREFIX)).map(|alias| alias.parse()).collect()
    }

    /// Creates an alias. Milvus Lite 3 may have created one that it could not save, because another call saved aliases at the
    /// same time: it is saved then.
    pub(crate) async fn new_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        let request = pb::CreateAliasRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            alias: alias.to_owned(),
            ..Default::default()
        };
        match call!(self, "CreateAlias", create_alias, request) {
            Err(failure) if self.server().await? == Server::Lite3 && failure.is_of_the_request() => {
                match self.resolve(&alias.parse()?).await? {
                    Some(found) if found == *collection => self.move_alias(collection, alias).await,
                    _ => Err(failure.into()),
                }
            }
            created => Ok(created.map(drop)?),
        }
    }

    /// Moves an alias to a collection.
    pub(crate) async fn move_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        let request = pb::AlterAliasRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            alias: alias.to_owned(),
            ..Default::default()
        };
        call!(self, "AlterAlias", alter_alias, request)?;
        Ok(())
    }
}
