//! `milvus-br import` creates the backup that is in an archive.

use milvus_backup_core::CopyParams;

use super::copy::describe;
use crate::archive::{decompressed, open};
use crate::args::ImportArgs;
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;

pub(crate) async fn run(context: &Context, args: ImportArgs) -> Result<u8, CommandError> {
    let mut params = CopyParams::default();
    (params.bandwidth, params.timeout) = (args.bandwidth, context.timeout());
    params.validate()?;
    let bytes = decompressed(&args.archive, open(&args.archive)?);
    let result = context.repository()?.import_archive(&args.archive, bytes, &params).await?;
    context.output.result(&result, || describe(&result));
    Ok(exit_code::DONE)
}
