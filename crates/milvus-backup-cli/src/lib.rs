//! The command `milvus-br`: the only crate that constructs the concrete backends and connections and combines them.
//!
//! The library exists for the binary and for tests of the binary; its exit codes are a published contract.
//!
//! ```
//! use milvus_backup_cli::exit_code;
//!
//! assert_eq!(exit_code::TARGET_OR_RULE, 15);
//! ```

mod archive;
mod args;
mod command_error;
mod commands;
mod completion;
mod confirm;
mod context;
mod descriptors;
#[cfg(test)]
mod documented;
pub mod exit_code;
mod first_steps;
mod hints;
mod init;
mod json_lines;
mod managers;
mod metrics;
mod milvus_storage;
mod native;
mod newest_good;
mod output;
mod progress;
mod prompt;
mod report;
mod resolve;
mod schedule;
mod settings;
mod signals;
mod sizes;
mod store_environment;
mod subject;
mod summary;
mod target;
mod text;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};
use milvus_backup_core::{Error, ErrorKind, Milvus, Source};
use object_store::ObjectStore;
use tracing_subscriber::EnvFilter;

use args::{BackupCommand, Cli, Command, LogFormat, ToolCommand};
use command_error::CommandError;
use output::Output;
use report::Report;
use settings::Overrides;

/// Runs the command with the arguments of a process, and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    match completion::respond(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => run_layered(args, Layers::default()),
        Err(error) => ExitCode::from(report::usage(&error, false)),
    }
}

/// Wrappers around the components of the command, with which tests inject faults.
#[derive(Debug, Clone, Copy)]
pub struct Layers {
    /// Wraps the object store of the repository.
    pub store: fn(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>,
    /// Wraps the connection to Milvus.
    pub milvus: fn(Arc<dyn Milvus>) -> Arc<dyn Milvus>,
}

impl Default for Layers {
    /// Returns layers that change nothing.
    fn default() -> Self {
        Self { store: |store| store, milvus: |milvus| milvus }
    }
}

/// Runs the command like [`run`], with layers.
pub fn run_layered(args: impl IntoIterator<Item = OsString>, layers: Layers) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.len() <= 1 {
        output::stderr_line(&first_steps::text());
        return ExitCode::from(exit_code::USAGE);
    }
    let (cli, overrides, name) = match parse(&args) {
        Ok(parsed) => parsed,
        Err(error) => return ExitCode::from(report::usage(&error, args.iter().any(|arg| arg == "--json"))),
    };
    init_logging(cli.verbosity(), cli.global.log_format);
    let output = Output::new(cli.global.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(source) => {
            let error = Error::Internal { action: "start the runtime".to_owned(), source: Source::from(source) };
            return ExitCode::from(Report::from(&error).print(&output));
        }
    };
    let signals = signals::Signals::listen(&runtime);
    let outcome = runtime.block_on(dispatch(cli, &name, &overrides, &output, &signals, layers));
    let code = match outcome {
        // Only the listener knows which signal it was.
        Ok(exit_code::INTERRUPTED) => signals.exit_code(),
        Ok(code) => code,
        Err(error) if error.kind() == ErrorKind::Interrupted => {
            Report::from(&error).with_exit_code(signals.exit_code()).print(&output)
        }
        Err(error) => Report::from(&error).print(&output),
    };
    // Blocking reads whose results are no longer needed must not delay the exit.
    runtime.shutdown_background();
    ExitCode::from(code)
}

/// Parses the command line, and returns which settings it overrides, and the name of the command.
fn parse(args: &[OsString]) -> Result<(Cli, Overrides, String), clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
    Ok((cli, Overrides::of(&matches), matches.subcommand_name().unwrap_or_default().to_owned()))
}

async fn dispatch(
    cli: Cli,
    name: &str,
    overrides: &Overrides,
    output: &Output,
    signals: &signals::Signals,
    layers: Layers,
) -> Result<u8, CommandError> {
    let Cli { global, command } = cli;
    match command {
        Command::Schedule(args) => {
            Ok(commands::schedule::run(global, output, signals.interrupt(), layers, args).await?)
        }
        Command::Tool(ToolCommand::Init(args)) => {
            Ok(commands::init::run(&global, output, signals.interrupt(), args).await?)
        }
        Command::Tool(ToolCommand::Config(args)) => Ok(commands::config::run(&global, overrides, output, args)?),
        Command::Tool(ToolCommand::Completions(args)) => Ok(commands::completions::run(&args)?),
        Command::Tool(ToolCommand::Man(args)) => Ok(commands::man::run(&args)?),
        Command::Backups(command) => {
            let settings = settings::settings_of(&global)?;
            let context = context::Context::new(global, settings, output.clone(), signals.interrupt(), layers)?;
            let outcome = run_on_backups(*command, &context).await;
            let code = outcome.as_ref().map_or_else(|error| exit_code::of(error.kind()), |code| *code);
            metrics::write_of_command(&context, name, code).await;
            outcome
        }
    }
}

async fn run_on_backups(command: BackupCommand, context: &context::Context) -> Result<u8, CommandError> {
    match command {
        BackupCommand::Create(args) => commands::create::run(context, args).await,
        BackupCommand::List(args) => Ok(commands::list::run(context, args).await?),
        BackupCommand::Show(args) => commands::show::run(context, args).await,
        BackupCommand::Verify(args) => commands::verify::run(context, args).await,
        BackupCommand::Restore(args) => commands::restore::run(context, args).await,
        BackupCommand::Adopt(args) => commands::adopt::run(context, args).await,
        BackupCommand::Export(args) => commands::export::run(context, args).await,
        BackupCommand::Import(args) => commands::import::run(context, args).await,
        BackupCommand::Copy(args) => commands::copy::run(context, args).await,
        BackupCommand::Delete(args) => commands::delete::run(context, args).await,
        BackupCommand::Pin(args) => commands::pin::pin(context, args).await,
        BackupCommand::Unpin(args) => commands::pin::unpin(context, args).await,
        BackupCommand::Doctor(args) => Ok(commands::doctor::run(context, args).await?),
        BackupCommand::Prune(args) => Ok(commands::prune::run(context, args).await?),
    }
}

fn init_logging(verbose: u8, format: LogFormat) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    // A directive covers all targets that start with it: every crate of this workspace, and no others.
    let ours = format!("milvus_backup={level}");
    let filter = EnvFilter::try_from_env("MILVUS_BR_LOG").unwrap_or_else(|_| EnvFilter::new(ours));
    // A second call in one process (a test) keeps the first subscriber.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).without_time().try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}

/// The Rust example of the README, which is compiled as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ReadmeExample;
