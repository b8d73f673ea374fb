//! Real vectors: MiniLM sentence embeddings of the glosses of WordNet, computed once and cached.
//!
//! A vector depends only on its text, so the first `n` are the same for every `n`. They are computed in blocks, about a
//! hundred per second, and each block is cached as little-endian `f32`, row by row.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::json;

use crate::{
    cache, command,
    error::{Attempt, Error},
    python::Environment,
    wordnet,
};

/// Number of dimensions of every vector.
pub const DIMENSION: usize = 384;

const BLOCK: usize = 512;
const LIMIT: Duration = Duration::from_mins(10);
const EMBED: &str = include_str!("../scripts/embed.py");
const FILE: &str = "vectors.f32";

/// Returns the embeddings, of length 1, of the first `n` of [`wordnet::glosses`], in the same order.
pub fn minilm(n: usize) -> Result<Vec<[f32; DIMENSION]>, Error> {
    let mut all = Vec::with_capacity(n.next_multiple_of(BLOCK));
    let mut glosses = Glosses::default();
    for number in 0..n.div_ceil(BLOCK) {
        all.extend(block(number, &mut glosses)?);
    }
    all.truncate(n);
    Ok(all)
}

/// The glosses, which are read when the first block is computed.
#[derive(Default)]
struct Glosses(Option<Vec<wordnet::Gloss>>);

impl Glosses {
    fn texts(&mut self, block: usize) -> Result<Vec<&str>, Error> {
        let all = match self.0.take() {
            Some(all) => all,
            None => wordnet::glosses()?,
        };
        let all = self.0.insert(all);
        Ok(all.iter().skip(block * BLOCK).take(BLOCK).map(|gloss| gloss.text.as_str()).collect())
    }
}

fn block(number: usize, glosses: &mut Glosses) -> Result<Vec<[f32; DIMENSION]>, Error> {
    cached(&format!("minilm-{number:05}"), "", |dir| embed(&glosses.texts(number)?, &dir.join(FILE)))
}

/// Returns the embeddings, of length 1, of custom texts, in the same order; cached under `name` while the texts are
/// unchanged.
pub fn of_texts(name: &str, texts: &[&str]) -> Result<Vec<[f32; DIMENSION]>, Error> {
    cached(&format!("minilm-of-{name}"), &texts.join("\n"), |dir| embed(texts, &dir.join(FILE)))
}

/// Returns the vectors cached under `name`, computed by `build` if they are missing or were computed from other texts.
fn cached(
    name: &str,
    of: &str,
    build: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<Vec<[f32; DIMENSION]>, Error> {
    let stamp = format!("{}\n{EMBED}{of}", Environment::embeddings().requirements().join("\n"));
    let path = cache::install(name, &stamp, build)?.join(FILE);
    let bytes = fs::read(&path).attempt(|| format!("read {}", path.display()))?;
    let vectors = decode(&bytes);
    vectors.ok_or_else(|| Error::Data { path, problem: format!("not rows of {DIMENSION} f32") })
}

fn embed(texts: &[&str], out: &Path) -> Result<(), Error> {
    let mut python = Command::new(Environment::embeddings().install()?.python());
    python.args(["-c", EMBED]);
    let wanted = json!({ "texts": texts, "out": out }).to_string();
    command::run(python, wanted.as_bytes(), LIMIT).map(drop)
}

fn decode(bytes: &[u8]) -> Option<Vec<[f32; DIMENSION]>> {
    let (rows, rest) = bytes.as_chunks::<{ DIMENSION * 4 }>();
    let vector = |row: &[u8; DIMENSION * 4]| {
        let (numbers, _) = row.as_chunks::<4>();
        std::array::from_fn(|at| f32::from_le_bytes(numbers[at]))
    };
    rest.is_empty().then(|| rows.iter().map(vector).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_decoded_and_a_torn_file_is_refused() {
        let mut bytes: Vec<u8> = std::iter::repeat_n(0.5_f32.to_le_bytes(), DIMENSION).flatten().collect();
        assert_eq!(decode(&bytes).unwrap(), [[0.5; DIMENSION]]);
        bytes.pop();
        assert!(decode(&bytes).is_none());
    }

    #[test]
    fn the_first_are_the_same_however_many_are_asked_for() {
        let few = minilm(3).unwrap();
        let more = minilm(BLOCK + 1).unwrap();
        assert_eq!((few.len(), more.len()), (3, BLOCK + 1));
        assert_eq!(few[..], more[..3]);
        for vector in &more {
            let length: f32 = vector.iter().map(|x| x * x).sum();
            assert!((length - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn texts_of_the_caller_get_the_vectors_they_get_as_glosses() {
        let all = wordnet::glosses().unwrap();
        let texts: Vec<&str> = all.iter().take(2).map(|gloss| gloss.text.as_str()).collect();
        assert_eq!(of_texts("test", &texts).unwrap(), minilm(2).unwrap());
        assert_eq!(of_texts("test", &texts[1..]).unwrap(), minilm(2).unwrap()[1..]);
    }
}
