//! [`OpenArchive`]: an archive of which every member is checked against the documents at its start.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{ArchivedBackup, BackupFiles, BackupMetadata, Error, Result, StoredFile};

use super::member::{Member, Members};
use super::source::Source;
use crate::copy::piece_bytes;
use crate::described;
use crate::layout::{CHECKSUMS, METADATA, document_limit};

/// An archive whose documents were read.
#[derive(Debug)]
pub(crate) struct OpenArchive {
    members: Members,
    files: BackupFiles,
    metadata: BackupMetadata,
    /// The files that were not returned yet, by path.
    missing: BTreeMap<String, StoredFile>,
    /// The content of `checksums.json`, until it was read.
    checksums: Option<Bytes>,
    current: Current,
}

/// The file that was returned last.
#[derive(Debug)]
enum Current {
    /// Its content is in memory.
    Held(Bytes),
    /// Its content follows in the archive; pieces have this number of bytes.
    Follows(usize),
}

impl OpenArchive {
    /// Reads the documents at the start of an archive.
    ///
    /// # Errors
    /// [`Error::ArchiveDamaged`], [`Error::UnsupportedFormatVersion`], and those of the stream.
    pub(crate) async fn open(name: &str, content: BoxStream<'static, Result<Bytes>>) -> Result<Self> {
        let mut members = Members::new(Source::new(name, content));
        let (first, commit) = document(&mut members, METADATA).await?;
        let metadata = described::metadata(name, &commit).map_err(|error| of_archive(name, error))?;
        let prefix = format!("{}/", metadata.backup_id);
        if first.path != format!("{prefix}{METADATA}") {
            return Err(members.source().damaged(format!("`{}` is not its path", first.path.escape_default())));
        }
        let (second, checksums) = document(&mut members, CHECKSUMS).await?;
        if second.path != format!("{prefix}{CHECKSUMS}") {
            return Err(members.source().damaged(format!("`{}` is not its path", second.path.escape_default())));
        }
        let files = described::files(name, commit, &metadata, &checksums).map_err(|error| of_archive(name, error))?;
        let missing = files.files.iter().map(|file| (file.path.clone(), file.clone())).collect();
        Ok(Self { members, files, metadata, missing, checksums: Some(checksums), current: Current::Held(Bytes::new()) })
    }

    /// Returns the file that a member is, once.
    fn recorded(&mut self, member: &Member) -> Result<StoredFile> {
        let inside = member.path.strip_prefix(self.files.backup_id.as_str()).and_then(|path| path.strip_prefix('/'));
        let message = match inside.and_then(|path| self.missing.remove(path)) {
            Some(file) if file.size_bytes == member.size => return Ok(file),
            Some(file) => format!("has {} bytes, but {} are recorded", member.size, file.size_bytes),
            None if inside.is_some_and(|path| self.files.files.iter().any(|file| file.path == path)) => {
                "is in it twice".to_owned()
            }
            None => "is not a file of the backup".to_owned(),
        };
        Err(self.members.source().damaged(format!("`{}` {message}", member.path.escape_default())))
    }
}

/// Reads a member that must be this document.
async fn document(members: &mut Members, name: &str) -> Result<(Member, Bytes)> {
    let Some(member) = members.next().await? else { return Err(members.source().damaged("it is empty")) };
    if !member.path.ends_with(&format!("/{name}")) {
        let path = member.path.escape_default();
        return Err(members.source().damaged(format!("`{path}` is where `{name}` must be")));
    }
    let limit = document_limit(name);
    let Some(size) = usize::try_from(member.size).ok().filter(|_| member.size <= limit) else {
        return Err(members.source().damaged(format!("`{name}` has more than {limit} bytes")));
    };
    let content = members.piece(size).await?;
    Ok((member, content))
}

/// Turns damage of a backup into damage of the archive that it is in.
fn of_archive(name: &str, error: Error) -> Error {
    match error {
        Error::Corrupted { message, .. } => Error::ArchiveDamaged { archive: name.to_owned(), message },
        other => other,
    }
}

#[async_trait]
impl ArchivedBackup for OpenArchive {
    fn files(&self) -> &BackupFiles {
        &self.files
    }

    fn metadata(&self) -> &BackupMetadata {
        &self.metadata
    }

    async fn next(&mut self) -> Result<Option<StoredFile>> {
        if let Some(checksums) = self.checksums.take()
            && let Some(file) = self.missing.remove(CHECKSUMS)
        {
            self.current = Current::Held(checksums);
            return Ok(Some(file));
        }
        self.current = Current::Held(Bytes::new());
        match self.members.next().await? {
            Some(member) => {
                let file = self.recorded(&member)?;
                self.current = Current::Follows(usize::try_from(piece_bytes(file.size_bytes)).unwrap_or(usize::MAX));
                Ok(Some(file))
            }
            None => match self.missing.keys().next() {
                Some(path) => Err(self.members.source().damaged(format!("`{path}` is missing"))),
                None => Ok(None),
            },
        }
    }

    fn content(&mut self) -> BoxStream<'_, Result<Bytes>> {
        match &mut self.current {
            Current::Held(content) => {
                let content = std::mem::take(content);
                stream::iter((!content.is_empty()).then_some(Ok(content))).boxed()
            }
            Current::Follows(bytes) => {
                let pieces = stream::try_unfold((&mut self.members, *bytes), |(members, bytes)| async move {
                    let piece = members.piece(bytes).await?;
                    Ok::<_, Error>((!piece.is_empty()).then_some((piece, (members, bytes))))
                });
                pieces.into_stream().boxed()
            }
        }
    }
}
