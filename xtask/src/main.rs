//! Developer commands, run as `cargo xtask COMMAND`.
//!
//! Everything that is not `cargo build` has its command here, and CI runs the same ones: what passes on a developer's
//! machine passes there. They ask nothing, and install what they need.

#![expect(clippy::disallowed_methods, reason = "commands of developers are measured in the time of the machine")]

mod api;
mod bench;
mod charts;
mod check;
mod command_line;
mod demo;
mod dist;
mod error;
mod fuzz;
mod house;
mod layering;
mod links;
mod release;
mod setup;
mod terminal;
mod test;
mod workspace;

use std::process::ExitCode;

use command_line::Command;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = command_line::parse(&arguments).and_then(run);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> error::Result<()> {
    match command {
        Command::Help => {
            terminal::say(command_line::HELP);
            Ok(())
        }
        Command::Demo => demo::run(),
        Command::Dist { check } => dist::run(check),
        Command::Fuzz(limit) => fuzz::run(limit),
        Command::Api { write: true } => api::write(),
        Command::Api { write: false } => api::check(),
        Command::Bench(rows) => bench::run(rows),
        Command::Charts => charts::run(),
        Command::Check => check::run(),
        Command::Test(options) => test::run(&options),
        Command::Layering => layering::run(),
        Command::House => house::run(),
        Command::Links => links::run(),
        Command::Release { package } => release::run(package),
        Command::Setup => setup::run(),
    }
}
