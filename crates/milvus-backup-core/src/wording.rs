//! Numbers in human-readable sentences.

/// Words a number of things: `1 row`, `2 rows`.
///
/// ```
/// use milvus_backup_core::wording::count;
///
/// assert_eq!(count(1, "row"), "1 row");
/// assert_eq!(count(0, "row"), "0 rows");
/// ```
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
