//! A tool that fails or lies while it restores: the target does not stay, and a success is not believed.

use milvus_backup_testkit::native_tool::ToolFault;
use milvus_backup_tests::collections::{Plain, forget, names, staging};

use super::support::{MILVUS, Native};

#[test]
fn a_failed_restore_leaves_no_collection() {
    let (name, target) = ("native_faulty_restore", "native_faulty_target");
    Plain::on(MILVUS, name).partition("_default", 300).make();
    let native = Native::new();
    let backup = native.br.create(&[name]);
    for (fault, code, text) in [
        (ToolFault::FailsInRestore, 13, "parse magic number failed"),
        (ToolFault::RestoresNothing, 1, "there is no collection"),
        (ToolFault::HangsInRestore, 18, "deadline"),
    ] {
        native.fault(Some(fault));
        let outcome = native.br.run(&["restore", &backup, "--to", target, "--method", "tool", "--timeout", "10s"]);
        assert_eq!(outcome.exit_code, Some(code), "{fault:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(text), "{fault:?}: {}", outcome.stderr);
        assert!(!names(MILVUS, "").contains(&target.to_owned()), "{fault:?}");
        assert_eq!(staging(MILVUS, target), Vec::<String>::new(), "{fault:?}");
        assert!(native.processes().is_empty() && native.leftovers().is_empty(), "{fault:?}");
    }
    native.fault(None);
    native.br.restore(&backup, target, &["--method", "tool"]);
    native.br.run(&["restore", &backup, "--to", target, "--method", "tool"]).code(15).says(&["already exists"]);
    forget(MILVUS, &[name, target]);
}
