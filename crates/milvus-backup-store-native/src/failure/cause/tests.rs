//! The texts are those that the tool printed on real servers.

use milvus_backup_core::{Error, ErrorKind, Hint};

use super::*;

fn error(code: i32, stderr: &str) -> Error {
    let collection = CollectionRef::new("default", "films".parse().unwrap()).unwrap();
    let context = FailureContext {
        action: "create a backup",
        uri: "http://milvus:19530",
        milvus_storage: "/var/lib/milvus",
        backup_storage: "/backups",
        collection: &collection,
        backup: "20261122T073015Z-4f9c2a7e",
        secrets: &["hunter2"],
    };
    let ended = Ended { code: Some(code), signal: None, stdout: String::new(), stderr: stderr.to_owned() };
    context.error(&ended)
}

#[test]
fn measured_texts_have_the_kind_of_their_cause() {
    for (stderr, kind) in [
        (
            "Error: client: connect to server failed: rpc error: code = Unavailable desc = connection error: desc = \"transport: \
             Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused\"",
            ErrorKind::Unreachable,
        ),
        ("Error: rpc error: code = Unavailable desc = error reading server preface: EOF", ErrorKind::Unreachable),
        (
            "Error: client: rpc error: code = Unauthenticated desc = auth check failure, please check",
            ErrorKind::Authentication,
        ),
        ("Error: code = Unauthenticated desc = missing authorization in header", ErrorKind::Authentication),
        ("Error: backup: filter collection default.nosuch not found in milvus", ErrorKind::NotFound),
        ("Error: database not found[database=nosuchdb]", ErrorKind::NotFound),
        ("Error: restore: collection already exist, database default collection vpk", ErrorKind::Refused),
        ("Error: backup: segment 447 has no insert logs", ErrorKind::InvalidParameter),
        ("Error: storage: open /b/x: read-only file system", ErrorKind::Storage),
        (
            "Error: create backup storage client: create bucket if not exist: dial tcp: connection refused",
            ErrorKind::Storage,
        ),
        ("Error: The request signature we calculated does not match the signature you provided", ErrorKind::Storage),
        ("Error: storage: write /b/x: no space left on device", ErrorKind::InsufficientStorage),
        ("Error: unknown method BackupRBAC for service milvus.proto.milvus.MilvusService", ErrorKind::Unsupported),
        ("Usage:\nError: unknown flag: --filter\nunknown flag: --filter", ErrorKind::Unsupported),
        (
            "panic: cfg: parse int value tcp: strconv.Atoi\n\ngoroutine 1 [running]:\nmain.main()\n\t/x",
            ErrorKind::Unsupported,
        ),
        ("Error: bulk insert failed: parse magic number failed", ErrorKind::Corrupted),
        ("Error: backup mbr_x not found", ErrorKind::Corrupted),
        ("Error: meta: unmarshal meta unexpected end of JSON input", ErrorKind::Corrupted),
        ("Error: verify prefix size mismatch key=x want=25616 got=0", ErrorKind::Failed),
        ("something else\nthe last line", ErrorKind::Failed),
        ("", ErrorKind::Failed),
    ] {
        assert_eq!(error(1, stderr).kind(), kind, "{stderr}");
    }
}

#[test]
fn the_error_says_what_the_tool_said_without_secrets() {
    let full = error(1, "noise\nError: backup: \x1b[1mverify hunter2 failed\nnoise: of zap").full_message();
    assert!(
        full.contains("cannot create a backup with milvus-backup") && full.contains("verify (hidden) failed"),
        "{full}"
    );
    assert!(!full.contains("noise") && !full.contains('\x1b'), "{full}");
    assert!(error(2, "").full_message().contains("code 2"));
    assert_eq!(error(1, "Error: no space left on device").hint(), Some(Hint::FreeSpace));
}
