//! [`RowSource`]: a session is opened, and registered with the server until it is closed.

use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Result, RowSource, ScanOptions, ScanSession, SourceRequirements};

use super::server::InMemoryMilvus;
use super::session::InMemorySession;

#[async_trait]
impl RowSource for InMemoryMilvus {
    /// As queries have it: they see rows that are not flushed, and only what is in memory.
    fn requirements(&self) -> SourceRequirements {
        SourceRequirements { loaded: true, flushed: false }
    }

    async fn require_readable(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        self.turn("require_readable").await?.require_readable(collection, schema, partitions)
    }

    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>> {
        let mut state = self.turn("open").await?;
        let read_point = match options.read_point {
            Some(read_point) => read_point,
            None => state.read_point(collection)?,
        };
        let id = state.new_id();
        state.sessions.insert(id);
        Ok(Arc::new(InMemorySession::new(self.clone(), id, collection.clone(), schema.clone(), read_point)))
    }
}
