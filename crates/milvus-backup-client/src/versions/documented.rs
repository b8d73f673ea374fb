//! The comparison of tables of the code with those of `docs/servers.md`.

use std::fs;
use std::path::Path;

/// Fails unless the document has this table between the comments `<!-- NAME: begin -->` and `<!-- NAME: end -->`. With the
/// environment variable `UPDATE_DOCS` it writes the table instead.
pub(super) fn require_documented(name: &str, head: &[&str], lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = head.iter().map(|line| (*line).to_owned()).chain(lines).collect();
    let table = lines.join("\n") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/servers.md");
    let document = fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->\n"));
    let (before, rest) = document.split_once(&begin).unwrap();
    let (written, after) = rest.split_once(&end).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(written, table, "docs/servers.md: run this test with UPDATE_DOCS=1");
    }
}
