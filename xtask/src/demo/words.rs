//! The rows of the demo: words of WordNet, what they mean, and the embedding of the meaning.

use milvus_backup_testkit::embeddings;
use milvus_backup_testkit::wordnet::{self, Gloss, PartOfSpeech};
use serde_json::{Value, json};

use crate::error::Result;

/// The partitions of the collection.
pub(super) const PARTS_OF_SPEECH: [(&str, PartOfSpeech); 4] = [
    ("noun", PartOfSpeech::Noun),
    ("verb", PartOfSpeech::Verb),
    ("adjective", PartOfSpeech::Adjective),
    ("adverb", PartOfSpeech::Adverb),
];
/// Rows of each partition. The embeddings are computed at about a hundred a second.
const ROWS: usize = 600;
/// Searched for before and after.
pub(super) const QUESTIONS: [&str; 4] =
    ["like a turtle", "a large American city", "to speak unclearly", "far away from everything"];

/// Rows as Milvus takes them, and the vectors of [`QUESTIONS`].
#[derive(Debug)]
pub(super) struct Words {
    pub(super) rows: Vec<Value>,
    pub(super) questions: Vec<Vec<f32>>,
}

/// Words from all over WordNet, the same ones each time.
pub(super) fn words() -> Result<Words> {
    let all = wordnet::glosses()?;
    let chosen: Vec<&Gloss> = PARTS_OF_SPEECH.iter().flat_map(|(_, part)| spread(&all, *part)).collect();
    let texts: Vec<&str> = chosen.iter().map(|gloss| gloss.text.as_str()).chain(QUESTIONS).collect();
    let mut vectors = embeddings::of_texts("demo", &texts)?;
    let questions = vectors.split_off(chosen.len()).iter().map(|vector| vector.to_vec()).collect();
    let rows = chosen.iter().zip(&vectors).map(|(gloss, vector)| row(gloss, vector)).collect();
    Ok(Words { rows, questions })
}

/// Glosses of one part of speech at equal distances.
fn spread(all: &[Gloss], part: PartOfSpeech) -> impl Iterator<Item = &Gloss> {
    let of_part: Vec<&Gloss> = all.iter().filter(|gloss| gloss.part_of_speech == part).collect();
    let stride = (of_part.len() / ROWS).max(1);
    of_part.into_iter().step_by(stride).take(ROWS)
}

/// A row. Beyond the fields of the schema it has keys that are not the same in each row.
fn row(gloss: &Gloss, vector: &[f32]) -> Value {
    let (word, synonyms) = gloss.words.split_first().map_or(("", &[][..]), |(word, rest)| (word.as_str(), rest));
    let mut row = json!({
        "id": gloss.id,
        "word": word,
        "gloss": gloss.text,
        "domain": domain(&gloss.text),
        "synonyms": synonyms,
        "meaning": vector,
        "part_of_speech": gloss.part_of_speech,
    });
    let examples: Vec<&str> = gloss.text.split('"').skip(1).step_by(2).collect();
    if !examples.is_empty() {
        row["examples"] = json!(examples);
    }
    if word.starts_with(char::is_uppercase) {
        row["proper_name"] = json!(true);
    }
    row
}

/// The field of knowledge that some glosses begin with: `(music) ...`.
fn domain(text: &str) -> Option<&str> {
    let (domain, _) = text.strip_prefix('(')?.split_once(')')?;
    Some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_differ_in_their_keys() {
        let gloss = |words: &[&str], text: &str| Gloss {
            id: 1,
            offset: 1,
            part_of_speech: PartOfSpeech::Noun,
            words: words.iter().map(|&word| word.to_owned()).collect(),
            text: text.to_owned(),
        };
        let largo = row(&gloss(&["largo"], "(music) slow; \"play it largo\""), &[1.0]);
        assert_eq!(largo["domain"], "music");
        assert_eq!(largo["examples"], json!(["play it largo"]));
        assert!(largo.get("proper_name").is_none());
        let milan = row(&gloss(&["Milan", "Milano"], "a city"), &[1.0]);
        assert_eq!(milan["synonyms"], json!(["Milano"]));
        assert!(milan["proper_name"] == true && milan["domain"].is_null() && milan.get("examples").is_none());
    }
}
