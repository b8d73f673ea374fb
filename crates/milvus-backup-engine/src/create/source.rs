//! The source that the rows of a backup are read from: the segment files of the server, or queries.
//!
//! Must always hold: if segment files were demanded, nothing else is read. If they were not, and cannot be used, the
//! backup says so before it reads by queries.

use std::sync::Arc;

use milvus_backup_core::{Access, CollectionDescription, Error, Result, RowSource, SourceChoice, SourceKind};

use super::job::CreateJob;

impl CreateJob<'_> {
    /// Returns the access to the collection that the job needs for certain.
    pub(super) fn needed_access(&self) -> &'static [Access] {
        match self.params.source {
            SourceChoice::Segments => Access::READING_SEGMENTS,
            // A program that copies segment files runs no queries.
            _ if self.manager.backend.is_some() => Access::READING_SEGMENTS,
            _ => Access::READING,
        }
    }

    /// Decides on the source, before anything is written.
    ///
    /// # Errors
    /// If segment files were demanded: [`Error::InvalidParameter`] if the storage of the server is not known, or is not
    /// the one of this server.
    pub(super) async fn choose_source(
        &mut self,
        description: &CollectionDescription,
        partitions: &[String],
    ) -> Result<()> {
        let segments = match (self.params.source, &self.manager.segments) {
            (SourceChoice::Query, _) | (SourceChoice::Auto, None) => return Ok(()),
            (_, None) => return Err(without_storage()),
            (_, Some(segments)) => Arc::clone(segments),
        };
        self.source = SourceKind::Segments;
        match segments.require_readable(&self.collection.name, &description.schema, partitions).await {
            Err(error) if self.may_use_queries_instead(&error) => {
                self.use_queries_instead(&error);
                Ok(())
            }
            checked => checked,
        }
    }

    /// Returns the source that was decided on.
    pub(super) fn row_source(&self) -> Result<Arc<dyn RowSource>> {
        match self.source {
            SourceKind::Segments => self.manager.segments.clone().ok_or_else(without_storage),
            _ => Ok(Arc::clone(&self.manager.source)),
        }
    }

    /// Returns whether queries are an alternative after this error: not if segment files were demanded, nor if they are
    /// damaged, which must not go unnoticed.
    pub(super) fn may_use_queries_instead(&self, error: &Error) -> bool {
        self.source == SourceKind::Segments
            && self.params.source == SourceChoice::Auto
            && matches!(
                error,
                Error::InvalidParameter { .. }
                    | Error::Unsupported { .. }
                    | Error::Storage { .. }
                    | Error::PermissionDenied { .. }
                    | Error::SegmentsUnsettled { .. }
            )
    }

    /// Reads by queries, and says why.
    pub(super) fn use_queries_instead(&mut self, error: &Error) {
        self.warn(format!("the rows are read by queries, and not from segment files: {}", error.full_message()));
        self.source = SourceKind::Query;
    }
}

fn without_storage() -> Error {
    Error::InvalidParameter {
        field: "source".to_owned(),
        value: "segments".to_owned(),
        limit: "`query` or `auto` if the storage of Milvus is not given".to_owned(),
    }
}
