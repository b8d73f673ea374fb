//! A doc comment has at least four words; a shorter one only repeats the name of its item. The exceptions are counted per crate,
//! and the count may only decrease.

use std::collections::BTreeMap;

use super::allow_list::SHORT_DOC_COMMENTS;
use super::lexer::Kind;
use super::source::Source;

const FEWEST_WORDS: usize = 4;

/// Returns the crates whose number of short doc comments differs from the allow-list.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    compare(&counts(sources), SHORT_DOC_COMMENTS)
}

fn compare(counted: &BTreeMap<String, Vec<String>>, allowed: &[(&str, usize)]) -> Vec<String> {
    let mut findings = Vec::new();
    for (owner, places) in counted {
        let limit = allowed.iter().find(|(of, _)| of == owner).map_or(0, |(_, limit)| *limit);
        let number = places.len();
        if number > limit {
            let files = by_file(places).concat();
            findings.push(format!(
                "{owner}: {number} doc comments have fewer than {FEWEST_WORDS} words, {limit} are allowed:{files}"
            ));
        } else if number < limit {
            findings.push(format!(
                "{owner}: {number} short doc comments: write {number} for {limit} in SHORT_DOC_COMMENTS"
            ));
        }
    }
    findings
}

/// Returns the files of these places, `FILE:LINE: TEXT`, with the lines in each.
fn by_file(places: &[String]) -> Vec<String> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in places {
        let mut parts = place.splitn(3, ':');
        if let (Some(file), Some(line)) = (parts.next(), parts.next()) {
            files.entry(file).or_default().push(line);
        }
    }
    files.into_iter().map(|(file, lines)| format!("\n    {file}: {}", lines.join(" "))).collect()
}

/// Returns the short doc comments of each crate, with their places.
fn counts(sources: &[Source]) -> BTreeMap<String, Vec<String>> {
    let mut counts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources {
        let places = counts.entry(source.owner.clone()).or_default();
        if !source.is_test {
            places.extend(short_comments(source));
        }
    }
    counts
}

fn short_comments(source: &Source) -> Vec<String> {
    let mut comments: Vec<(usize, String)> = Vec::new();
    let mut last_line = 0;
    for (_, range) in source.pieces().into_iter().filter(|(kind, _)| *kind == Kind::Doc) {
        let line = source.line(range.start);
        let text = source.text[range].trim_start_matches('/').to_owned();
        match comments.last_mut() {
            Some((_, comment)) if line == last_line + 1 => *comment = format!("{comment} {text}"),
            _ => comments.push((line, text)),
        }
        last_line = line;
    }
    let short = comments.into_iter().filter(|(_, comment)| words(comment) < FEWEST_WORDS);
    short.map(|(line, comment)| format!("{}:{line}: {}", source.path, comment.trim())).collect()
}

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::source;
    use super::*;

    #[test]
    fn consecutive_lines_are_one_comment() {
        let text = "/// When.\nfn a() {}\n/// Two words\n/// and two.\nfn b() {}\n/// - a - b - c\nfn c() {}\n//! No.\n// No.\n";
        assert_eq!(short_comments(&source("a.rs", text)), ["a.rs:1: When.", "a.rs:6: - a - b - c"]);
    }

    #[test]
    fn the_count_may_only_decrease() {
        let counted = BTreeMap::from([("core".to_owned(), vec!["a.rs:1: When.".to_owned()])]);
        assert!(compare(&counted, &[("core", 1)]).is_empty());
        assert_eq!(
            compare(&counted, &[("core", 2)]),
            ["core: 1 short doc comments: write 1 for 2 in SHORT_DOC_COMMENTS"]
        );
        assert!(compare(&counted, &[])[0].ends_with("0 are allowed:\n    a.rs: 1"));
    }
}
