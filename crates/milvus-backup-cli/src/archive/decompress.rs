//! The bytes of an archive, decompressed on a thread of its own.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use milvus_backup_codec::Decoder;
use milvus_backup_core::{Error, Result};
use tokio::sync::mpsc;

/// Number of bytes that are decompressed at a time.
const PIECE_BYTES: usize = 1 << 20;

/// Number of pieces that wait for their reader.
const PIECES_AHEAD: usize = 4;

/// Returns the decompressed bytes of an archive. What is decompressed ahead is bounded; that the whole is no larger than
/// what the archive declares is checked by its reader. The thread ends with the stream.
pub(crate) fn decompressed(name: &str, reader: Box<dyn Read + Send>) -> BoxStream<'static, Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    let name = name.to_owned();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = decompress(reader, &sender) {
            // No one waits for an error whose reader has ended.
            let _ = sender.blocking_send(Err(of_archive(&name, error)));
        }
    });
    stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) }).boxed()
}

fn decompress(
    reader: Box<dyn Read + Send>,
    pieces: &mpsc::Sender<Result<Bytes>>,
) -> Result<(), milvus_backup_codec::Error> {
    let mut decoder = Decoder::detect(reader, u64::MAX)?;
    loop {
        let mut piece = BytesMut::zeroed(PIECE_BYTES);
        let read = decoder.read(&mut piece)?;
        piece.truncate(read);
        if read == 0 || pieces.blocking_send(Ok(piece.freeze())).is_err() {
            return Ok(());
        }
    }
}

/// Turns damage of the compressed data into damage of the archive.
fn of_archive(name: &str, error: milvus_backup_codec::Error) -> Error {
    use milvus_backup_codec::Error as Codec;
    match error {
        Codec::Corrupt { .. } | Codec::UnknownFormat { .. } | Codec::OtherFormat { .. } | Codec::TooLarge { .. } => {
            let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
            Error::ArchiveDamaged { archive: name.to_owned(), message: format!("{error}{source}") }
        }
        other => other.into(),
    }
}
