//! Numbers in human-readable sentences.

/// Words a number of things: `1 row`, `2 rows`.
///
/// ```
/// use milvus_backup_core::wording::count;
///
/// assert_eq!(count(1, "row"), "1 row");
/// assert_eq!(count(0, "row"), "0 rows");
/// assert_eq!(count(3, "index"), "3 indexes");
/// ```
pub fn count(number: u64, thing: &str) -> String {
    let ending = match (number, thing.ends_with(['x', 's'])) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{number} {thing}{ending}")
}
