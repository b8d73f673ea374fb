//! The help texts: each as it is on a terminal 100 columns wide.

use crate::command::Sandbox;

fn help(arguments: &[&str]) -> String {
    let sandbox = Sandbox::empty();
    let printed = sandbox.run(arguments);
    assert_eq!((printed.exit_code, printed.stderr.as_str()), (0, ""), "help is no error");
    // What the sandbox sets would be shown as the current value.
    printed.stdout.replace("=http://127.0.0.1:1]", "=]").replace("[env: MILVUS_BR_ROOT=root]", "[env: MILVUS_BR_ROOT=]")
}

macro_rules! help_of {
    ($($command:ident),+) => {
        $(#[test]
        fn $command() {
            insta::assert_snapshot!(help(&[stringify!($command), "--help"]));
        })+
    };
}

help_of!(
    create,
    list,
    show,
    verify,
    restore,
    export,
    import,
    copy,
    delete,
    pin,
    unpin,
    prune,
    doctor,
    init,
    schedule,
    config,
    completions,
    man
);

#[test]
fn long() {
    insta::assert_snapshot!(help(&["--help"]));
}

#[test]
fn short() {
    insta::assert_snapshot!(help(&["-h"]));
}

#[test]
fn every_command_is_listed_and_has_help() {
    let long = help(&["--help"]);
    let commands = long.split("Commands:\n").nth(1).unwrap().lines().take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands.map(|line| line.split_whitespace().next().unwrap()).collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(help(&["help", name]).contains("Usage: milvus-br"), "{name}");
    }
}

#[test]
fn version() {
    let printed = Sandbox::empty().run(&["--version"]);
    assert_eq!(printed.stdout, format!("milvus-br {}\n", env!("CARGO_PKG_VERSION")));
}
