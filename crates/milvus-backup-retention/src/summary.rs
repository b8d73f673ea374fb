//! The description of a policy in words.

use std::fmt;

use milvus_backup_core::TimeZoneName;

use crate::keep;
use crate::policy::RetentionPolicy;

impl RetentionPolicy {
    /// Describes the policy in one sentence.
    ///
    /// ```
    /// # use milvus_backup_retention::RetentionPolicy;
    /// assert_eq!(
    ///     RetentionPolicy::default().summary(),
    ///     "per collection and set of partitions, keep the 10 newest complete backups and everything of the last \
    ///      30 days, and never fewer than 3 complete backups"
    /// );
    /// ```
    pub fn summary(&self) -> String {
        if self.keeps_everything() {
            return "keep everything: every retention rule is off".to_owned();
        }
        let mut rules = Vec::new();
        match self.retention_count {
            0 => {}
            1 => rules.push("the newest complete backup".to_owned()),
            count => rules.push(format!("the {count} newest complete backups")),
        }
        match self.retention_days {
            0 => {}
            1 => rules.push("everything of the last day".to_owned()),
            days => rules.push(format!("everything of the last {days} days")),
        }
        rules.extend(keep::describe(&self.keep));
        let floor = match self.min_backups_to_keep {
            0 | 1 if self.retention_count > 0 => String::new(),
            0 | 1 => ", and never delete the newest complete backup".to_owned(),
            min => format!(", and never fewer than {min} complete backups"),
        };
        let shrunken = match self.rule_ratio() {
            ratio if ratio > 0.0 => format!(
                "; a full backup with fewer than {ratio} times the rows of the last one before it takes no place of another"
            ),
            _ => String::new(),
        };
        let zone = match &self.keep.time_zone {
            zone if *zone == TimeZoneName::UTC => String::new(),
            zone => format!(", in the time zone {zone}"),
        };
        let sets = if self.keep.whole_sets { "; sets are kept whole" } else { "" };
        format!("per collection and set of partitions, keep {}{zone}{floor}{shrunken}{sets}", in_english(rules))
    }
}

impl fmt::Display for RetentionPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.summary())
    }
}

/// Joins the items of a sentence: `a`, `a and b`, `a, b and c`.
fn in_english(mut items: Vec<String>) -> String {
    let Some(last) = items.pop() else { return String::new() };
    if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_leaves_out_what_is_off() {
        let summary = |retention_count, retention_days, min_backups_to_keep| {
            RetentionPolicy { retention_count, retention_days, min_backups_to_keep, ..RetentionPolicy::OFF }.to_string()
        };
        assert_eq!(summary(0, 0, 3), "keep everything: every retention rule is off");
        assert_eq!(summary(1, 0, 0), "per collection and set of partitions, keep the newest complete backup");
        assert_eq!(
            summary(0, 7, 1),
            "per collection and set of partitions, keep everything of the last 7 days, and never delete the newest complete backup"
        );
        assert_eq!(
            summary(0, 1, 2),
            "per collection and set of partitions, keep everything of the last day, and never fewer than 2 complete backups"
        );
        let policy = RetentionPolicy { retention_days: 0, min_rows_ratio: Some(0.5), ..RetentionPolicy::default() };
        assert_eq!(
            policy.to_string(),
            "per collection and set of partitions, keep the 10 newest complete backups, and never fewer than 3 complete \
             backups; a full backup with fewer than 0.5 times the rows of the last one before it takes no place of another"
        );
    }
}
