//! `verification.json`: the outcomes of verifications, outside the chain of digests.

use milvus_backup_core::{BackupId, CollectionRef, FORMAT_VERSION, Result, VerificationRecord, VerifiedBackup};

use crate::catalogue::read_verifications;
use crate::documents::{VerificationDocument, to_bytes};
use crate::handle::RepositoryHandle;
use crate::layout::{METADATA, VERIFICATION};

impl RepositoryHandle {
    /// Records the outcome of a verification beside the backup, with those of other depths. If the backup is deleted
    /// meanwhile, no file remains.
    ///
    /// # Errors
    /// [`Error::Storage`](milvus_backup_core::Error), and [`Error::Corrupted`](milvus_backup_core::Error) with the path
    /// of a symbolic link.
    pub async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        verification: VerificationRecord,
        owner: VerifiedBackup,
    ) -> Result<()> {
        let directory = self.backup(collection, backup_id);
        self.storage().refuse_links(directory.path()).await?;
        let mut earlier_verifications = match owner {
            VerifiedBackup::New => Vec::new(),
            VerifiedBackup::Existing => read_verifications(&directory).await,
        };
        earlier_verifications.retain(|earlier| !verification.supersedes(earlier));
        let document = VerificationDocument { format_version: FORMAT_VERSION, verification, earlier_verifications };
        directory.write_document(VERIFICATION, to_bytes(&document)?).await?;
        if owner == VerifiedBackup::Existing && directory.size(METADATA).await?.is_none() {
            directory.delete([VERIFICATION.to_owned()]).await?;
            self.storage().remove_empty(directory.path());
        }
        Ok(())
    }
}
