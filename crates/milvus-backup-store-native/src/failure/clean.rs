//! Text of the tool in a form in which it may be shown: on one line, short, and without secrets.

/// Number of characters that are shown of each end of a message.
const SHOWN: usize = 240;

/// The text that replaces a secret.
const HIDDEN: &str = "(hidden)";

/// Returns text of the tool without the secrets, without control characters, and without its middle if it is long.
pub(super) fn cleaned(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret, HIDDEN);
    }
    let printable: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let line = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = line.chars().count();
    if length <= 2 * SHOWN {
        return line;
    }
    let (first, last) = (line.chars().take(SHOWN), line.chars().skip(length - SHOWN));
    format!("{} ... {}", first.collect::<String>(), last.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_secrets_nor_control_characters_are_passed_on() {
        let text = "Error: password hunter2\x1b[31m is\twrong\r\n(hunter2)";
        assert_eq!(cleaned(text, &["hunter2"]), "Error: password (hidden) [31m is wrong ((hidden))");
    }

    #[test]
    fn of_a_long_text_both_ends_are_shown() {
        let text = format!("begin {} end", "ü ".repeat(1000));
        let shown = cleaned(&text, &[]);
        assert!(
            shown.starts_with("begin") && shown.ends_with("end") && shown.chars().count() <= 2 * SHOWN + 5,
            "{shown}"
        );
    }
}
