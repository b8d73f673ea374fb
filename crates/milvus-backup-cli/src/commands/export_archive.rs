//! `milvus-br export --archive` writes a backup into one file, or to standard output.

use milvus_backup_codec::{Codec, Level};
use milvus_backup_core::{CopyParams, Error};

use super::copy::describe;
use crate::archive::{Compressor, Destination, PIPE, codec_of};
use crate::args::{ArchiveCodec, ExportArgs};
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::output::stderr_line;
use crate::resolve::resolve;

pub(crate) async fn run(context: &Context, args: &ExportArgs, archive: &str) -> Result<u8, CommandError> {
    let piped = archive == PIPE;
    if piped && context.output.is_json() {
        let limit = "a file, because the document is printed to standard output".to_owned();
        return Err(Error::InvalidParameter { field: "archive".to_owned(), value: PIPE.to_owned(), limit }.into());
    }
    let codec = codec(args, archive)?;
    // Most of a backup is compressed already.
    let level = args.encoding.level.map_or(Ok(Level::FASTEST), |level| Level::new(level).map_err(Error::from))?;
    let mut params = CopyParams::default();
    (params.bandwidth, params.timeout) = (args.bandwidth, context.timeout());
    params.validate()?;
    let source = context.repository()?;
    let (collection, backup_id) = resolve(context, &source, &args.backup).await?.place()?;
    let mut compressor = Compressor::start(Destination::create(archive)?, codec, level);
    let result = source.export_archive(&collection, &backup_id, archive, &mut compressor, &params).await?;
    context.interruptible(compressor.finish()).await?;
    if piped {
        stderr_line(&describe(&result));
    } else {
        context.output.result(&result, || describe(&result));
    }
    Ok(exit_code::DONE)
}

/// Returns the compression: a file has the one that its name stands for.
fn codec(args: &ExportArgs, archive: &str) -> Result<Codec, Error> {
    let named = (archive != PIPE).then(|| codec_of(archive)).transpose()?;
    let wanted = args.archive_codec.map(|codec| match codec {
        ArchiveCodec::Zstd => Codec::Zstd,
        ArchiveCodec::Lz4 => Codec::Lz4,
        ArchiveCodec::Gzip => Codec::Gzip,
    });
    match (named, wanted) {
        (Some(named), Some(wanted)) if named != wanted => Err(Error::InvalidParameter {
            field: "archive-codec".to_owned(),
            value: wanted.to_string(),
            limit: format!("{named}, as the name of the archive says"),
        }),
        (named, wanted) => Ok(named.or(wanted).unwrap_or(Codec::Zstd)),
    }
}
