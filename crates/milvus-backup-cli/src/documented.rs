//! The reference of commands and settings in `docs`, which is generated from the code. With the environment variable
//! `UPDATE_DOCS` these tests write it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory};
use serde_json::Value;

use crate::args::Cli;
use crate::settings::{Overrides, schema};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Fails unless the file has this text, or writes it.
fn require_written(file: &Path, text: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    } else {
        let written = fs::read_to_string(file).unwrap_or_default();
        assert_eq!(written, text, "{}: run this test with UPDATE_DOCS=1", file.display());
    }
}

fn option_line(argument: &Arg) -> String {
    let name = match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        _ => format!("{argument}").replace("...", ""),
    };
    let takes_value = argument.get_action().takes_values() && argument.get_long().is_some();
    let values = argument.get_value_names().unwrap_or_default().iter().map(|name| format!(" <{name}>"));
    let values = if takes_value { values.collect::<String>() } else { String::new() };
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let mut line = format!("- `{name}{values}`: {}", help.replace('<', "\\<"));
    if let Some(variable) = argument.get_env() {
        let _ = write!(line, " (variable `{}`)", variable.to_string_lossy());
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|it| format!("`{}`", it.to_string_lossy())).collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(line, " [default: {}]", defaults.join(", "));
    }
    line.push('\n');
    for value in argument.get_possible_values().iter().filter(|_| takes_value || argument.is_positional()) {
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        let _ = writeln!(line, "  - `{}`{help}", value.get_name());
    }
    line
}

fn options(command: &Command, is_global: bool) -> String {
    let shown = |argument: &&Arg| {
        argument.is_global_set() == is_global && !["help", "version"].contains(&argument.get_id().as_str())
    };
    let (positional, named): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(shown).partition(|argument| argument.is_positional());
    let mut text = String::new();
    for (title, arguments) in [("Arguments", positional), ("Options", named)] {
        if !arguments.is_empty() {
            let _ = write!(text, "\n{title}:\n\n{}", arguments.into_iter().map(option_line).collect::<String>());
        }
    }
    text
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").replace("\n       ", "\n").trim().to_owned()
}

fn section(command: &Command, title: &str, depth: usize) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("{} {title}\n\n{about}.\n\n```text\n{}\n```\n", "#".repeat(depth), usage(command));
    text += &options(command, false);
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        text += "\n";
        text += &section(below, &format!("{title} {}", below.get_name()), depth + 1);
    }
    text
}

#[test]
fn every_command_has_its_page() {
    let mut cli = Cli::command();
    cli.build();
    let commands: Vec<&Command> = cli.get_subcommands().filter(|command| command.get_name() != "help").collect();
    let mut index =
        "# Reference of the command\n\nThese pages are generated from the command. `milvus-br man DIR` writes the \
                     same as manual pages.\n\n| command | |\n|---|---|\n"
            .to_owned();
    for command in &commands {
        let name = command.get_name();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(index, "| [{name}]({name}.md) | {about} |");
        let page = section(command, &format!("milvus-br {name}"), 1);
        let page =
            page + "\nThe [options of every command](README.md#options-of-every-command) are accepted as well.\n";
        require_written(&docs().join(format!("cli/{name}.md")), &page);
    }
    let _ = write!(
        index,
        "\n## Options of every command\n\nThey are accepted before and after the name of a command. [Configuration]\
         (../configuration.md) lists the settings that they override.\n{}",
        options(&cli, true)
    );
    require_written(&docs().join("cli/README.md"), &index);
    let pages = fs::read_dir(docs().join("cli")).unwrap().count();
    assert_eq!(pages, commands.len() + 1, "docs/cli has pages of commands that do not exist");
}

/// Returns the keys of a schema with their descriptions.
fn rows(schema: &Value, root: &Value, prefix: &str, rows: &mut BTreeMap<String, String>) {
    let below = schema.get("$ref").and_then(Value::as_str).and_then(|path| root.pointer(path.strip_prefix('#')?));
    let schema = below.unwrap_or(schema);
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties.iter().filter(|(name, _)| *name != "profile") {
        let key = format!("{prefix}{name}");
        let table = table_of(property, root);
        if let Some(table) = table {
            self::rows(table, root, &format!("{key}."), rows);
        }
        if table.is_none() || property.get("$ref").is_none() {
            rows.insert(key.clone(), row(&key, property));
        }
    }
}

/// Returns the schema of the table that a property is, may be, or is a list of.
fn table_of<'a>(property: &'a Value, root: &'a Value) -> Option<&'a Value> {
    let alternatives = property.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let candidates = std::iter::once(property).chain(alternatives).chain(property.get("items"));
    let mut targets =
        candidates.filter_map(|candidate| root.pointer(candidate.get("$ref")?.as_str()?.strip_prefix('#')?));
    targets.find(|target| target.get("properties").is_some())
}

fn row(key: &str, property: &Value) -> String {
    let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = description.lines().collect::<Vec<_>>().join(" ").replace('|', "\\|").replace("[`crate::", "[`");
    let description = description.replace("[`", "`").replace("`]", "`");
    let default = property.get("default").filter(|default| !default.is_null());
    let default = default.map(|default| format!("`{default}`")).unwrap_or_default();
    let (option, variable) = option_of(key).unwrap_or_default();
    let quoted = |text: String| if text.is_empty() { text } else { format!("`{text}`") };
    format!("| `{key}` | {default} | {} | {} | {description} |", quoted(option), quoted(variable))
}

/// Returns the option that overrides a key, and its variable.
fn option_of(key: &str) -> Option<(String, String)> {
    let (command, id) = Overrides::option_of(key)?;
    let cli = Cli::command();
    let owner = command.map_or(Some(&cli), |name| cli.find_subcommand(name))?;
    let argument = owner.get_arguments().find(|argument| argument.get_id() == id)?;
    let option = format!("--{}", argument.get_long()?);
    let option = command.map_or_else(|| option.clone(), |name| format!("{name} {option}"));
    Some((option, argument.get_env()?.to_str()?.to_owned()))
}

#[test]
fn every_setting_is_listed() {
    let schema = schema();
    let mut found = BTreeMap::new();
    rows(&schema, &schema, "", &mut found);
    assert!(found.len() > 40, "{found:?}");
    let head = "| key | default | option | variable | |\n|---|---|---|---|---|\n".to_owned();
    let table = found.into_values().fold(head, |table, row| table + &row + "\n");
    let file = docs().join("configuration.md");
    let document = fs::read_to_string(&file).unwrap();
    let (begin, end) = ("<!-- settings: begin -->\n", "<!-- settings: end -->\n");
    let (before, rest) = document.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    require_written(&file, &format!("{before}{begin}{table}{end}{after}"));
}

#[test]
fn every_option_and_every_key_of_the_overrides_exists() {
    let schema = schema();
    let mut found = BTreeMap::new();
    rows(&schema, &schema, "", &mut found);
    for key in Overrides::keys() {
        assert!(option_of(key).is_some(), "{key} has no option with a variable");
        assert!(found.contains_key(key), "{key} is not in the schema");
    }
}
