use super::{Error, ErrorKind, Hint};

#[test]
fn a_wrapped_error_keeps_its_kind_hint_and_causes() {
    let error = Error::Backup {
        collection: "items".into(),
        backup_id: None,
        resumable: false,
        source: Box::new(Error::InsufficientStorage {
            required_bytes: 2 << 30,
            available_bytes: 0,
            path: "/backups".into(),
        }),
    };
    assert_eq!(error.kind(), ErrorKind::InsufficientStorage);
    assert!(error.hint() == Some(Hint::FreeSpace));
    assert!(error.full_message().contains("failed: not enough space"));
    assert_eq!(error.required_and_available_gb(), Some((2.0, 0.0)));
}

#[test]
fn a_disk_that_fills_up_is_not_enough_space() {
    let storage = |kind: std::io::ErrorKind| Error::Storage {
        action: "write".into(),
        path: "items".into(),
        permission: false,
        retryable: true,
        source: Box::new(std::io::Error::other(std::io::Error::from(kind))),
    };
    assert_eq!(storage(std::io::ErrorKind::StorageFull).kind(), ErrorKind::InsufficientStorage);
    assert!(!storage(std::io::ErrorKind::StorageFull).retryable());
    assert!(storage(std::io::ErrorKind::StorageFull).hint() == Some(Hint::FreeSpace));
    assert_eq!(storage(std::io::ErrorKind::TimedOut).kind(), ErrorKind::Storage);
}

#[test]
fn a_cause_that_repeats_the_one_before_is_left_out() {
    let inner = std::io::Error::other("connection refused");
    let source = Box::new(std::io::Error::other(inner));
    let error = Error::Unreachable { uri: "http://localhost:1".into(), source };
    assert_eq!(error.full_message(), "cannot reach Milvus at `http://localhost:1`: connection refused");
}

#[test]
fn a_missing_privilege_is_named_and_is_no_matter_of_credentials() {
    let error = Error::PermissionDenied {
        uri: "http://localhost:19530".into(),
        call: "Query".into(),
        privileges: vec!["Query".into()],
        message: "PrivilegeQuery: permission deny to alice".into(),
    };
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.hint(), Some(Hint::Grant(vec!["Query".into()])));
}

#[test]
fn a_milvus_lite_that_cannot_be_reached_is_not_to_be_started_by_hand() {
    let error = |uri: &str| Error::Unreachable { uri: uri.into(), source: "gone".into() };
    assert_eq!(error("/data/my.db").hint(), None);
    assert!(error("http://localhost:19530").hint().is_some());
}

#[test]
fn a_missing_partition_names_those_that_exist() {
    let error = Error::PartitionNotFound {
        partition: "p9".into(),
        owner: "items".into(),
        available: vec!["_default".into(), "p1".into()],
    };
    assert!(error.to_string().contains("it has _default, p1"), "{error}");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_fault_of_the_machine_is_nobody_elses() {
    let error = Error::Internal { action: "start threads".into(), source: "none are left".into() };
    assert_eq!((error.kind().as_str(), error.retryable(), error.hint()), ("internal", false, None));
    assert_eq!(error.full_message(), "cannot start threads: none are left");
}
