//! Files are short: one idea per file.

use super::source::Source;

/// The largest number of lines of a file.
const MOST_LINES: usize = 500;
/// The median number of lines must be smaller; test files do not count.
const MEDIAN_LINES: usize = 200;

/// Returns the files that are too long, and the median if it is too large.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let long = sources.iter().filter(|source| source.lines() > MOST_LINES);
    let mut findings: Vec<String> =
        long.map(|source| format!("{}: {} lines, more than {MOST_LINES}", source.path, source.lines())).collect();
    let middle = median(sources);
    if middle >= MEDIAN_LINES {
        findings.push(format!("the median file has {middle} lines; it must have fewer than {MEDIAN_LINES}"));
    }
    findings
}

/// Returns the median number of lines, without test files.
pub(super) fn median(sources: &[Source]) -> usize {
    let mut lines: Vec<usize> = sources.iter().filter(|source| !source.is_test).map(Source::lines).collect();
    lines.sort_unstable();
    lines.get(lines.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::source;
    use super::*;

    fn of_lines(lines: usize) -> Source {
        source(&format!("{lines}.rs"), &"\n".repeat(lines))
    }

    #[test]
    fn a_file_that_is_too_long_is_named() {
        let findings = check(&[of_lines(10), of_lines(20), of_lines(501), of_lines(30), of_lines(500)]);
        assert_eq!(findings, ["501.rs: 501 lines, more than 500"]);
    }

    #[test]
    fn the_median_counts_no_tests() {
        let mut tests = of_lines(5);
        tests.is_test = true;
        let sources = [of_lines(199), of_lines(200), of_lines(300), tests];
        assert_eq!(median(&sources), 200);
        assert_eq!(check(&sources).len(), 1);
    }
}
