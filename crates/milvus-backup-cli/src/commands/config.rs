//! `milvus-br config` shows and checks the configuration.

use milvus_backup_core::Result;
use serde::Serialize;

use super::config_check;
use crate::args::{ConfigAction, ConfigArgs, ConfigShowArgs, Global};
use crate::exit_code;
use crate::output::Output;
use crate::settings::{Overrides, Shown, schema, settings_of, shown};

/// A value, as scripts read it.
#[derive(Debug, Serialize)]
struct ValueLine {
    key: String,
    value: toml::Value,
    origin: String,
}

pub(crate) fn run(global: &Global, overrides: &Overrides, output: &Output, args: ConfigArgs) -> Result<u8> {
    match args.action {
        ConfigAction::Show(args) => show(global, overrides, output, &args),
        ConfigAction::Check => config_check::run(global, overrides, output),
        ConfigAction::Schema => {
            let schema = schema();
            output.result(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default());
            Ok(exit_code::DONE)
        }
    }
}

fn show(global: &Global, overrides: &Overrides, output: &Output, args: &ConfigShowArgs) -> Result<u8> {
    let values = shown(&settings_of(global)?, overrides);
    let line = |shown: &Shown| {
        let setting = format!("{} = {}", shown.key, shown.value);
        if args.origin { format!("{setting}  # {}", shown.origin) } else { setting }
    };
    let text = values.iter().map(line).collect::<Vec<_>>().join("\n");
    let document =
        values.into_iter().map(|Shown { key, value, origin }| ValueLine { key, value, origin: origin.to_string() });
    output.result(&document.collect::<Vec<_>>(), || text);
    Ok(exit_code::DONE)
}
