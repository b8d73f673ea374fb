//! What dead operations leave in a repository: backups without a commit, and notes of collections in Milvus.

use std::sync::Arc;

use milvus_backup_core::{
    BackupId, BackupPlan, CollectionName, CollectionRef, Error, FORMAT_VERSION, Hint, IncompleteBackup,
    InterruptedBackup, OwnerState, Result, UnfinishedCollection, path_segment,
};
use serde::{Deserialize, Serialize};

use crate::documents::{from_bytes, to_bytes};
use crate::layout::{JOURNAL, METADATA, NOTES, UNFINISHED};
use crate::links::refuse_links;
use crate::objects::Directory;
use crate::process::Process;
use crate::store::LocalStore;

/// `unfinished.json` of a backup that is being written: who writes it, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OwnerDocument {
    format_version: u32,
    process: Process,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<BackupPlan>,
}

/// `restores/COLLECTION.json`: a collection that is being made, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct NoteDocument {
    format_version: u32,
    process: Process,
    collection: UnfinishedCollection,
}

/// Says who is writing a backup and how, before anything else of it is written; or who is deleting it, without a plan.
pub(crate) async fn note_owner(directory: &Directory, plan: Option<&BackupPlan>) -> Result<()> {
    let document = OwnerDocument { format_version: FORMAT_VERSION, process: Process::current(), plan: plan.cloned() };
    directory.write_document(UNFINISHED, to_bytes(&document)?).await
}

impl LocalStore {
    pub(crate) async fn find_incomplete(&self) -> Result<Vec<IncompleteBackup>> {
        let mut found = Vec::new();
        for directory_name in self.subdirectories("").await? {
            let Some(collection) = CollectionRef::from_directory(&directory_name) else { continue };
            for name in self.subdirectories(&directory_name).await? {
                let Ok(backup_id) = name.parse::<BackupId>() else { continue };
                let directory = self.backup(&collection, &backup_id);
                refuse_links(&self.root, &directory.path).await?;
                let files = directory.list().await?;
                if files.iter().all(|(file, _)| file != METADATA) {
                    found.push(IncompleteBackup {
                        collection: collection.clone(),
                        backup_id,
                        files: files.len() as u64,
                        size_bytes: files.iter().map(|(_, size)| size).sum(),
                        owner: owner(&directory).await?,
                    });
                }
            }
        }
        Ok(found)
    }

    /// What is known of a backup that was cut off.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], and [`Error::Refused`] for one that is complete, or does not say how it was made.
    pub(crate) async fn find_interrupted(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
    ) -> Result<InterruptedBackup> {
        let directory = self.backup(collection, backup_id);
        refuse_links(&self.root, &directory.path).await?;
        let files = directory.list().await?;
        if files.iter().any(|(file, _)| file == METADATA) {
            return Err(Error::Refused {
                reason: format!("backup {backup_id} is complete"),
                hint: Hint::ShowBackup(backup_id.clone()),
            });
        }
        if files.is_empty() {
            return Err(self.not_found(backup_id));
        }
        let noted = match directory.read_document(UNFINISHED).await? {
            Some(bytes) => from_bytes::<OwnerDocument>(&directory.path, UNFINISHED, &bytes)?.plan,
            None => None,
        };
        let plan = noted.filter(|plan| plan.backup_id == *backup_id && plan.collection == *collection);
        let Some(plan) = plan else {
            return Err(Error::Refused {
                reason: format!("backup {backup_id} cannot be continued: it does not say how it was begun"),
                hint: Hint::StartAnew,
            });
        };
        let completed_chunks = files.iter().filter(|(file, _)| file.starts_with(JOURNAL)).count() as u64;
        let size_bytes = files.iter().map(|(_, size)| size).sum();
        Ok(InterruptedBackup { plan, completed_chunks, size_bytes })
    }

    fn notes(&self, collection_directory: &str) -> Directory {
        Directory { store: Arc::clone(&self.root.store), path: format!("{collection_directory}/{NOTES}") }
    }

    pub(crate) async fn write_note(&self, of: &CollectionRef, collection: &UnfinishedCollection) -> Result<()> {
        let notes = self.notes(&of.directory());
        refuse_links(&self.root, &notes.path).await?;
        let document = NoteDocument {
            format_version: FORMAT_VERSION,
            process: Process::current(),
            collection: collection.clone(),
        };
        notes.write_document(&note_file(&collection.name), to_bytes(&document)?).await
    }

    pub(crate) async fn remove_note(&self, of: &CollectionRef, name: &CollectionName) -> Result<()> {
        let notes = self.notes(&of.directory());
        refuse_links(&self.root, &notes.path).await?;
        notes.delete([note_file(name)]).await?;
        self.remove_empty(&notes.path);
        Ok(())
    }

    pub(crate) async fn read_notes(&self) -> Result<Vec<(CollectionRef, UnfinishedCollection, OwnerState)>> {
        let mut found = Vec::new();
        for directory_name in self.subdirectories("").await? {
            let Some(collection) = CollectionRef::from_directory(&directory_name) else { continue };
            let notes = self.notes(&directory_name);
            refuse_links(&self.root, &notes.path).await?;
            for (file, _) in notes.list().await? {
                let Some(bytes) = notes.read_document(&file).await? else { continue };
                let note: NoteDocument = from_bytes(&notes.path, &file, &bytes).map_err(|error| Error::Refused {
                    reason: format!("the note `{}/{file}` cannot be read: {}", notes.path, error.full_message()),
                    hint: "remove it once no restore runs".into(),
                })?;
                // A note speaks for the collection it is named after, and for no other.
                if note_file(&note.collection.name) == file {
                    found.push((collection.clone(), note.collection, note.process.state()));
                }
            }
        }
        Ok(found)
    }
}

/// What is known of the process that writes a backup.
async fn owner(directory: &Directory) -> Result<OwnerState> {
    let Some(bytes) = directory.read_document(UNFINISHED).await? else { return Ok(OwnerState::Unknown) };
    let document = from_bytes::<OwnerDocument>(&directory.path, UNFINISHED, &bytes);
    Ok(document.map_or(OwnerState::Unknown, |document| document.process.state()))
}

fn note_file(name: &CollectionName) -> String {
    format!("{}.json", path_segment(name.as_str()))
}
