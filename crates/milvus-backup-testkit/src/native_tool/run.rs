//! The program: its streams and its exit codes.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::arguments::Arguments;
use super::configuration::Configuration;
use super::create::create;
use super::fault::ToolFault;
use super::help::of_create;
use super::restore::restore;

const BANNER: &str = "dev (Built on unknown from Git SHA unknown by go1.26.8)\nconfig: backup.yaml\n";

const FLAGS: &[&str] = &["config", "set", "name", "filter", "strategy", "rename", "rebuild_index", "help"];

/// Runs the stand-in with the arguments of a process, whose first one is the path of the executable.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter().filter_map(|argument| argument.into_string().ok());
    let fault = ToolFault::beside(Path::new(&arguments.next().unwrap_or_default()));
    let arguments = Arguments::parse(arguments);
    if fault == Some(ToolFault::Garbage) {
        print(false, "\u{1b}[2J\u{0} no banner\n");
        return ExitCode::SUCCESS;
    }
    print(fault == Some(ToolFault::Newer), BANNER);
    if arguments.has("help") {
        print(false, &of_create(fault));
        return ExitCode::SUCCESS;
    }
    match executed(&arguments, fault) {
        Ok(printed) => {
            print(false, &printed);
            ExitCode::SUCCESS
        }
        Err((code, error)) => {
            print(true, &error);
            ExitCode::from(code)
        }
    }
}

/// Returns what the command prints, or its exit code and error.
fn executed(arguments: &Arguments, fault: Option<ToolFault>) -> Result<String, (u8, String)> {
    let newer = fault == Some(ToolFault::Newer);
    if let Some(flag) = arguments.unknown(FLAGS).filter(|flag| !(newer && *flag == "format")) {
        return Err((1, format!("Error: unknown flag: --{flag}\nunknown flag: --{flag}\n")));
    }
    let configuration = match Configuration::read(arguments.value("config"), newer) {
        Ok(configuration) if fault != Some(ToolFault::Panics) => configuration,
        Ok(_) => return Err((2, "panic: cfg: parse int value tcp\n\ngoroutine 1 [running]:\n".to_owned())),
        Err(error) => return Err((2, format!("panic: {error}\n\ngoroutine 1 [running]:\n"))),
    };
    // The tool keeps its log there.
    let _ = std::fs::write(&configuration.log, "[INFO] started\n");
    finished(arguments, &configuration, fault).map_err(|error| (1, format!("Error: {error}\n")))
}

fn finished(arguments: &Arguments, configuration: &Configuration, fault: Option<ToolFault>) -> Result<String, String> {
    let started = Instant::now();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let success = match arguments.command.as_str() {
        "create" => runtime.block_on(create(arguments, configuration, fault)).map(|()| "create backup success\n")?,
        "restore" => runtime.block_on(restore(arguments, configuration, fault)).map(|()| "")?,
        command => return Err(format!("unknown command {command:?} for \"milvus-backup\"")),
    };
    Ok(format!("{success}duration:{:.2} s\n", started.elapsed().as_secs_f64()))
}

/// Writes text to standard error, or to standard output. The other end may be closed.
fn print(error: bool, text: &str) {
    let bytes = text.as_bytes();
    let _ = if error { std::io::stderr().write_all(bytes) } else { std::io::stdout().write_all(bytes) };
}
