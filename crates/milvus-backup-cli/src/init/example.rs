//! The parts of a new configuration that no question is about.

/// Retention by the calendar.
pub(super) const RETENTION: &str = "\
#[keep]
#daily = 7
#weekly = 5
#monthly = 12
";

/// The client of object stores.
pub(super) const STORAGE: &str = "
# Object stores take their credentials from the usual variables, such as AWS_ACCESS_KEY_ID.
#[storage]
#region = \"eu-central-1\"
#endpoint = \"https://s3.example.com\"
";

/// The collections of the job below.
pub(super) const EXAMPLE_COLLECTIONS: &str = "[\"articles\"]";

/// A job of every night.
pub(super) const JOB: &str = "
# A backup every night at 03:00 (UTC): the daemon `milvus-br schedule run` makes it, or `milvus-br schedule once nightly`
# in cron. `milvus-br schedule check` fails if the newest backup is older than max_age.
#[[job]]
#name = \"nightly\"
#collections = [\"articles\"]
#schedule = \"0 3 * * *\"
#max_age = \"26h\"
";
