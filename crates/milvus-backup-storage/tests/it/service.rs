//! Responses of services, and the errors that they become.

use bytes::Bytes;
use milvus_backup_core::{Error, ErrorKind};

use crate::responder::{Responder, SECRET, error};

/// Checks an error of a service, and that it holds no secret.
#[track_caller]
fn assert_error(error: &Error, permission: bool, text: &str) {
    let (message, debug) = (error.full_message(), format!("{error:?}"));
    assert!(matches!(error, Error::Storage { permission: found, .. } if *found == permission), "{debug}");
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(message.contains(text), "{message}");
    for shown in [message, debug] {
        assert!(!shown.contains(SECRET) && !shown.contains("Signature="), "{shown}");
    }
}

#[tokio::test]
async fn a_request_is_retried_within_its_budget_and_not_by_two_layers() {
    let server = Responder::start(|_, _| error("503 Slow Down", "SlowDown")).await;
    let directory = server.storage().directory("items");
    let read = directory.read_document("a.json", 100).await.unwrap_err();
    assert_error(&read, false, "SlowDown: on purpose (after ");
    assert!(read.retryable());
    let requests = server.requests().len();
    assert!((3..=11).contains(&requests), "{requests} requests");
}

#[tokio::test]
async fn refusals_are_not_retried() {
    let server = Responder::start(|_, _| error("403 Forbidden", "AccessDenied")).await;
    let directory = server.storage().directory("items");
    assert_error(&directory.read_document("a.json", 100).await.unwrap_err(), true, "403 Forbidden: AccessDenied");
    assert_error(&directory.list().await.unwrap_err(), true, "AccessDenied");
    assert_error(&server.storage().subdirectories("").await.unwrap_err(), true, "AccessDenied");
    assert_error(&server.storage().open_uploads("").await.unwrap_err(), true, "AccessDenied");
    let delete = directory.delete(["a.json".to_owned()]).await.unwrap_err();
    assert_error(&delete, true, "AccessDenied");
    assert_eq!(server.requests().len(), 5, "{:?}", server.requests());
}

fn kept(code: &str) -> (&'static str, String) {
    let kept = format!("<Error><Key>root/items/a.json</Key><Code>{code}</Code><Message>no</Message></Error>");
    ("200 OK", format!("<?xml version=\"1.0\"?><DeleteResult>{kept}</DeleteResult>"))
}

/// A user may delete no object: the request succeeds, and its response names the objects that are kept.
#[tokio::test]
async fn a_deletion_that_is_refused_for_each_object_is_a_missing_permission() {
    let denied = Responder::start(|_, _| kept("AccessDenied")).await;
    let delete = denied.storage().directory("items").delete(["a.json".to_owned()]).await.unwrap_err();
    assert_error(&delete, true, "AccessDenied");
    assert!(!delete.retryable());
    let failing = Responder::start(|_, _| kept("InternalError")).await;
    let delete = failing.storage().directory("items").delete(["a.json".to_owned()]).await.unwrap_err();
    assert_error(&delete, false, "InternalError");
    assert!(delete.retryable());
}

#[tokio::test]
async fn expired_credentials_and_a_wrong_clock_are_named() {
    let server = Responder::start(|_, _| error("400 Bad Request", "ExpiredToken")).await;
    let expired = server.storage().directory("").list().await.unwrap_err();
    assert_error(&expired, true, "ExpiredToken");
    let server = Responder::start(|_, _| error("403 Forbidden", "RequestTimeTooSkewed")).await;
    let skewed = server.storage().directory("").read_document("a", 1).await.unwrap_err();
    assert_error(&skewed, true, "check the clock of this machine");
    assert_eq!(server.storage().store_time(), None, "another client");
}

