//! [`Compressor`]: compresses an archive on a thread of its own, and writes it to a file or a pipe.

use std::io::{self, Write};

use async_trait::async_trait;
use bytes::Bytes;
use milvus_backup_codec::{Codec, Encoder, Level};
use milvus_backup_core::{ArchiveSink, Error, Result};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::file::Destination;

/// Number of pieces that wait for the compression.
const PIECES_AHEAD: usize = 2;

/// Compresses what it is given.
#[derive(Debug)]
pub(crate) struct Compressor {
    /// `None` once the thread has failed.
    sender: Option<mpsc::Sender<Bytes>>,
    worker: JoinHandle<Result<Destination>>,
}

impl Compressor {
    pub(crate) fn start(destination: Destination, codec: Codec, level: Level) -> Self {
        let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
        let worker = tokio::task::spawn_blocking(move || Ok(compress(receiver, destination, codec, level)?));
        Self { sender: Some(sender), worker }
    }

    /// Completes the archive. Without this call, no file appears.
    ///
    /// # Errors
    /// Those of the compression, and of [`Destination::finish`].
    pub(crate) async fn finish(mut self) -> Result<()> {
        self.sender = None;
        let destination = self.outcome().await?;
        tokio::task::spawn_blocking(move || destination.finish()).await.map_err(lost)?
    }

    async fn outcome(&mut self) -> Result<Destination> {
        (&mut self.worker).await.map_err(lost)?
    }
}

#[async_trait]
impl ArchiveSink for Compressor {
    async fn put(&mut self, bytes: Bytes) -> Result<()> {
        if let Some(sender) = &self.sender
            && sender.send(bytes).await.is_ok()
        {
            return Ok(());
        }
        // Only a thread that has failed takes no more.
        if self.sender.take().is_some() {
            self.outcome().await?;
        }
        Err(Error::Internal { action: "write the archive".to_owned(), source: "the thread has ended".into() })
    }
}

fn compress(
    mut pieces: mpsc::Receiver<Bytes>,
    destination: Destination,
    codec: Codec,
    level: Level,
) -> Result<Destination, milvus_backup_codec::Error> {
    let buffered = io::BufWriter::with_capacity(1 << 20, destination);
    let mut encoder = Encoder::new(codec, level, buffered)?;
    while let Some(piece) = pieces.blocking_recv() {
        encoder.write_all(&piece)?;
    }
    encoder.finish()?.into_inner().map_err(|error| error.into_error().into())
}

fn lost(source: tokio::task::JoinError) -> Error {
    Error::Internal { action: "write the archive".to_owned(), source: Box::new(source) }
}
