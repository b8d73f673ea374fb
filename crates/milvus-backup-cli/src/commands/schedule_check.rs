//! `milvus-br schedule check` fails if the newest verified backup of a collection is too old.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use milvus_backup_core::{BackupMetadata, Error, Result};
use milvus_backup_engine::{Freshness, Selection, freshness};
use serde::Serialize;

use crate::args::ScheduleCheckArgs;
use crate::exit_code;
use crate::output::Output;
use crate::schedule::{Job, ScheduleSetting, StateDirectory, jobs, select};
use crate::text::{printable, table};

/// The result for one collection of a job.
#[derive(Debug, Serialize)]
struct CollectionCheck {
    job: String,
    collection: String,
    is_stale: bool,
    newest_verified_at: Option<Timestamp>,
    age_seconds: Option<u64>,
    max_age_seconds: u64,
    consecutive_failures: u64,
}

pub(crate) async fn run(setting: &ScheduleSetting, output: &Output, args: &ScheduleCheckArgs) -> Result<u8> {
    let all = jobs(&setting.settings, &setting.environment, &mut BTreeMap::new())?;
    let directory = StateDirectory::open(&setting.settings)?;
    let mut checks = Vec::new();
    for job in select(all, args.job.as_deref())? {
        let limit = job.settings.max_age.map(|age| age.0).or(args.max_age).ok_or_else(|| Error::InvalidSetting {
            place: format!("job `{}`", job.name()),
            reason: "`max_age` is missing; set it, or give --max-age".to_owned(),
        })?;
        let state = directory.read(job.name())?;
        for found in check(setting, &job, limit).await? {
            checks.push(CollectionCheck {
                job: job.name().to_owned(),
                collection: found.collection.to_string(),
                is_stale: found.is_stale,
                newest_verified_at: found.newest_verified,
                age_seconds: found.age.map(|age| age.as_secs()),
                max_age_seconds: limit.as_secs(),
                consecutive_failures: state.consecutive_failures,
            });
        }
    }
    output.result(&checks, || rows(&checks));
    Ok(if checks.iter().any(|check| check.is_stale) { exit_code::STALE } else { exit_code::DONE })
}

async fn check(setting: &ScheduleSetting, job: &Job, limit: Duration) -> Result<Vec<Freshness>> {
    let context = setting.context(job)?;
    let selection = Selection::parse(&job.settings.collections, &job.settings.exclude)?;
    let listing = context.repository()?.list_backups(None).await?;
    let backed_up = listing.backups.iter().map(BackupMetadata::collection).collect::<Result<BTreeSet<_>>>()?;
    let collections = selection.known(context.database(), &backed_up)?;
    Ok(freshness(&collections, &listing.backups, limit, setting.environment.clock.now()))
}

fn rows(checks: &[CollectionCheck]) -> String {
    let header = ["JOB", "COLLECTION", "STATE", "NEWEST VERIFIED (UTC)", "FAILURES SINCE"].map(str::to_owned);
    let rows = checks.iter().map(|check| {
        let newest = check.newest_verified_at.map(|newest| newest.strftime("%Y-%m-%d %H:%M:%S").to_string());
        [
            check.job.clone(),
            printable(&check.collection).into_owned(),
            if check.is_stale { "STALE" } else { "fresh" }.to_owned(),
            newest.unwrap_or_else(|| "none".to_owned()),
            check.consecutive_failures.to_string(),
        ]
    });
    table(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
}
