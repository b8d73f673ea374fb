//! `cargo xtask test`: everything that must hold before a change is merged. CI runs this and nothing else.

use std::panic;
use std::process::Command;
use std::thread;

use crate::command_line::TestOptions;
use crate::error::Result;
use crate::terminal::step;
use crate::{house, layering, links, setup, workspace};

/// Runs the set-up beside the checks, since one waits for the network and the other for the compiler; then the tests.
pub(crate) fn run(options: &TestOptions) -> Result<()> {
    thread::scope(|scope| {
        let installing = (!options.fast).then(|| scope.spawn(setup::run));
        if options.filters.is_empty() {
            checks()?;
        }
        if let Some(installing) = installing {
            installing.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))?;
        }
        let command = test_command(options);
        let tests = with_binary(with_threads(workspace::cargo(&command)))?;
        step(&format!("cargo {command}"), || workspace::run(tests))
    })
}

/// Tests at the same time. Most of them wait for a server, so there are more than processors.
const TEST_THREADS: &str = "5";

fn with_threads(mut command: Command) -> Command {
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        command.env("RUST_TEST_THREADS", TEST_THREADS);
    }
    command
}

/// Names the command to the end-to-end tests. `cargo test` builds it before any test runs, for the tests of its own package;
/// the end-to-end tests would build it once more, and its dependencies with other features.
fn with_binary(mut command: Command) -> Result<Command> {
    const VARIABLE: &str = "MILVUS_BR_TEST_BINARY";
    if std::env::var_os(VARIABLE).is_none() {
        command.env(VARIABLE, workspace::built()?.join("milvus-br"));
    }
    Ok(command)
}

fn checks() -> Result<()> {
    cargo("fmt --all --check")?;
    step("layering", layering::run)?;
    step("house rules", house::run)?;
    step("documents", links::run)?;
    cargo("clippy --workspace --all-targets -- -D warnings")?;
    documentation()
}

/// Finds links that lead nowhere.
fn documentation() -> Result<()> {
    let command = "doc --workspace --no-deps";
    let mut rustdoc = workspace::cargo(command);
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    step(&format!("cargo {command}"), || workspace::run(rustdoc))
}

fn cargo(arguments: &str) -> Result<()> {
    step(&format!("cargo {arguments}"), || workspace::run(workspace::cargo(arguments)))
}

fn test_command(options: &TestOptions) -> String {
    let mut command = "test --workspace".to_owned();
    if options.fast {
        command += " --exclude milvus-backup-tests --exclude milvus-backup-testkit --lib --bins";
    }
    if !options.filters.is_empty() {
        command += " -- ";
        command += &options.filters.join(" ");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(fast: bool, filters: &[&str]) -> String {
        test_command(&TestOptions { fast, filters: filters.iter().map(|&filter| filter.to_owned()).collect() })
    }

    #[test]
    fn without_options_everything_runs() {
        assert_eq!(command(false, &[]), "test --workspace");
    }

    #[test]
    fn filters_go_to_the_test_binaries() {
        assert_eq!(command(false, &["restore", "digest"]), "test --workspace -- restore digest");
    }

    #[test]
    fn fast_leaves_out_what_needs_a_server() {
        assert!(command(true, &["digest"]).ends_with("--lib --bins -- digest"));
    }
}
