//! The columns of one log group, found in its files by the ids of their fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::try_join_all;
use milvus_backup_core::{Error, Result};

use crate::error::damaged;
use crate::frozen::{LogFile, LogGroup, LogStore};
use crate::log::{OpenLog, PageSource};

/// The columns of a log group, in the order in which they were asked for.
#[derive(Debug)]
pub(super) struct OpenGroup {
    pub(super) rows: usize,
    /// `None` for a column that the group does not have.
    pub(super) columns: Vec<Option<PageSource>>,
}

impl OpenGroup {
    /// Opens those files of a group that have the columns with these ids.
    pub(super) async fn open(store: &Arc<dyn LogStore>, group: &LogGroup, ids: &[i64]) -> Result<Self> {
        let (named, others): (Vec<_>, Vec<_>) = group.files.iter().partition(|(id, _)| ids.contains(id));
        let mut found = Found::default();
        found.open(store, named).await?;
        if ids.iter().any(|id| !found.columns.contains_key(id)) {
            // Column groups are named by ids of their own, and may have any column.
            found.open(store, others).await?;
        }
        let rows = found.rows.as_ref().map(|(rows, _)| *rows);
        let columns =
            ids.iter().map(|id| found.columns.get(id).map(|(log, column)| PageSource::new(Arc::clone(log), *column)));
        let rows =
            rows.ok_or_else(|| Error::Protocol { message: "a segment has a log group without files".to_owned() })?;
        Ok(Self { rows, columns: columns.collect() })
    }
}

/// The columns that were found.
#[derive(Debug, Default)]
struct Found {
    /// The file of each column, and its number in there.
    columns: BTreeMap<i64, (Arc<OpenLog>, usize)>,
    /// The number of rows, and the file that has them.
    rows: Option<(usize, String)>,
}

impl Found {
    async fn open(&mut self, store: &Arc<dyn LogStore>, files: Vec<(&i64, &LogFile)>) -> Result<()> {
        let opened = files
            .into_iter()
            .map(async |(id, file)| Ok::<_, Error>((*id, OpenLog::open(Arc::clone(store), file.clone()).await?)));
        for (id, log) in try_join_all(opened).await? {
            self.add(id, &Arc::new(log))?;
        }
        Ok(())
    }

    /// Adds the columns of a file, whose rows must be those of the other files.
    fn add(&mut self, id: i64, log: &Arc<OpenLog>) -> Result<()> {
        let path = log.file.path.clone();
        let said = log.envelope.header().map(|header| (header.field_id, header.deletes));
        if said.is_some_and(|said| said != (id, false)) {
            return Err(damaged(&path, format_args!("is not the insert log of field {id}")));
        }
        if said.is_some() && log.columns.len() != 1 {
            return Err(damaged(&path, format_args!("has {} columns instead of one", log.columns.len())));
        }
        for (number, column) in log.columns.iter().enumerate() {
            let column_id =
                if said.is_some() { Some(id) } else { column.field_id.or_else(|| column.name.parse().ok()) };
            let rows = column.rows();
            match &self.rows {
                Some((others, file)) if *others != rows => {
                    return Err(damaged(&path, format_args!("has {rows} rows, but `{file}` has {others}")));
                }
                Some(_) => {}
                None => self.rows = Some((rows, path.clone())),
            }
            let Some(column_id) = column_id else { continue };
            if self.columns.insert(column_id, (Arc::clone(log), number)).is_some() {
                return Err(damaged(&path, format_args!("has a second column of field {column_id}")));
            }
        }
        Ok(())
    }
}
