//! Rows that were written, compared with those that the server counts: a difference is explained, or named as what it is.

use milvus_backup_core::wording::count;
use milvus_backup_core::{BackupPlan, Error, KeyCensus, Result, ScanSession};

use super::job::CreateJob;
use super::shortage::Shortage;

/// What comparing the rows of a backup with what the server counts has shown.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Every difference, in a sentence.
    pub(super) sentences: Vec<String>,
    /// Those that nothing explains: rows may be missing.
    pub(super) unexplained: Vec<String>,
}

impl Differences {
    fn explained(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    fn unexplained(&mut self, sentence: String) {
        self.sentences.push(sentence.clone());
        self.unexplained.push(sentence);
    }
}

impl CreateJob<'_> {
    /// Compares the rows of each partition with the counts before and after. `written` and `after` have one member for each
    /// partition of the plan, `None` for one that failed.
    pub(super) async fn compare_counts(
        &self,
        plan: &BackupPlan,
        session: &dyn ScanSession,
        written: &[Option<u64>],
        after: &[Option<u64>],
    ) -> Result<Differences> {
        let mut differences = Differences::default();
        for shortage in &self.shortages {
            differences.unexplained(short(shortage));
        }
        for ((partition, rows), after) in plan.partitions.iter().zip(written).zip(after) {
            let (Some(rows), Some(after)) = (*rows, *after) else { continue };
            let (name, before) = (&partition.name, partition.expected_rows);
            if before != after {
                differences.explained(format!(
                    "partition `{name}` was written to during the backup: {before} rows before, {after} after, {rows} \
                     stored"
                ));
            } else if rows > after {
                differences
                    .unexplained(format!("partition `{name}`: Milvus returned {rows} rows, and counts only {after}"));
            } else if rows < after {
                let census = census_of(session, name).await?;
                let sentence = describe(name, rows, after, census.as_ref());
                match census {
                    Some(census) if census.explains_all() && census.keys == rows => differences.explained(sentence),
                    _ => differences.unexplained(sentence),
                }
            }
        }
        Ok(differences)
    }
}

/// Counts the rows by key; `None` where the source cannot.
async fn census_of(session: &dyn ScanSession, partition: &str) -> Result<Option<KeyCensus>> {
    match session.census(partition).await {
        Ok(census) => Ok(Some(census)),
        Err(Error::Milvus { .. } | Error::Unsupported { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn short(shortage: &Shortage) -> String {
    let Shortage { partition, stored, counted } = shortage;
    format!(
        "partition `{partition}`: Milvus has stored {stored} rows, and its queries find {counted}: it may be that the \
             others were deleted, or that they are not loaded yet"
    )
}

fn describe(partition: &str, returned: u64, counted: u64, census: Option<&KeyCensus>) -> String {
    let mut sentence = format!("partition `{partition}`: Milvus counts {counted} rows and returned {returned}");
    let Some(census) = census else { return sentence + "; it cannot say why" };
    let mut reasons = Vec::new();
    if census.copies > 0 {
        let example = census.example.as_deref().unwrap_or_default();
        reasons.push(format!(
            "{} further copies of {} primary keys (such as {example:?}), of each of which a query returns one row",
            census.copies, census.duplicated_keys
        ));
    }
    if census.unreturned > 0 {
        let examples: Vec<String> = census.unreturned_examples.iter().map(ToString::to_string).collect();
        let examples = if examples.is_empty() { String::new() } else { format!(" (keys: {})", examples.join(", ")) };
        reasons.push(format!("{} that no query returns{examples}", count(census.unreturned, "row")));
    }
    if census.unexamined > 0 {
        reasons.push(format!("{} not examined, since there are too many differences", count(census.unexamined, "row")));
    }
    if census.keys != returned {
        reasons.push(format!("{} keys when they were read again", census.keys));
    }
    if reasons.is_empty() {
        reasons.push("no difference when it was counted again".to_owned());
    }
    sentence.push_str(": ");
    sentence.push_str(&reasons.join(", and "));
    sentence
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::UnreturnedKey;

    use super::*;

    #[test]
    fn copies_of_a_key_explain_a_difference_and_lost_rows_do_not() {
        let copies = KeyCensus {
            keys: 8900,
            rows: 9400,
            duplicated_keys: 480,
            copies: 500,
            example: Some("7".to_owned()),
            ..KeyCensus::default()
        };
        assert!(copies.explains_all());
        assert_eq!(
            describe("p", 8900, 9400, Some(&copies)),
            "partition `p`: Milvus counts 9400 rows and returned 8900: 500 further copies of 480 primary keys (such as \
             \"7\"), of each of which a query returns one row"
        );
        let lost = KeyCensus { keys: 3, rows: 4, unreturned: 1, ..KeyCensus::default() };
        assert!(!lost.explains_all());
        assert!(describe("p", 3, 4, Some(&lost)).ends_with("1 row that no query returns"));
        let between = UnreturnedKey::Between(Some("a".to_owned()), None);
        let lost = KeyCensus { unreturned_examples: vec![UnreturnedKey::Key("7".to_owned()), between], ..lost };
        let sentence = describe("p", 3, 4, Some(&lost));
        assert!(sentence.ends_with("1 row that no query returns (keys: \"7\", one after \"a\")"), "{sentence}");
        assert!(describe("p", 3, 4, None).ends_with("it cannot say why"));
    }
}