#[tokio::test]
async fn a_missing_bucket_is_neither_a_missing_object_nor_an_empty_directory() {
    let server = Responder::start(|_, _| error("404 Not Found", "NoSuchBucket")).await;
    let directory = server.storage().directory("items");
    let text = "the bucket or container does not exist";
    assert_error(&directory.read_document("a.json", 100).await.unwrap_err(), false, text);
    assert_error(&directory.write_document("a.json", Bytes::new()).await.unwrap_err(), false, text);
    assert_error(&directory.create_document("a.json", Bytes::new()).await.unwrap_err(), false, text);
    assert_error(&directory.list().await.unwrap_err(), false, text);
    assert_error(&server.storage().subdirectories("").await.unwrap_err(), false, text);
    let object = Responder::start(|_, _| error("404 Not Found", "NoSuchKey")).await;
    assert_eq!(object.storage().directory("items").read_document("a.json", 100).await.unwrap(), None);
}

/// The store refuses one of two concurrent creates, and the other one then fails: the create is made again.
#[tokio::test]
async fn a_create_that_conflicts_with_nothing_is_made_again_and_ends() {
    let server = Responder::start(|method, _| match method {
        "PUT" => error("409 Conflict", "ConditionalRequestConflict"),
        _ => error("404 Not Found", "NoSuchKey"),
    })
    .await;
    let create = server.storage().directory("items").create_document("a.json", Bytes::from_static(b"x")).await;
    assert!(milvus_backup_storage::error::is_conflict(&create.unwrap_err()));
    let puts = server.requests().iter().filter(|request| request.starts_with("PUT")).count();
    assert_eq!(puts, 3);
}

/// The response of a create was lost: the object that exists is the one that was to be written.
#[tokio::test]
async fn an_ambiguous_create_is_settled_by_reading_back() {
    let server = Responder::start(|method, _| match method {
        "PUT" => error("412 Precondition Failed", "PreconditionFailed"),
        _ => ("200 OK", "ours".to_owned()),
    })
    .await;
    let directory = server.storage().directory("items");
    directory.create_document("a.json", Bytes::from_static(b"ours")).await.unwrap();
    let theirs = directory.create_document("a.json", Bytes::from_static(b"mine")).await.unwrap_err();
    assert!(milvus_backup_storage::error::is_conflict(&theirs));
}

#[tokio::test]
async fn interrupted_uploads_are_listed_page_by_page_and_aborted() {
    let server = Responder::start(|method, url| {
        if method == "DELETE" {
            return ("204 No Content", String::new());
        }
        let upload = |key: &str| format!("<Upload><Key>{key}</Key><UploadId>id</UploadId></Upload>");
        let body = if url.contains("key-marker") {
            upload("root/items/b/data/p.00001.parquet")
        } else {
            let next = "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>\
                        <NextUploadIdMarker>i</NextUploadIdMarker>";
            format!("{next}{}{}", upload("root/items/b/data/p.parquet"), upload("other/items/b/data/p.parquet"))
        };
        ("200 OK", format!("<?xml version=\"1.0\"?><ListMultipartUploadsResult>{body}</ListMultipartUploadsResult>"))
    })
    .await;
    let storage = server.storage();
    let files = storage.open_uploads("items/b").await.unwrap();
    assert_eq!(files, ["items/b/data/p.parquet", "items/b/data/p.00001.parquet"]);
    storage.abort_uploads("items/b").await.unwrap();
    let requests = server.requests();
    let aborted: Vec<&String> = requests.iter().filter(|request| request.starts_with("DELETE")).collect();
    assert_eq!(aborted.len(), 2, "{requests:?}");
    assert!(aborted[0].starts_with("DELETE /bucket/root/items/b/data/p.parquet?uploadId=id"), "{aborted:?}");
    assert!(requests[0].contains("prefix=root%2Fitems%2Fb%2F"), "{requests:?}");
}

#[tokio::test]
async fn the_uploads_of_gcs_are_listed_at_its_address() {
    let server = Responder::start(|_, _| ("200 OK", "<ListMultipartUploadsResult/>".to_owned())).await;
    assert_eq!(server.gcs().open_uploads("items").await.unwrap(), Vec::<String>::new());
    assert_eq!(server.requests(), ["GET /bucket/?uploads=&prefix=root%2Fitems%2F"]);
}

#[tokio::test]
async fn a_service_that_does_not_list_uploads_has_none() {
    let server = Responder::start(|_, _| error("501 Not Implemented", "NotImplemented")).await;
    assert_eq!(server.storage().open_uploads("").await.unwrap(), Vec::<String>::new());
}
