//! Filters on the primary key: as much of Milvus' language as backups use.

use milvus_backup_core::KeyRange;
use milvus_backup_core::schema::{DataType, FieldSchema, PrimaryKey};

use super::literals::{Word, words};

/// A filter on the primary key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    All,
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Compare(&'static str, PrimaryKey),
    /// The key divided by the first number leaves the second one.
    Divided(i64, i64),
    In(Vec<PrimaryKey>),
}

/// Why a filter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not of the language.
    Unparsable,
    /// It is of a field that is not the primary key: of the language, and not modelled.
    Field(String),
}

impl Expression {
    /// Reads a filter on a key; an empty one holds for all keys. `reserved` are names that stand for something else.
    pub(super) fn read(text: &str, key: &FieldSchema, is_reserved: impl Fn(&str) -> bool) -> Result<Self, Unreadable> {
        let words = words(text).ok_or(Unreadable::Unparsable)?;
        if words.is_empty() {
            return Ok(Self::All);
        }
        let mut reader = Reader { words: &words, key, is_reserved: &is_reserved };
        let read = reader.any_of()?;
        if reader.words.is_empty() { Ok(read) } else { Err(Unreadable::Unparsable) }
    }

    /// Returns whether the filter holds for a key.
    pub(super) fn holds(&self, key: &PrimaryKey) -> bool {
        match self {
            Self::All => true,
            Self::Or(parts) => parts.iter().any(|part| part.holds(key)),
            Self::And(parts) => parts.iter().all(|part| part.holds(key)),
            Self::Compare(sign, other) => match *sign {
                "==" => key == other,
                "!=" => key != other,
                ">" => key > other,
                ">=" => key >= other,
                "<" => key < other,
                _ => key <= other,
            },
            Self::Divided(by, rest) => matches!(key, PrimaryKey::Int64(key) if key % by == *rest),
            Self::In(keys) => keys.contains(key),
        }
    }

    /// Returns a range that has all keys for which the filter holds.
    pub(super) fn range(&self) -> KeyRange<PrimaryKey> {
        let parts = match self {
            Self::And(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut range = KeyRange::default();
        for part in parts {
            match part {
                Self::Compare(">", key) => range.after = range.after.max(Some(key.clone())),
                Self::Compare("<=" | "<" | "==", key) if range.up_to.as_ref().is_none_or(|up_to| key < up_to) => {
                    range.up_to = Some(key.clone());
                }
                _ => {}
            }
        }
        range
    }
}

struct Reader<'a> {
    words: &'a [Word],
    key: &'a FieldSchema,
    is_reserved: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<&'a Word, Unreadable> {
        let (first, rest) = self.words.split_first().ok_or(Unreadable::Unparsable)?;
        self.words = rest;
        Ok(first)
    }

    fn skip(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.words.first(), Some(Word::Sign(next)) if *next == sign);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    fn any_of(&mut self) -> Result<Expression, Unreadable> {
        let mut parts = vec![self.all_of()?];
        while self.skip("||") {
            parts.push(self.all_of()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Or(parts) })
    }

    fn all_of(&mut self) -> Result<Expression, Unreadable> {
        let mut parts = vec![self.one()?];
        while self.skip("&&") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::And(parts) })
    }

    fn one(&mut self) -> Result<Expression, Unreadable> {
        if self.skip("(") {
            let inner = self.any_of()?;
            return if self.skip(")") { Ok(inner) } else { Err(Unreadable::Unparsable) };
        }
        match self.next()? {
            Word::Name(name) if (self.is_reserved)(name) => return Err(Unreadable::Unparsable),
            Word::Name(name) if *name != self.key.name => return Err(Unreadable::Field(name.clone())),
            Word::Name(_) => {}
            _ => return Err(Unreadable::Unparsable),
        }
        match self.next()? {
            Word::Sign("%") => self.divided(),
            Word::Sign(sign @ ("==" | "!=" | ">" | ">=" | "<" | "<=")) => {
                Ok(Expression::Compare(sign, self.literal()?))
            }
            Word::Name(word) if word == "in" => self.list(),
            _ => Err(Unreadable::Unparsable),
        }
    }

    fn divided(&mut self) -> Result<Expression, Unreadable> {
        match (self.next()?, self.next()?, self.next()?) {
            (Word::Number(by), Word::Sign("=="), Word::Number(rest)) if *by != 0 => Ok(Expression::Divided(*by, *rest)),
            _ => Err(Unreadable::Unparsable),
        }
    }

    fn list(&mut self) -> Result<Expression, Unreadable> {
        if !self.skip("[") {
            return Err(Unreadable::Unparsable);
        }
        let mut keys = Vec::new();
        while !self.skip("]") {
            keys.push(self.literal()?);
        }
        Ok(Expression::In(keys))
    }

    fn literal(&mut self) -> Result<PrimaryKey, Unreadable> {
        match self.next()? {
            Word::Number(number) => Ok(PrimaryKey::Int64(*number)),
            // A text by RFC 4122 names an identifier: milvus#51038.
            Word::Text(text) if self.key.data_type == DataType::Uuid => {
                PrimaryKey::from_text(text, self.key).map_err(|_| Unreadable::Unparsable)
            }
            Word::Text(text) => Ok(PrimaryKey::VarChar(text.clone())),
            _ => Err(Unreadable::Unparsable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Expression, Unreadable> {
        Expression::read(text, &FieldSchema::new("id", DataType::Int64), |name| name == "like")
    }

    #[test]
    fn filters_on_the_key_hold_for_the_keys_they_say() {
        for (text, keys) in [
            ("", vec![-1, 0, 1, 2, 3]),
            ("id >= 0 || id < 0", vec![-1, 0, 1, 2, 3]),
            ("id > 0 && id <= 2", vec![1, 2]),
            ("id % 2 == 0", vec![0, 2]),
            ("id in [-1,3]", vec![-1, 3]),
            ("(id == 1)", vec![1]),
        ] {
            let filter = read(text).unwrap();
            let held: Vec<i64> = (-1..4).filter(|key| filter.holds(&PrimaryKey::Int64(*key))).collect();
            assert_eq!(held, keys, "{text}");
            let range = filter.range();
            let in_range = |key: &i64| {
                let key = PrimaryKey::Int64(*key);
                range.after.as_ref().is_none_or(|after| *after < key)
                    && range.up_to.as_ref().is_none_or(|up_to| key <= *up_to)
            };
            assert!(held.iter().all(in_range), "{text}");
        }
    }

    #[test]
    fn what_is_not_of_the_language_is_told_from_what_is_not_modelled() {
        assert_eq!(read("like > 1"), Err(Unreadable::Unparsable));
        assert_eq!(read("id >"), Err(Unreadable::Unparsable));
        assert_eq!(read("year > 1"), Err(Unreadable::Field("year".to_owned())));
    }
}
