//! The words of an expression.

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    /// The name of a field, or a word of the language.
    Name(String),
    Number(i64),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// The signs, longer ones first.
const SIGNS: [&str; 13] = ["&&", "||", "==", "!=", ">=", "<=", ">", "<", "%", "(", ")", "[", "]"];

/// Reads all words; `None` where one cannot be read. The digits of a number are read without its sign, so that the smallest
/// `Int64` cannot be: measured on Milvus 2.3.5.
pub(super) fn words(expression: &str) -> Option<Vec<Word>> {
    let (mut words, mut rest) = (Vec::new(), expression.trim_start());
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '"' => text(rest)?,
            '-' | '0'..='9' => number(rest)?,
            ',' => {
                rest = rest[1..].trim_start();
                continue;
            }
            letter if letter.is_alphabetic() || letter == '_' || letter == '$' => name(rest),
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                (Word::Sign(sign), sign.len())
            }
        };
        words.push(word);
        rest = rest[length..].trim_start();
    }
    Some(words)
}

fn name(rest: &str) -> (Word, usize) {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    (Word::Name(rest[..length].to_owned()), length)
}

fn number(rest: &str) -> Option<(Word, usize)> {
    let digits = rest.strip_prefix('-').unwrap_or(rest);
    let length = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    let value: i64 = digits[..length].parse().ok()?;
    let is_negative = digits.len() < rest.len();
    Some((Word::Number(if is_negative { -value } else { value }), length + usize::from(is_negative)))
}

fn text(rest: &str) -> Option<(Word, usize)> {
    let mut value = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((Word::Text(value), at + 1)),
            '\\' => value.push(match letters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let read = words(r#"id > -5 && text <= "a\"\\\n" || id in [1,2]"#).unwrap();
        assert_eq!(read[2], Word::Number(-5));
        assert_eq!(read[6], Word::Text("a\"\\\n".to_owned()));
        assert_eq!(read.len(), 14);
    }

    #[test]
    fn the_smallest_number_cannot_be_written() {
        assert_eq!(words("id > -9223372036854775808"), None);
        assert!(words("id >= -9223372036854775807").is_some());
    }
}
