//! Libraries know no command line: their string literals name neither an option nor the command. Hints are data, and the
//! command words them.

use std::collections::BTreeSet;

use super::allow_list::COMMAND_WORDS;
use super::exceptions::beyond;
use super::lexer::Kind;
use super::source::Source;

/// Crates that are not libraries of the product.
const NO_LIBRARIES: [&str; 3] = ["cli", "testkit", "xtask"];

/// Returns the string literals of libraries that hold words of the command.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    beyond(&offenders(sources), COMMAND_WORDS, "COMMAND_WORDS")
}

fn offenders(sources: &[Source]) -> BTreeSet<(String, String)> {
    let libraries = sources.iter().filter(|source| !source.is_test && !NO_LIBRARIES.contains(&source.owner.as_str()));
    let complaints = |source: &Source| {
        let literals = source.pieces().into_iter().filter(|(kind, _)| *kind == Kind::Literal);
        let texts = literals.map(|(_, range)| (source.line(range.start), source.text[range].to_owned()));
        let found = texts.filter(|(_, text)| has_command_words(text));
        let path = source.path.clone();
        found
            .map(|(line, text)| (path.clone(), format!("line {line} names the command line: {text}")))
            .collect::<Vec<_>>()
    };
    libraries.flat_map(complaints).collect()
}

/// Returns whether a text holds `--` followed by a letter, or the name of the command followed by a blank.
fn has_command_words(text: &str) -> bool {
    let has_option = text.split("--").skip(1).any(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()));
    has_option || text.contains("milvus-br ")
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::source;
    use super::*;

    #[test]
    fn options_and_the_command_are_found() {
        for text in ["restore it with --to", "--yes", "run `milvus-br prune`"] {
            assert!(has_command_words(text), "{text}");
        }
        for text in ["a -- b", "---", "----BEGIN", "milvus-br", "a-b"] {
            assert!(!has_command_words(text), "{text}");
        }
    }

    #[test]
    fn comments_tests_and_the_command_are_not_looked_at() {
        let text =
            "/// See --to.\nfn f() { g(\"a\"); h(\"use --to\"); }\n#[cfg(test)]\nmod tests { fn t() { g(\"--x\"); } }";
        let mut command = source("cli.rs", text);
        command.owner = "cli".to_owned();
        let found = offenders(&[source("a.rs", text), command]);
        let expected = ("a.rs".to_owned(), "line 2 names the command line: \"use --to\"".to_owned());
        assert_eq!(found, BTreeSet::from([expected]));
    }
}
