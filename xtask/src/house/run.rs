//! Checks the sources against every rule.

use super::source::{Source, sources};
use super::{declarations, doc_comments, lengths, literals, type_names};
use crate::error::{Error, Result};
use crate::terminal::say;

/// A rule returns its findings.
type Rule = fn(&[Source]) -> Vec<String>;

const RULES: [Rule; 5] = [lengths::check, declarations::check, literals::check, type_names::check, doc_comments::check];

/// Fails when a source does not meet a house rule.
pub(crate) fn run() -> Result<()> {
    let sources = sources()?;
    let findings: Vec<String> = RULES.iter().flat_map(|rule| rule(&sources)).collect();
    if !findings.is_empty() {
        return Err(Error::House(findings));
    }
    let (files, median) = (sources.len(), lengths::median(&sources));
    say(format_args!("house rules hold: {files} files, median {median} lines"));
    Ok(())
}
