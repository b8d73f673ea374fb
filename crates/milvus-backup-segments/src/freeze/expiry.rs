//! The expiry of rows by the property of a collection.

use milvus_backup_core::TTL_SECONDS;
use milvus_backup_core::schema::CollectionSchema;

/// Number of bits of the counter in a hybrid timestamp, below the milliseconds.
const COUNTER_BITS: u32 = 18;

/// Returns the timestamp before which rows have expired at a read point; `None` if rows do not expire.
pub(super) fn expired_before(schema: &CollectionSchema, read_point: u64) -> Option<u64> {
    let seconds: u64 = schema.properties.get(TTL_SECONDS)?.trim().parse().ok().filter(|seconds| *seconds > 0)?;
    let milliseconds = (read_point >> COUNTER_BITS).saturating_sub(seconds.saturating_mul(1000));
    Some(milliseconds << COUNTER_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_ttl(ttl: Option<&str>) -> CollectionSchema {
        let mut schema = CollectionSchema::new(Vec::new());
        schema.properties.extend(ttl.map(|ttl| (TTL_SECONDS.to_owned(), ttl.to_owned())));
        schema
    }

    #[test]
    fn rows_expire_only_if_the_collection_says_so() {
        let read_point = (10_000 << COUNTER_BITS) + 77;
        for (ttl, expected) in [
            (None, None),
            (Some("0"), None),
            (Some("-1"), None),
            (Some("3"), Some(7_000 << COUNTER_BITS)),
            (Some("18446744073709551615"), Some(0)),
        ] {
            assert_eq!(expired_before(&with_ttl(ttl), read_point), expected, "{ttl:?}");
        }
    }
}
