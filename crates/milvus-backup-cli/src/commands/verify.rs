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
    params.seed = args.seed;
    params.fail_fast = !args.no_fail_fast;
    params.timeout = context.timeout();
    params.validate()?;
    let repository = context.repository()?;
    let (collection, backup_id) = match resolve(context, &repository, &args.backup).await? {
        Resolved::Whole(metadata) => (collection_of(&metadata)?, metadata.backup_id),
        Resolved::Broken(broken) => match broken.collection {
            Some(collection) => (collection, broken.backup_id),
            None => return Err(broken.error),
        },
    };
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
    for warning in &result.warnings {
        stderr_line(&format!("warning: {warning}"));
    }
    for finding in &result.errors {
        stderr_line(&format!("error: {}", finding.message));
    }
    Ok(if result.success { exit_code::DONE } else { exit_code::INTEGRITY })
}

fn describe(result: &VerificationResult) -> String {
    let size = format_size(result.bytes_verified);
    let (id, files, failed) = (&result.backup_id, result.files_verified, result.files_failed);
    let outcome = if result.success {
        format!("{id}  passed: {files} files, {size}")
    } else {
        format!("{id}  FAILED: {failed} of {files} files")
    };
    let sample = result.seed.map(|seed| format!("\ndecoded  {} row groups, seed {seed}", result.row_groups_verified));
    let compared = result.compared.iter().map(|compared| format!("\ncompared {compared}"));
    outcome + &sample.unwrap_or_default() + &compared.collect::<String>()
}
