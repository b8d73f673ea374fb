//! Headings that links lead to: `format.md#1-directories`.

use std::fs;

use super::documents::Document;
use super::paths::links;
use crate::workspace::root;

/// Returns the links of a document to headings that do not exist. `paths` checks that their files do.
pub(super) fn check(document: &Document) -> Vec<String> {
    let prose = document.prose();
    let anchored = links(&prose).filter_map(|link| Some((link, link.split_once('#')?)));
    let broken = anchored.filter(|(_, (file, anchor))| {
        let path = if file.is_empty() { root().join(&document.path) } else { document.directory().join(file) };
        let text = if file.is_empty() { Some(document.text.clone()) } else { fs::read_to_string(path).ok() };
        text.is_some_and(|text| !anchors(&text).contains(&(*anchor).to_owned()))
    });
    broken.map(|(link, _)| format!("{}: no heading has the anchor of {link}", document.path)).collect()
}

/// Returns the anchors of the headings of a document, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings.map(|heading| anchor(heading.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_made_of_headings() {
        let text = "# A `b.json`, c\n\n```console\n# no heading\n```\n## 1. \"D\" and e-f\n";
        assert_eq!(anchors(text), ["a-bjson-c", "1-d-and-e-f"]);
    }

    #[test]
    fn a_link_to_no_heading_is_named() {
        let text = "# One\n\n[a](#one), [b](#two), [c](nowhere.md#three)";
        let document = Document { path: "docs/x.md".to_owned(), text: text.to_owned() };
        assert_eq!(check(&document), ["docs/x.md: no heading has the anchor of #two"]);
    }
}
