//! `milvus-br doctor` checks the configuration, the root and Milvus before they are relied on.

use milvus_backup_core::{Diagnosis, DiagnosisArea, DiagnosisStatus, ErrorKind, Result};
use serde::Serialize;

use crate::args::DoctorArgs;
use crate::context::Context;
use crate::exit_code;
use crate::hints::words;
use crate::text::{printable, table};

/// What no check can prove.
const NOT_PROVEN: &[&str] = &[
    "that a store which keeps its promises now always keeps them",
    "that space, quotas and rate limits suffice for the next backup",
    "that a backup can be restored: verify it with --mode deep",
];

/// The result of the command.
#[derive(Debug, Serialize)]
struct Examination<'a> {
    success: bool,
    root: &'a str,
    uri: Option<&'a str>,
    checks: Vec<Line>,
    not_proven: &'static [&'static str],
}

/// One check, as it is printed.
#[derive(Debug, Serialize)]
struct Line {
    area: DiagnosisArea,
    check: String,
    status: DiagnosisStatus,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

pub(crate) async fn run(context: &Context, args: DoctorArgs) -> Result<u8> {
    let collection = args.collection.as_deref().map(str::parse).transpose()?;
    let repository = context.repository()?;
    let mut found = vec![Diagnosis::passed(DiagnosisArea::Configuration, "configuration", context.origin())];
    found.extend(repository.diagnose().await);
    if !args.no_milvus {
        match context.connect().await {
            Ok(session) => {
                found.extend(
                    context.interruptible(async { Ok(session.manager.diagnose(collection.as_ref()).await) }).await?,
                );
                session.close().await;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => found.push(Diagnosis::failed(DiagnosisArea::Milvus, "server", &error)),
        }
    }
    let failed = found.iter().find(|diagnosis| diagnosis.status == DiagnosisStatus::Failed);
    let code = failed.map_or(exit_code::DONE, |failed| failed.failure.map_or(exit_code::FAILED, exit_code::of));
    let examination = Examination {
        success: failed.is_none(),
        root: repository.root(),
        uri: (!args.no_milvus).then(|| context.uri()),
        checks: found.into_iter().map(line).collect(),
        not_proven: NOT_PROVEN,
    };
    context.output.result(&examination, || describe(&examination));
    Ok(code)
}

fn line(diagnosis: Diagnosis) -> Line {
    let Diagnosis { area, check, status, message, hint, .. } = diagnosis;
    Line { area, check, status, message, hint: hint.as_ref().map(words) }
}

fn describe(examination: &Examination<'_>) -> String {
    let mut rows = vec![["STATUS", "AREA", "CHECK", "OUTCOME"].map(str::to_owned)];
    for line in &examination.checks {
        let status = match line.status {
            DiagnosisStatus::Passed => "ok",
            DiagnosisStatus::Warning => "WARNING",
            DiagnosisStatus::Failed => "FAILED",
            _ => "unknown",
        };
        let area = match line.area {
            DiagnosisArea::Configuration => "configuration",
            DiagnosisArea::Storage => "storage",
            _ => "milvus",
        };
        let hint = line.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        let cells = [status, area, &line.check, &format!("{}{hint}", line.message)];
        rows.push(cells.map(|cell| printable(cell).into_owned()));
    }
    let limits = examination.not_proven.iter().map(|limit| format!("\nnot proven: {limit}"));
    table(&rows) + &limits.collect::<String>()
}
