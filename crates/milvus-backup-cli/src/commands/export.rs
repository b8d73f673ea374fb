//! `milvus-br export` writes the rows of a native backup as Parquet files, or any backup as an archive.

use milvus_backup_core::BackupParams;

use super::create::describe;
use super::export_archive;
use crate::args::ExportArgs;
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::resolve::resolve;

pub(crate) async fn run(context: &Context, args: ExportArgs) -> Result<u8, CommandError> {
    if let Some(archive) = &args.archive {
        return export_archive::run(context, &args, archive).await;
    }
    let mut params = BackupParams::full();
    params.backup_name.clone_from(&args.name);
    params.tags.clone_from(&args.tags);
    args.encoding.apply(&mut params);
    params.verify_after = args.no_verify.then_some(false);
    params.timeout = context.timeout();
    params.validate()?;
    let source = context.repository()?;
    let destination = context.repository_at(args.to.as_deref().unwrap_or_default())?;
    let (collection, backup_id) = resolve(context, &source, &args.backup).await?.place()?;
    let result = source.export_backup(&collection, &backup_id, &destination, &params).await?;
    context.output.result(&result, || describe(&result));
    Ok(exit_code::DONE)
}
