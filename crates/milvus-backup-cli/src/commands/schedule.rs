//! `milvus-br schedule` runs the jobs of the configuration.

use std::collections::BTreeMap;

use jiff::Timestamp;
use milvus_backup_core::{Interrupt, Result};
use serde::Serialize;

use super::{schedule_check, schedule_once};
use crate::Layers;
use crate::args::{Global, ScheduleAction, ScheduleArgs, ScheduleNextArgs};
use crate::exit_code;
use crate::output::Output;
use crate::schedule::{Daemon, ScheduleSetting, environment, jobs, select};
use crate::settings::settings_of;
use crate::text::table;

/// The next due times of a job.
#[derive(Debug, Serialize)]
struct DueTimes {
    job: String,
    schedule: String,
    due: Vec<Timestamp>,
}

pub(crate) async fn run(
    global: Global,
    output: &Output,
    interrupt: Interrupt,
    layers: Layers,
    args: ScheduleArgs,
) -> Result<u8> {
    let settings = settings_of(&global)?;
    let environment = environment(interrupt);
    let setting = ScheduleSetting { global, settings, environment, layers };
    match args.action {
        ScheduleAction::Run => {
            Daemon::new(setting)?.run().await?;
            Ok(exit_code::DONE)
        }
        ScheduleAction::Once(args) => schedule_once::run(&setting, output, &args).await,
        ScheduleAction::Next(args) => next(&setting, output, &args),
        ScheduleAction::Check(args) => schedule_check::run(&setting, output, &args).await,
    }
}

/// Prints the due times, without the delay by jitter.
fn next(setting: &ScheduleSetting, output: &Output, args: &ScheduleNextArgs) -> Result<u8> {
    let all = jobs(&setting.settings, &setting.environment, &mut BTreeMap::new())?;
    let now = setting.environment.clock.now();
    let times = select(all, args.job.as_deref())?.into_iter().map(|job| {
        let following =
            std::iter::successors(job.timing.timetable.next_after(now), |due| job.timing.timetable.next_after(*due));
        DueTimes {
            job: job.name().to_owned(),
            schedule: job.timing.timetable.to_string(),
            due: following.take(args.count).collect(),
        }
    });
    let times: Vec<DueTimes> = times.collect();
    output.result(&times, || {
        let header = ["JOB", "DUE (UTC)", "SCHEDULE"].map(str::to_owned);
        let rows = times.iter().flat_map(|times| {
            times
                .due
                .iter()
                .map(|due| [times.job.clone(), due.strftime("%Y-%m-%d %H:%M:%S").to_string(), times.schedule.clone()])
        });
        table(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
    });
    Ok(exit_code::DONE)
}
