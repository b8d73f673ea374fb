//! Real text: the 117,659 glosses of WordNet 3.0, from the Debian package `wordnet-base`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    apt,
    error::{Attempt, Error},
};

const PACKAGE: &str = "wordnet-base";
const DIR: &str = "usr/share/wordnet";

/// The four parts of speech, in the order of [`glosses`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartOfSpeech {
    /// Nouns, in the file `data.noun`.
    Noun,
    /// Verbs, in the file `data.verb`.
    Verb,
    /// Adjectives, in the file `data.adj`.
    Adjective,
    /// Adverbs, in the file `data.adv`.
    Adverb,
}

impl PartOfSpeech {
    const ALL: [Self; 4] = [Self::Noun, Self::Verb, Self::Adjective, Self::Adverb];

    /// Returns the file of this part of speech, and the first digit of its ids in the Prolog edition of WordNet.
    fn file(self) -> (&'static str, i64) {
        match self {
            Self::Noun => ("data.noun", 1),
            Self::Verb => ("data.verb", 2),
            Self::Adjective => ("data.adj", 3),
            Self::Adverb => ("data.adv", 4),
        }
    }
}

/// A set of synonyms and their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gloss {
    /// Identifier that is unique in WordNet: nine digits, the first for the part of speech, then the offset.
    pub id: i64,
    /// Offset of the set in its file in bytes; unique within its part of speech.
    pub offset: i64,
    /// The part of speech of the words.
    pub part_of_speech: PartOfSpeech,
    /// The synonyms of the set.
    pub words: Vec<String>,
    /// The definition, often with examples.
    pub text: String,
}

/// Returns all glosses in file order: nouns, verbs, adjectives, adverbs. Installs the package if it is missing.
pub fn glosses() -> Result<Vec<Gloss>, Error> {
    let dir = dir()?;
    let mut all = Vec::with_capacity(117_659);
    for part_of_speech in PartOfSpeech::ALL {
        let path = dir.join(part_of_speech.file().0);
        let text = fs::read_to_string(&path).attempt(|| format!("read {}", path.display()))?;
        // The licence at the top is indented; every other line is one set.
        for line in text.lines().filter(|line| !line.starts_with("  ")) {
            let gloss = parse(line, part_of_speech)
                .ok_or_else(|| Error::Data { path: path.clone(), problem: format!("not a WordNet line: {line}") })?;
            all.push(gloss);
        }
    }
    Ok(all)
}

fn dir() -> Result<PathBuf, Error> {
    let system = Path::new("/").join(DIR);
    let complete = || PartOfSpeech::ALL.iter().all(|part| system.join(part.file().0).is_file());
    if complete() {
        return Ok(system);
    }
    if apt::available() {
        apt::install(PACKAGE)?;
        return Ok(system);
    }
    Ok(apt::unpack(PACKAGE)?.join(DIR))
}

/// Parses a line `OFFSET LEXFILE TYPE COUNT(hex) (WORD LEXID)* ... | GLOSS`; `None` if it is malformed.
fn parse(line: &str, part_of_speech: PartOfSpeech) -> Option<Gloss> {
    let (synset, text) = line.split_once(" | ")?;
    let mut fields = synset.split(' ');
    let offset = fields.next()?.parse().ok()?;
    let count = usize::from_str_radix(fields.nth(2)?, 16).ok()?;
    let words: Vec<String> = fields.step_by(2).take(count).map(word).collect();
    let id = part_of_speech.file().1 * 100_000_000 + offset;
    (words.len() == count).then(|| Gloss { id, offset, part_of_speech, words, text: text.trim().to_owned() })
}

/// Returns a word without the marker of its position, which adjectives have, as in `galore(ip)`.
fn word(field: &str) -> String {
    let bare = field.split_once('(').map_or(field, |(bare, _)| bare);
    bare.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let line =
            "00014490 00 s 02 galore(ip) 0 well_nigh a 001 & 00013887 a 0000 | in great numbers; \"cats galore\"  ";
        let gloss = parse(line, PartOfSpeech::Adjective).unwrap();
        assert_eq!((gloss.id, gloss.offset), (300_014_490, 14_490));
        assert_eq!(gloss.words, ["galore", "well nigh"]);
        assert_eq!(gloss.text, "in great numbers; \"cats galore\"");
        assert_eq!(parse("nonsense", PartOfSpeech::Noun), None);
    }

    #[test]
    fn the_whole_of_wordnet_is_there_with_unique_ids() {
        let all = glosses().unwrap();
        assert_eq!(all.len(), 117_659);
        assert_eq!(all[0].words, ["entity"]);
        let ids: BTreeSet<i64> = all.iter().map(|gloss| gloss.id).collect();
        assert_eq!(ids.len(), all.len());
        assert!(all.iter().all(|gloss| !gloss.text.is_empty() && !gloss.words.is_empty()));
    }
}
