//! Functions that documents cite with their file or crate: `` `locks.rs` `one_create_at_a_time`, `two` ``, and
//! `` `core/names.rs` (`path_segment`) ``.

use std::path::Path;

/// A function, and where a document says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Citation {
    /// A file or a crate.
    pub(super) place: String,
    /// The name of the function.
    pub(super) name: String,
}

/// Texts that separate the names of a list.
const SEPARATORS: [&str; 6] = ["", ",", "and", ", and", ", tests", "tests"];

/// Returns the source files that a text names.
pub(super) fn files(prose: &str) -> impl Iterator<Item = &str> {
    prose.split('`').skip(1).step_by(2).filter(|quoted| is_source(quoted))
}

/// Returns the functions that a text cites. `is_crate` recognises the short names of crates.
pub(super) fn citations(prose: &str, is_crate: &dyn Fn(&str) -> bool) -> Vec<Citation> {
    let mut found = Vec::new();
    for paragraph in paragraphs(prose) {
        scan(&paragraph, is_crate, &mut found);
    }
    found
}

/// Returns paragraphs and items of lists, each as one line.
fn paragraphs(prose: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in prose.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with("- ") || line.starts_with('|') || line.starts_with('#') {
            found.push(String::new());
        }
        if let Some(paragraph) = found.last_mut() {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    found
}

/// A part of a paragraph.
#[derive(Debug)]
enum Part {
    /// What stands between backticks.
    Quoted(String),
    /// What stands in round brackets.
    Remark(String),
    /// Whatever stands between the others.
    Text(String),
}

fn scan(paragraph: &str, is_crate: &dyn Fn(&str) -> bool, found: &mut Vec<Citation>) {
    let mut place: Option<String> = None;
    let mut gap = String::new();
    for part in parts(paragraph) {
        match part {
            Part::Text(text) => gap.push_str(&text),
            Part::Remark(remark) => {
                let only_names = remark.split(',').all(|part| quoted_name(part.trim()).is_some());
                match &place {
                    Some(place) if only_names && gap.trim().is_empty() => {
                        let names = remark.split(',').filter_map(|part| quoted_name(part.trim()));
                        found.extend(names.map(|name| Citation { place: place.clone(), name: name.to_owned() }));
                    }
                    _ => scan(&remark, is_crate, found),
                }
            }
            Part::Quoted(text) => {
                let follows = SEPARATORS.contains(&gap.trim());
                gap.clear();
                if is_place(&text, is_crate) {
                    place = Some(text);
                } else if let Some(place) = place.clone().filter(|_| follows && is_name(&text)) {
                    found.push(Citation { place, name: text });
                } else {
                    place = None;
                }
            }
        }
    }
}

/// Splits a paragraph at backticks and brackets.
fn parts(paragraph: &str) -> Vec<Part> {
    let mut found = Vec::new();
    let mut rest = paragraph;
    while let Some(start) = rest.find(['`', '(']) {
        found.push(Part::Text(rest[..start].to_owned()));
        let is_quote = rest[start..].starts_with('`');
        let inner = &rest[start + 1..];
        let end = if is_quote { inner.find('`') } else { closing(inner) };
        let end = end.unwrap_or(inner.len());
        let text = inner[..end].to_owned();
        found.push(if is_quote { Part::Quoted(text) } else { Part::Remark(text) });
        rest = inner.get(end + 1..).unwrap_or("");
    }
    found.push(Part::Text(rest.to_owned()));
    found
}

/// Returns where a bracket that was opened before `text` is closed; brackets between backticks do not count.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, character) in text.char_indices() {
        match character {
            '`' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => return Some(at),
            ')' if !quoted => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_place(text: &str, is_crate: &dyn Fn(&str) -> bool) -> bool {
    is_source(text) || is_crate(text)
}

fn is_source(text: &str) -> bool {
    Path::new(text).extension().is_some_and(|extension| extension == "rs") && !text.contains(char::is_whitespace)
}

/// Returns whether a quoted text is the name of a function, or one abbreviated with dots.
fn is_name(text: &str) -> bool {
    let text = text.trim_start_matches("...");
    let of_letters = text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    of_letters && text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
}

fn quoted_name(text: &str) -> Option<&str> {
    text.strip_prefix('`')?.strip_suffix('`').filter(|name| is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited(prose: &str) -> Vec<(String, String)> {
        let found = citations(prose, &|name| ["core", "retention"].contains(&name));
        found.into_iter().map(|citation| (citation.place, citation.name)).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(place, name)| ((*place).to_owned(), (*name).to_owned())).collect()
    }

    #[test]
    fn a_place_holds_for_all_names_after_it() {
        let prose =
            "- Shown by: `a.rs` `one` (SIGKILL; at `seven` moments),\n  `two`, and `three`; `core` `four`, `five`\n";
        let expected = [("a.rs", "one"), ("a.rs", "two"), ("a.rs", "three"), ("core", "four"), ("core", "five")];
        assert_eq!(cited(prose), pairs(&expected));
    }

    #[test]
    fn names_in_brackets_are_of_the_place_before() {
        let prose = "- Kept by: `a/b.rs` (`covered`, `check`), `c.rs` (what it is: `d`)\n\n(`e.rs`; tests of it, and `f.rs` `g`).";
        assert_eq!(cited(prose), pairs(&[("a/b.rs", "covered"), ("a/b.rs", "check"), ("f.rs", "g")]));
    }

    #[test]
    fn other_quotes_cite_nothing() {
        for prose in [
            "`list`, `show`",
            "`a.rs` is like `b`",
            "`a.rs`; `b`",
            "`a.rs` `Type`, `b`",
            "`a.rs`\n\n`b`",
            "`--x` `core`",
        ] {
            assert!(cited(prose).is_empty(), "{prose}");
        }
    }

    #[test]
    fn an_abbreviated_name_is_cited_as_it_is() {
        assert_eq!(cited("`a.rs` `one_of_a`, `..._of_b`"), pairs(&[("a.rs", "one_of_a"), ("a.rs", "..._of_b")]));
    }
}
