//! The metrics of jobs: from their states.

use milvus_backup_engine::JobState;

use super::family::{Family, sample, seconds};

/// The metrics of all jobs.
#[derive(Debug)]
pub(super) struct JobFamilies {
    last_success: Family,
    last_failure: Family,
    duration: Family,
    rows: Family,
    bytes: Family,
    runs: Family,
    failures: Family,
    consecutive_failures: Family,
    passed_over: Family,
    running: Family,
    max_age: Family,
}

impl JobFamilies {
    pub(super) fn new() -> Self {
        Self {
            last_success: Family::gauge(
                "milvus_br_job_last_success_timestamp_seconds",
                "End of the last run of a job that succeeded.",
            ),
            last_failure: Family::gauge(
                "milvus_br_job_last_failure_timestamp_seconds",
                "End of the last run of a job that failed.",
            ),
            duration: Family::gauge("milvus_br_job_last_success_duration_seconds", "Time that this run took."),
            rows: Family::gauge("milvus_br_job_last_success_rows", "Rows in the backups of this run."),
            bytes: Family::gauge("milvus_br_job_last_success_bytes", "Bytes of the backups of this run."),
            runs: Family::counter("milvus_br_job_runs_total", "Number of runs of a job that ended."),
            failures: Family::counter("milvus_br_job_failures_total", "Number of runs of a job that failed."),
            consecutive_failures: Family::gauge(
                "milvus_br_job_consecutive_failures",
                "Number of failed runs since the last success.",
            ),
            passed_over: Family::counter("milvus_br_job_passed_over_total", "Number of due times without a run."),
            running: Family::gauge("milvus_br_job_running", "Whether the job runs now."),
            max_age: Family::gauge(
                "milvus_br_job_max_age_seconds",
                "Age of the newest verified backup above which the job is stale.",
            ),
        }
    }

    pub(super) fn add(&mut self, job: &str, state: &JobState, max_age: Option<std::time::Duration>) {
        let labels = [("job", job)];
        if let Some(run) = &state.last_success {
            self.last_success.add(&labels, seconds(run.ended_at));
            self.duration.add(&labels, run.ended_at.duration_since(run.started_at).as_secs_f64());
            self.rows.add(&labels, sample(run.rows));
            self.bytes.add(&labels, sample(run.bytes));
        }
        if let Some(run) = &state.last_failure {
            self.last_failure.add(&labels, seconds(run.ended_at));
        }
        self.runs.add(&labels, sample(state.runs));
        self.failures.add(&labels, sample(state.failures));
        self.consecutive_failures.add(&labels, sample(state.consecutive_failures));
        self.passed_over.add(&labels, sample(state.passed_over));
        self.running.add(&labels, sample(u64::from(state.running.is_some())));
        if let Some(max_age) = max_age {
            self.max_age.add(&labels, max_age.as_secs_f64());
        }
    }

    pub(super) fn all(&self) -> [&Family; 11] {
        [
            &self.last_success,
            &self.last_failure,
            &self.duration,
            &self.rows,
            &self.bytes,
            &self.runs,
            &self.failures,
            &self.consecutive_failures,
            &self.passed_over,
            &self.running,
            &self.max_age,
        ]
    }
}
