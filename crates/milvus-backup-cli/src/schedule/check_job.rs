//! The checks of a job that its types do not make.

use milvus_backup_core::{CollectionName, Error, Result};
use milvus_backup_engine::{Selection, Timetable};

use crate::settings::JobSettings;

/// Longest name of a job, in bytes.
const LONGEST_NAME: usize = 64;

/// Checks a job, and returns its timetable.
pub(super) fn check(job: &JobSettings) -> Result<Timetable> {
    let error = |reason: String| Error::InvalidSetting { place: format!("job `{}`", job.name), reason };
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if job.name.is_empty() || job.name.len() > LONGEST_NAME || !job.name.chars().all(is_allowed) {
        return Err(error("`name` must be letters, digits, `-` and `_`, at most 64 of them".to_owned()));
    }
    if job.collections.is_empty() {
        return Err(error("`collections` must have at least one name".to_owned()));
    }
    Selection::parse(&job.collections, &job.exclude).map_err(|invalid| error(invalid.to_string()))?;
    for name in job.collections.iter().filter_map(|text| single_name(text)) {
        name.parse::<CollectionName>().map_err(|invalid| error(invalid.to_string()))?;
    }
    Timetable::parse(&job.schedule, job.time_zone.clone()).map_err(|invalid| error(invalid.to_string()))
}

/// Returns the name that a text of a job is, unless it is a pattern.
fn single_name(text: &str) -> Option<String> {
    Selection::parse(&[text.to_owned()], &[]).ok()?.single_name()
}
