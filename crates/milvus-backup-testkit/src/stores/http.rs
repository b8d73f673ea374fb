//! Looking at whether an HTTP server has started.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(2);

/// Checks that the server on this port of 127.0.0.1 responds to `GET /` with any of `expected` in its response.
pub(super) fn responds(port: u16, expected: &[&str]) -> Result<(), String> {
    let response = get(port).map_err(|error| format!("port {port}: {error}"))?;
    if expected.iter().any(|text| response.contains(text)) {
        Ok(())
    } else {
        Err(format!("port {port}: {}", response.lines().next().unwrap_or("no response")))
    }
}

fn get(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}
