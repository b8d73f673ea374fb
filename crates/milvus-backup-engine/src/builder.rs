//! [`BackupManagerBuilder`]: builds a manager from its parts.

use std::sync::Arc;

use milvus_backup_core::{
    BackupRecoveryConfig, Catalog, Environment, Error, Milvus, Progress, Repository, Result, RowFormat, RowSink,
    RowSource,
};

use crate::{BackupManager, BackupRepository};

impl BackupManager {
    /// Creates a manager for one database of one Milvus server, which is catalogue, source and sink, with a repository and
    /// the format of its data files. [`BackupManager::builder`] takes these parts individually.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::InvalidParameter`] if the configuration is outside its limits.
    pub fn new(
        milvus: Arc<dyn Milvus>,
        repository: Arc<dyn Repository>,
        format: Arc<dyn RowFormat>,
        config: BackupRecoveryConfig,
        environment: Environment,
    ) -> Result<Self> {
        let builder = Self::builder().milvus(milvus).repository(repository).format(format);
        builder.config(config).environment(environment).build()
    }

    /// Returns a builder that takes the parts of a manager individually.
    pub fn builder() -> BackupManagerBuilder {
        BackupManagerBuilder::default()
    }
}

/// Builds a [`BackupManager`] from its parts. All of them except the configuration and the progress are required.
#[derive(Debug, Default)]
pub struct BackupManagerBuilder {
    catalog: Option<Arc<dyn Catalog>>,
    source: Option<Arc<dyn RowSource>>,
    sink: Option<Arc<dyn RowSink>>,
    repository: Option<Arc<dyn Repository>>,
    format: Option<Arc<dyn RowFormat>>,
    environment: Option<Environment>,
    config: BackupRecoveryConfig,
    progress: Option<Arc<dyn Progress>>,
}

impl BackupManagerBuilder {
    /// Sets a Milvus server as catalogue, source and sink.
    #[must_use]
    pub fn milvus(self, milvus: Arc<dyn Milvus>) -> Self {
        let (catalog, source) = (Arc::<dyn Milvus>::clone(&milvus), Arc::<dyn Milvus>::clone(&milvus));
        self.catalog(catalog).source(source).sink(milvus)
    }

    /// Sets the catalogue of collections.
    #[must_use]
    pub fn catalog(self, catalog: Arc<dyn Catalog>) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    /// Sets the source from which backups read rows.
    #[must_use]
    pub fn source(self, source: Arc<dyn RowSource>) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Sets the sink into which restores insert rows.
    #[must_use]
    pub fn sink(self, sink: Arc<dyn RowSink>) -> Self {
        Self { sink: Some(sink), ..self }
    }

    /// Sets the repository of the backups.
    #[must_use]
    pub fn repository(self, repository: Arc<dyn Repository>) -> Self {
        Self { repository: Some(repository), ..self }
    }

    /// Sets the format of the data files.
    #[must_use]
    pub fn format(self, format: Arc<dyn RowFormat>) -> Self {
        Self { format: Some(format), ..self }
    }

    /// Sets the sources of time, randomness and interrupts.
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        Self { environment: Some(environment), ..self }
    }

    /// Sets the configuration, instead of the default one.
    #[must_use]
    pub fn config(self, config: BackupRecoveryConfig) -> Self {
        Self { config, ..self }
    }

    /// Sends the progress of all operations to `progress`.
    #[must_use]
    pub fn progress(self, progress: Arc<dyn Progress>) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Builds the manager from these parts.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a missing part, and for a configuration outside its limits.
    pub fn build(self) -> Result<BackupManager> {
        let repository = BackupRepository::new(
            part(self.repository, "repository")?,
            part(self.format, "format")?,
            self.config,
            part(self.environment, "environment")?,
        )?;
        Ok(BackupManager {
            catalog: part(self.catalog, "catalog")?,
            source: part(self.source, "source")?,
            segments: None,
            sink: part(self.sink, "sink")?,
            backend: None,
            memory: None,
            repository: match self.progress {
                Some(progress) => repository.with_progress(progress),
                None => repository,
            },
        })
    }
}

fn part<T>(part: Option<T>, name: &str) -> Result<T> {
    part.ok_or_else(|| Error::InvalidParameter {
        field: name.to_owned(),
        value: "none".to_owned(),
        limit: "given before the manager is built".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_missing_is_named() {
        let error = BackupManager::builder().build().unwrap_err();
        assert!(error.to_string().contains("repository"), "{error}");
    }
}
