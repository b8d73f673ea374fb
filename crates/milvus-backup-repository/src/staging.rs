//! The staging register: collections in Milvus that restores are filling, recorded so that they are found if a process
//! dies.

use milvus_backup_core::{CollectionName, CollectionRef, Error, OwnerState, Result, StagingCollection, path_segment};
use milvus_backup_storage::Directory;

use crate::documents::{StagingDocument, from_bytes, to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::NOTES;
use crate::process::Process;

impl RepositoryHandle {
    fn notes(&self, collection_directory: &str) -> Directory {
        self.storage().directory(format!("{collection_directory}/{NOTES}"))
    }

    /// Registers a collection that a restore of a backup of `of` fills under a temporary name.
    ///
    /// # Errors
    /// [`Error::Storage`] if the record cannot be written.
    pub async fn register_staging(&self, of: &CollectionRef, collection: &StagingCollection) -> Result<()> {
        self.require_writable().await?;
        let notes = self.notes(&of.directory());
        self.storage().refuse_links(notes.path()).await?;
        let document = StagingDocument::new(Process::current(), collection);
        notes.write_document(&note_file(&collection.name), to_bytes(&document)?).await
    }

    /// Removes a collection from the register. One that is not registered is not an error.
    ///
    /// # Errors
    /// [`Error::Storage`] if the record cannot be removed.
    pub async fn unregister_staging(&self, of: &CollectionRef, name: &CollectionName) -> Result<()> {
        let notes = self.notes(&of.directory());
        self.storage().refuse_links(notes.path()).await?;
        notes.delete([note_file(name)]).await?;
        self.storage().remove_empty(notes.path());
        Ok(())
    }

    /// Lists all registered collections, with the state of the processes that registered them.
    ///
    /// # Errors
    /// [`Error::Storage`], and [`Error::Refused`] for a record that cannot be read.
    pub async fn list_staging(&self) -> Result<Vec<(CollectionRef, StagingCollection, OwnerState)>> {
        self.require_readable().await?;
        let mut found = Vec::new();
        for directory_name in self.storage().subdirectories("").await? {
            let Some(collection) = CollectionRef::from_directory(&directory_name) else { continue };
            let notes = self.notes(&directory_name);
            self.storage().refuse_links(notes.path()).await?;
            for (file, _) in notes.list().await? {
                let Some(bytes) = read_document(&notes, &file).await? else { continue };
                let note: StagingDocument =
                    from_bytes(notes.path(), &file, &bytes).map_err(|error| Error::Refused {
                        reason: format!("the note `{}/{file}` cannot be read: {}", notes.path(), error.full_message()),
                        hint: "remove it once no restore runs".into(),
                    })?;
                let state = note.process.state();
                let unfinished = note.into_collection();
                // A record is valid only for the collection in its file name.
                if note_file(&unfinished.name) == file {
                    found.push((collection.clone(), unfinished, state));
                }
            }
        }
        Ok(found)
    }
}

fn note_file(name: &CollectionName) -> String {
    format!("{}.json", path_segment(name.as_str()))
}
