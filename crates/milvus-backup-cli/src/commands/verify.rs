//! `milvus-br verify`

use milvus_backup_core::{Result, VerificationParams, VerificationResult, VerificationType};

use crate::args::{Mode, VerifyArgs};
use crate::context::Context;
use crate::exit_code;
use crate::output::stderr_line;
use crate::resolve::{Resolved, collection_of, resolve};
use crate::sizes::format_size;

pub(crate) async fn run(context: &Context, args: VerifyArgs) -> Result<u8> {
    let mut params = VerificationParams::checksum();
    params.verification_type = match args.mode {
        Mode::Checksum => VerificationType::Checksum,
        Mode::Quick => VerificationType::Quick,
        Mode::Deep => VerificationType::Deep,
    };
    params.sample_size = args.sample;
    params.fail_fast = !args.no_fail_fast;
    params.timeout = args.timeout;
    params.validate()?;
    let repository = context.repository()?;
    let (collection, backup_id) = match resolve(context, &repository, &args.backup).await? {
        Resolved::Whole(metadata) => (collection_of(&metadata)?, metadata.backup_id),
        Resolved::Broken(broken) => match broken.collection {
            Some(collection) => (collection, broken.backup_id),
            None => return Err(broken.error),
        },
    };
    let result = repository.verify_backup(&collection, &backup_id, &params).await?;
    context.output.result(&result, || describe(&result));
    for finding in &result.errors {
        stderr_line(&format!("error: {}", finding.message));
    }
    Ok(if result.success { exit_code::DONE } else { exit_code::INTEGRITY })
}

fn describe(result: &VerificationResult) -> String {
    let size = format_size(result.bytes_verified);
    if result.success {
        return format!("{}  passed: {} files, {size}", result.backup_id, result.files_verified);
    }
    format!("{}  FAILED: {} of {} files", result.backup_id, result.files_failed, result.files_verified)
}
