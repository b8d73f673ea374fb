//! The collections that a selection means, resolved once.

use std::collections::{BTreeMap, BTreeSet};

use milvus_backup_core::{CollectionName, CollectionRef, Error, ErrorKind, Result};

use super::databases::Instance;
use super::pattern::CollectionPattern;
use super::selection::Selection;
use crate::maintain::STAGING_PREFIX;
use crate::verify::VERIFICATION_PREFIX;

/// What one name or pattern of a selection turned out to mean.
#[derive(Debug)]
pub enum Chosen {
    /// A collection that exists.
    Found {
        /// The collection by its own name.
        collection: CollectionRef,
        /// The name by which it was requested, which may be an alias.
        asked: CollectionName,
    },
    /// A name that means nothing, or a pattern that matches nothing.
    Missing {
        /// The name or the pattern as it was given.
        text: String,
        /// The reason, with the collections that there are.
        error: Error,
    },
}

impl Instance {
    /// Returns the collections that a selection means, in the order in which they were given, those of a pattern in
    /// alphabetical order. Each of them occurs once. The staging collections of restores match no pattern.
    ///
    /// # Errors
    /// If the server does not respond, and [`Error::InvalidParameter`] if everything is excluded. A name or a pattern that
    /// means nothing is in the result, and so is a database whose collections the user may not list.
    pub async fn choose(&self, selection: &Selection) -> Result<Vec<Chosen>> {
        let environment = &self.home.repository.environment;
        environment.bounded(self.home.repository.config.default_backup_timeout, self.chosen(selection)).await
    }

    async fn chosen(&self, selection: &Selection) -> Result<Vec<Chosen>> {
        let mut names = Names { instance: self, databases: None, collections: BTreeMap::new() };
        let (mut chosen, mut seen) = (Vec::new(), BTreeSet::new());
        for pattern in &selection.include {
            let found = if pattern.is_wild() { names.matching(pattern).await? } else { self.named(pattern).await? };
            for choice in found {
                let keep = match &choice {
                    Chosen::Found { collection, .. } => {
                        !selection.exclude.iter().any(|excluded| excluded.matches(collection))
                            && seen.insert(collection.clone())
                    }
                    Chosen::Missing { .. } => true,
                };
                if keep {
                    chosen.push(choice);
                }
            }
        }
        if chosen.is_empty() {
            let limit = "patterns that leave at least one collection".to_owned();
            let value = selection.excluded().join(", ");
            return Err(Error::InvalidParameter { field: "exclude".to_owned(), value, limit });
        }
        Ok(chosen)
    }

    /// Returns the collection that a name without wildcards means. With a dot it is first a name in the own database, which
    /// Milvus Lite 3 allows, and then the name of a database and a collection.
    async fn named(&self, pattern: &CollectionPattern) -> Result<Vec<Chosen>> {
        let text = super::wildcards::literal(pattern.as_str());
        let mut outcome = self.resolved(self.home.catalog.database(), &text).await;
        if let Some((database, name)) = pattern.parts()
            && outcome.as_ref().is_err_and(|error| is_about_the_name(error.kind()))
        {
            outcome = match self.resolved(database, name).await {
                // The reading without a database is the one to report then.
                Err(Error::DatabaseNotFound { .. }) => outcome,
                other => other,
            };
        }
        match outcome {
            Ok(found) => Ok(vec![found]),
            Err(error) if is_about_the_name(error.kind()) || error.kind() == ErrorKind::Authentication => {
                Ok(vec![Chosen::Missing { text, error }])
            }
            Err(error) => Err(error),
        }
    }

    async fn resolved(&self, database: &str, name: &str) -> Result<Chosen> {
        let asked: CollectionName = name.parse()?;
        let manager = self.manager(database)?;
        match manager.catalog.resolve_collection(&asked).await? {
            Some(name) => Ok(Chosen::Found { collection: manager.collection(&name)?, asked }),
            None => Err(Error::CollectionNotFound {
                collection: name.to_owned(),
                database: database.to_owned(),
                available: manager.catalog.list_collections().await?,
            }),
        }
    }
}

/// Returns whether an error says that a name means nothing.
fn is_about_the_name(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::InvalidParameter)
}

/// The names of databases and collections, each list requested once.
struct Names<'a> {
    instance: &'a Instance,
    databases: Option<Vec<String>>,
    collections: BTreeMap<String, Vec<String>>,
}

impl Names<'_> {
    /// Returns the collections that a pattern matches, or that it matches nothing.
    async fn matching(&mut self, pattern: &CollectionPattern) -> Result<Vec<Chosen>> {
        let home = self.instance.home.catalog.database().to_owned();
        let (databases, searched) = if let Some(only) = pattern.only_database(&home) {
            (vec![only.clone()], only)
        } else {
            let mut databases = self.databases().await?.to_vec();
            databases.retain(|database| pattern.matches_database(database).unwrap_or(true));
            (databases, "*".to_owned())
        };
        let (mut found, mut available) = (Vec::new(), Vec::new());
        for database in databases {
            let names = match self.collections(&database).await {
                // It was dropped since it was listed, or never existed.
                Err(Error::DatabaseNotFound { .. }) => continue,
                Err(error @ Error::PermissionDenied { .. }) => {
                    found.push(Chosen::Missing { text: format!("{database}.*"), error });
                    continue;
                }
                names => names?,
            };
            for name in names {
                let asked: CollectionName = name.parse()?;
                let collection = CollectionRef::new(&database, asked.clone())?;
                if pattern.matches_name(name) {
                    found.push(Chosen::Found { collection, asked });
                } else {
                    available.push(collection.to_string());
                }
            }
        }
        if found.is_empty() {
            let text = pattern.to_string();
            let error = Error::CollectionNotFound { collection: text.clone(), database: searched, available };
            found.push(Chosen::Missing { text, error });
        }
        Ok(found)
    }

    async fn databases(&mut self) -> Result<&[String]> {
        if self.databases.is_none() {
            self.databases = Some(self.instance.home.catalog.list_databases().await?);
        }
        Ok(self.databases.as_deref().unwrap_or_default())
    }

    /// Returns the collections of a database that patterns can match.
    async fn collections(&mut self, database: &str) -> Result<&[String]> {
        if !self.collections.contains_key(database) {
            let mut names = self.instance.manager(database)?.catalog.list_collections().await?;
            names.retain(|name| ![STAGING_PREFIX, VERIFICATION_PREFIX].iter().any(|prefix| name.starts_with(prefix)));
            self.collections.insert(database.to_owned(), names);
        }
        Ok(self.collections.get(database).map(Vec::as_slice).unwrap_or_default())
    }
}
