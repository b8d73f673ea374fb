//! Free ports that remain reserved.
//!
//! Ports come from below the range that the kernel uses for outgoing connections, so no client can occupy one between
//! the choice and the bind, and each is held by a file lock, so no other process that uses this crate can choose it.

use std::{
    fs::File,
    hash::{BuildHasher, RandomState},
    net::{Ipv4Addr, SocketAddrV4},
};

use rustix::net::{AddressFamily, SocketType, bind, socket};

use crate::{cache, error::Error};

const FIRST: u16 = 20_000;
const LAST: u16 = 32_000;

/// A port of 127.0.0.1 that was free when it was chosen, reserved among users of this crate.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    _reserved: File,
}

impl Port {
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}

/// Reserves `N` different free ports.
pub(crate) fn reserve<const N: usize>() -> Result<[Port; N], Error> {
    let dir = cache::subdir("ports")?;
    let mut found = Vec::with_capacity(N);
    for number in candidates() {
        let lock = cache::open_lock(&dir.join(number.to_string()))?;
        if lock.try_lock().is_ok() && free(number) {
            found.push(Port { number, _reserved: lock });
        }
        if found.len() == N {
            break;
        }
    }
    found.try_into().map_err(|_| Error::NoFreePort { first: FIRST, last: LAST })
}

/// Returns every port of the range once, starting with a random one.
fn candidates() -> impl Iterator<Item = u16> {
    let count = u64::from(LAST - FIRST) + 1;
    let start = RandomState::new().hash_one(std::process::id()) % count;
    (start..start + count).filter_map(move |at| u16::try_from(at % count).ok().map(|offset| FIRST + offset))
}

/// Returns whether anyone can bind the port, on 127.0.0.1 and on all addresses (where Milvus listens).
///
/// A port whose last connections the kernel still holds (`TIME_WAIT`) counts as occupied: Python and Go disagree on
/// whether to bind such a port, and a listener of the standard library, which sets `SO_REUSEADDR`, always can.
fn free(number: u16) -> bool {
    [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED].into_iter().all(|address| binds(SocketAddrV4::new(address, number)))
}

fn binds(address: SocketAddrV4) -> bool {
    socket(AddressFamily::INET, SocketType::STREAM, None).and_then(|socket| bind(&socket, &address)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io::Read,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn candidates_are_the_whole_range_once() {
        let all: Vec<u16> = candidates().collect();
        let distinct: BTreeSet<u16> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        assert_eq!((distinct.first(), distinct.last()), (Some(&FIRST), Some(&LAST)));
    }

    #[test]
    fn a_port_with_a_listener_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!free(listener.local_addr().unwrap().port()));
    }

    #[test]
    fn a_port_whose_last_connection_is_remembered_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        // The side that closes first is the one whose port the kernel remembers.
        drop(listener.accept().unwrap());
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        drop((client, listener));
        assert!(TcpListener::bind(address).is_ok(), "the standard library binds it");
        assert!(!free(address.port()));
    }

    #[test]
    fn reserved_ports_differ() {
        let first = reserve::<12>().unwrap();
        let second = reserve::<12>().unwrap();
        let numbers: BTreeSet<u16> = first.iter().chain(&second).map(Port::number).collect();
        assert_eq!(numbers.len(), 24);
    }
}
