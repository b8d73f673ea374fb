//! An HTTP server on the loopback interface that sends the responses of a test and records the requests.

use std::sync::{Arc, Mutex};

use milvus_backup_core::{RetryPolicy, StorageSettings};
use milvus_backup_storage::{Storage, StoreOptions};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The secret key of the client, which must not appear anywhere.
pub(crate) const SECRET: &str = "hidden-secret-key";

/// A response: its status line and its body.
pub(crate) type Response = (&'static str, String);

/// Returns the XML document of an error.
pub(crate) fn error(status: &'static str, code: &str) -> Response {
    let detail = format!("<StringToSign>{SECRET}</StringToSign>");
    (status, format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>on purpose</Message>{detail}</Error>"))
}

/// A server that responds to each request as a function of its method and URL.
#[derive(Debug)]
pub(crate) struct Responder {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Responder {
    pub(crate) async fn start(respond: fn(&str, &str) -> Response) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, respond, Arc::clone(&recorded)));
            }
        });
        Self { address, requests }
    }

    /// Returns the requests so far, as method and URL.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Opens a root in the bucket `bucket` of the server, whose requests are retried at most ten times.
    pub(crate) fn storage(&self) -> Storage {
        let settings = StorageSettings {
            endpoint: Some(format!("http://{}", self.address)),
            allow_http: Some(true),
            ..StorageSettings::default()
        };
        let variables = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", SECRET)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        open("s3://bucket/root", StoreOptions::new(settings).with_environment(variables))
    }

    /// Opens a root in the bucket `bucket` of the server with the protocol of GCS.
    pub(crate) fn gcs(&self) -> Storage {
        let account = format!(
            r#"{{"gcs_base_url":"http://{}","disable_oauth":true,"client_email":"","private_key":"","private_key_id":""}}"#,
            self.address
        );
        let mut settings = StorageSettings { allow_http: Some(true), ..StorageSettings::default() };
        settings.options.insert("service_account_key".to_owned(), account);
        open("gs://bucket/root", StoreOptions::new(settings))
    }
}

fn open(root: &str, options: StoreOptions) -> Storage {
    let retry = RetryPolicy { max_retries: 2, delay: std::time::Duration::from_millis(50) };
    let storage = Storage::open_with(root, &options.with_retries(retry)).unwrap();
    storage.with_retries(retry, &crate::environment::environment())
}

/// Serves the requests of one connection.
async fn serve(stream: TcpStream, respond: fn(&str, &str) -> Response, requests: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
            return;
        }
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).await.unwrap();
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        let mut words = line.split_whitespace();
        let (method, url) = (words.next().unwrap(), words.next().unwrap());
        requests.lock().unwrap().push(format!("{method} {url}"));
        let (status, body) = respond(method, url);
        let length = body.len();
        let body = if method == "HEAD" { String::new() } else { body };
        let response = format!(
            "HTTP/1.1 {status}\r\ndate: Sat, 28 Nov 2026 12:00:00 GMT\r\ncontent-length: {length}\r\netag: \"1\"\r\n\
             last-modified: Sat, 28 Nov 2026 12:00:00 GMT\r\n\r\n{body}"
        );
        stream.write_all(response.as_bytes()).await.unwrap();
    }
}
