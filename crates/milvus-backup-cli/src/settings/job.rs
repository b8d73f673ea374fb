//! The tables `[[job]]` and `[schedule]` of the configuration: what is backed up when.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use milvus_backup_core::{KeepRules, TimeZoneName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sizes::parse_duration;

/// Settings of the scheduler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScheduleSettings {
    /// Directory in which the scheduler keeps what it knows of its jobs. By default it is `$STATE_DIRECTORY`, which systemd
    /// sets, or `milvus-br` below `$XDG_STATE_HOME` or `~/.local/state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_directory: Option<PathBuf>,
    /// Address at which `schedule run` answers requests for metrics, such as `127.0.0.1:9187`; without it, there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(crate) metrics_address: Option<SocketAddr>,
}

/// A job: what is backed up when, and what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobSettings {
    /// Name of the job: letters, digits, `-` and `_`.
    pub(crate) name: String,
    /// Names or aliases of the collections, or patterns such as `prod_*`, `shop.*` and `*.*`, which are resolved at each run.
    pub(crate) collections: Vec<String>,
    /// Names and patterns of collections to leave out, in any database.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exclude: Vec<String>,
    /// Maximum number of collections that are backed up concurrently; by default 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parallel: Option<NonZeroUsize>,
    /// Cron expression of five fields, or six with seconds in front.
    pub(crate) schedule: String,
    /// Time zone of the cron expression.
    #[serde(default)]
    pub(crate) time_zone: TimeZoneName,
    /// Longest time by which runs are delayed, such as `10m`. Each scheduler draws its own delay, so that several machines do
    /// not start at the same moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jitter: Option<Span>,
    /// What happens to runs that were missed.
    #[serde(default)]
    pub(crate) missed: Missed,
    /// Root of the backups, if it is not the one of the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) root: Option<String>,
    /// Database of the collections, if it is not the one of the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<String>,
    /// Tags of the backups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    /// Deadline of each backup, such as `2h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<Span>,
    /// Verification in addition to the one that follows each backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verification: Option<JobVerification>,
    /// Other roots that the backups are copied to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) copies: Vec<JobCopy>,
    /// Retention of the collections after a successful run. Without this table the job deletes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retention: Option<JobRetention>,
    /// Programs that run before and after the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hooks: Option<JobHooks>,
    /// Age of the newest verified backup above which `schedule check` fails, such as `26h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<Span>,
}

/// A verification that a job repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobVerification {
    /// How thorough the verification is.
    pub(crate) mode: Depth,
    /// Days after which it is due again; by default those of `deep_verification_interval_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interval_days: Option<u32>,
}

/// A root that the backups of a job are copied to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobCopy {
    /// The other root of backups.
    pub(crate) root: String,
    /// Retention of the collections there. Without this table nothing is deleted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retention: Option<JobRetention>,
}

/// Retention of a job. Each value overrides only its own one of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JobRetention {
    /// In place of `retention_count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u32>,
    /// In place of `retention_days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<u32>,
    /// In place of `min_backups_to_keep`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_keep: Option<u32>,
    /// In place of `min_rows_ratio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_rows_ratio: Option<f64>,
    /// Rules by calendar, age and tag, in place of all those in the table `[keep]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keep: Option<KeepRules>,
}

/// Programs that run before and after a job, each with its arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JobHooks {
    /// Program before a run. If it fails, the run fails without a backup.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<String>,
    /// Program after a successful run. If it fails, the run has failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) after: Vec<String>,
    /// Program after a failed run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) on_failure: Vec<String>,
    /// Longest time of each of them, such as `30s`; by default one minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<Span>,
    /// Variables of the environment that the programs may see, besides `PATH`, `HOME`, `LANG` and `TZ`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) environment: Vec<String>,
}

/// How thorough the verification of a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Depth {
    /// Every byte is compared with its checksum.
    Checksum,
    /// A sample of the rows is decoded.
    Quick,
    /// The rows are restored into a temporary collection and compared.
    Deep,
}

/// What happens to runs that were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Missed {
    /// All of them are made up for by one run, as soon as possible.
    #[default]
    RunOnce,
    /// They are passed over, and the job waits for its next due time.
    Skip,
}

/// A duration such as `30s`, `10m`, `26h` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(with = "String")]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Span(pub(crate) Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_duration(&text).map(Self)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        format!("{}s", span.0.as_secs())
    }
}
