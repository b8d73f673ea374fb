//! Which command was asked for.

use std::time::Duration;

use crate::error::{Error, Result};

pub(crate) const HELP: &str = "\
Developer commands of milvus-br

  cargo xtask demo                  back up, verify and restore a real collection, and compare every row
  cargo xtask test                  set-up, formatting, lints, layering, then every test
  cargo xtask test FILTER...        only the tests whose names contain one of these, without the checks before
  cargo xtask test --fast           checks, and the unit tests that need no server
  cargo xtask fuzz [SECONDS]        mutated files, pages and settings against every decoder; 120 seconds by default
  cargo xtask bench [ROWS]          speed beside a bare scan, bare inserts, pymilvus and openssl; 100,000 rows by default
  cargo xtask charts                the pictures of docs/performance.md, from the table in it
  cargo xtask check --all           every night: minimum Rust version, cargo-deny, each feature alone, documentation
  cargo xtask dist [--check]        archive, wheel, Debian package and image; --check installs and tries each of them
  cargo xtask api [--write]         whether the public surface of the crates is the recorded one, or record it
  cargo xtask release [--package]   whether and in which order the crates can be published; --package builds each one alone
  cargo xtask layering              which crate may depend on which
  cargo xtask house                 house rules: lengths of files, words of libraries, names, documentation
  cargo xtask links                 files and tests that the documents name
  cargo xtask setup                 install what the tests need, and nothing else
  cargo xtask help                  this text

Nothing is asked. What a command needs is installed below ~/.cache/milvus-br-testkit, or where
MILVUS_BR_TESTKIT_CACHE says.";

/// A command with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    /// Compares or writes the public surface of the crates.
    Api {
        write: bool,
    },
    Demo,
    /// Builds what users install, and perhaps tries it.
    Dist {
        check: bool,
    },
    Test(TestOptions),
    Fuzz(Duration),
    /// With so many rows.
    Bench(u64),
    Charts,
    /// Everything that is too slow for every change.
    Check,
    Layering,
    House,
    Links,
    /// Checks what a release needs, and perhaps the packages.
    Release {
        package: bool,
    },
    Setup,
}

/// The options of `cargo xtask test`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TestOptions {
    /// Leaves out all that needs a server.
    pub(crate) fast: bool,
    /// Parts of the names of the tests to run; none means all.
    pub(crate) filters: Vec<String>,
}

/// The command that the arguments, without the program's name, stand for.
pub(crate) fn parse(arguments: &[String]) -> Result<Command> {
    let (name, rest) = match arguments {
        [] => ("help", &[][..]),
        [name, rest @ ..] => (name.as_str(), rest),
    };
    match name {
        "help" | "-h" | "--help" => Ok(Command::Help),
        "test" => test_options(rest).map(Command::Test),
        "fuzz" => fuzz_time(rest).map(Command::Fuzz),
        "bench" => bench_rows(rest).map(Command::Bench),
        "charts" => alone(rest, Command::Charts),
        "demo" => alone(rest, Command::Demo),
        "api" => match rest {
            [option] if option == "--write" => Ok(Command::Api { write: true }),
            _ => alone(rest, Command::Api { write: false }),
        },
        "release" => match rest {
            [option] if option == "--package" => Ok(Command::Release { package: true }),
            _ => alone(rest, Command::Release { package: false }),
        },
        "check" => match rest {
            [option] if option == "--all" => Ok(Command::Check),
            _ => Err(Error::Usage("`check` runs everything that is too slow for every change: add --all".to_owned())),
        },
        "dist" => match rest {
            [option] if option == "--check" => Ok(Command::Dist { check: true }),
            _ => alone(rest, Command::Dist { check: false }),
        },
        "layering" => alone(rest, Command::Layering),
        "house" => alone(rest, Command::House),
        "links" => alone(rest, Command::Links),
        "setup" => alone(rest, Command::Setup),
        other => Err(Error::Usage(format!("there is no command `{other}`"))),
    }
}

fn bench_rows(rest: &[String]) -> Result<u64> {
    match rest {
        [] => Ok(100_000),
        [rows] => rows
            .parse()
            .ok()
            .filter(|rows| *rows >= 1000)
            .ok_or_else(|| Error::Usage(format!("`{rows}` is not a number of rows from 1000 on"))),
        _ => Err(Error::Usage("`bench` takes one number of rows".to_owned())),
    }
}

fn fuzz_time(rest: &[String]) -> Result<Duration> {
    match rest {
        [] => Ok(Duration::from_mins(2)),
        [seconds] => match seconds.parse() {
            Ok(seconds) => Ok(Duration::from_secs(seconds)),
            Err(_) => Err(Error::Usage(format!("`{seconds}` is no number of seconds"))),
        },
        [_, second, ..] => Err(Error::Usage(format!("unexpected argument `{second}`"))),
    }
}

fn alone(rest: &[String], command: Command) -> Result<Command> {
    match rest {
        [] => Ok(command),
        [first, ..] => Err(Error::Usage(format!("unexpected argument `{first}`"))),
    }
}

fn test_options(rest: &[String]) -> Result<TestOptions> {
    let mut options = TestOptions::default();
    for argument in rest {
        match argument.as_str() {
            "--fast" => options.fast = true,
            flag if flag.starts_with('-') => return Err(Error::Usage(format!("`test` has no option `{flag}`"))),
            filter => options.filters.push(filter.to_owned()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_asks_for_help() {
        assert_eq!(parsed("").unwrap(), Command::Help);
        assert_eq!(parsed("--help").unwrap(), Command::Help);
    }

    #[test]
    fn test_takes_filters_and_an_option() {
        let options = TestOptions { fast: true, filters: vec!["restore".to_owned(), "digest".to_owned()] };
        assert_eq!(parsed("test restore --fast digest").unwrap(), Command::Test(options));
    }

    #[test]
    fn dist_may_try_what_it_builds() {
        assert_eq!(parsed("dist").unwrap(), Command::Dist { check: false });
        assert_eq!(parsed("dist --check").unwrap(), Command::Dist { check: true });
        assert!(parsed("dist --check now").is_err());
    }

    #[test]
    fn fuzz_takes_seconds() {
        assert_eq!(parsed("fuzz").unwrap(), Command::Fuzz(Duration::from_mins(2)));
        assert_eq!(parsed("fuzz 7").unwrap(), Command::Fuzz(Duration::from_secs(7)));
    }

    #[test]
    fn what_is_unknown_is_refused() {
        for line in ["tset", "test --slow", "fuzz long", "fuzz 1 2", "demo now", "layering -v"] {
            assert!(matches!(parsed(line), Err(Error::Usage(_))), "{line}");
        }
    }

    #[test]
    fn help_names_every_command() {
        for name in
            ["api", "release", "check", "dist", "demo", "test", "fuzz", "layering", "house", "links", "setup", "help"]
        {
            assert!(HELP.contains(&format!("cargo xtask {name}")), "{name}");
        }
    }
}
