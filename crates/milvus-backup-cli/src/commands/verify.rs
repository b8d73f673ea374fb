//! `milvus-br verify` checks the integrity of a backup.

use milvus_backup_core::{VerificationParams, VerificationResult, VerificationType};

use crate::args::{Mode, VerifyArgs};
use crate::command_error::CommandError;
use crate::context::Context;
use crate::exit_code;
use crate::output::{stderr_line, warning};
use crate::sizes::format_size;
use crate::subject::{Subject, resolve_subject};
use crate::text::{count, printable};

pub(crate) async fn run(context: &Context, args: VerifyArgs) -> Result<u8, CommandError> {
    let mut params = VerificationParams::checksum();
    params.verification_type = match args.mode {
        Mode::Checksum => VerificationType::Checksum,
        Mode::Quick => VerificationType::Quick,
        Mode::Deep => VerificationType::Deep,
    };
    params.sample_size = args.sample;
    params.seed = args.seed;
    params.fail_fast = !args.no_fail_fast;
    params.timeout = context.timeout();
    params.validate()?;
    let Some(backup) = &args.backup else { return super::verify_all::run(context, &args, params).await };
    let repository = context.repository()?;
    let resolved = match resolve_subject(context, &repository, backup).await? {
        Subject::Backup(resolved) => resolved,
        Subject::Set(set) => return Ok(super::verify_set::run(context, &repository, &set, &params).await?),
    };
    let newest_good = resolved.newest_good();
    let (collection, backup_id) = resolved.place()?;
    let result = if params.verification_type == VerificationType::Deep {
        let session = context.connect().await?;
        params.timeout = context.timeout();
        let result = session.manager.verify_backup(&collection, &backup_id, &params).await;
        session.close().await;
        result?
    } else {
        repository.verify_backup(&collection, &backup_id, &params).await?
    };
    context.output.result(&result, || describe(&result));
    for text in &result.warnings {
        warning(text);
    }
    for finding in &result.errors {
        stderr_line(&format!("error: {}", printable(&finding.message)));
    }
    if !result.success
        && let Some(hint) = newest_good.hint().await
    {
        stderr_line(&format!("hint: {hint}"));
    }
    Ok(if result.success { exit_code::DONE } else { exit_code::INTEGRITY })
}

pub(super) fn describe(result: &VerificationResult) -> String {
    let size = format_size(result.bytes_verified);
    let (id, files, failed) = (&result.backup_id, count(result.files_verified, "file"), result.files_failed);
    let outcome = if result.success {
        format!("{id}  passed: {files}, {size}")
    } else {
        format!("{id}  FAILED: {failed} of {files}")
    };
    let row_groups = count(result.row_groups_verified, "row group");
    let sample = result.seed.map(|seed| format!("\ndecoded  {row_groups}, seed {seed}"));
    let compared = result.compared.iter().map(|compared| format!("\ncompared {}", printable(compared)));
    outcome + &sample.unwrap_or_default() + &compared.collect::<String>()
}
