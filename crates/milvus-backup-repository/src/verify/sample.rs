//! The choice of a sample of row groups by a seed.

use milvus_backup_core::{SampledGroup, VerificationParams};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Returns a percentage of the row groups, rounded up: those with the smallest XXH3-64 of `FILE:INDEX` under the seed,
/// so that a seed selects the same ones on every machine and in every version.
pub fn choose_sample(groups: impl Iterator<Item = SampledGroup>, params: &VerificationParams) -> Vec<SampledGroup> {
    let seed = params.seed.unwrap_or_default();
    let rank = |file: &str, index| xxh3_64_with_seed(format!("{file}:{index}").as_bytes(), seed);
    let mut groups: Vec<SampledGroup> = groups.collect();
    groups.sort_by_cached_key(|group| (rank(&group.file, group.index), group.file.clone(), group.index));
    groups.truncate(share(groups.len(), params.sample_size));
    groups
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a percentage of a count of row groups"
)]
fn share(count: usize, percent: f64) -> usize {
    ((count as f64 * percent / 100.0).ceil() as usize).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up_and_never_more_than_there_is() {
        assert_eq!(share(0, 10.0), 0);
        assert_eq!(share(1, 0.001), 1);
        assert_eq!(share(30, 10.0), 3);
        assert_eq!(share(31, 10.0), 4);
        assert_eq!(share(7, 100.0), 7);
    }
}
