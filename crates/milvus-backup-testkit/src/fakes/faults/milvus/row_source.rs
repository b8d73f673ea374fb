//! [`RowSource`].

use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Result, RowSource, ScanOptions, ScanSession, SourceRequirements};

use super::session::FaultySession;
use super::wrapper::FaultyMilvus;

#[async_trait]
impl RowSource for FaultyMilvus {
    fn requirements(&self) -> SourceRequirements {
        self.inner.requirements()
    }

    async fn require_readable(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        self.read("require_readable", collection, self.inner.require_readable(collection, schema, partitions)).await
    }

    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>> {
        let inner = self.read("open", collection, self.inner.open(collection, schema, options)).await?;
        Ok(Arc::new(FaultySession::new(inner, self.clone(), collection.clone())))
    }
}
