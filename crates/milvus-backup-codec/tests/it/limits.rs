//! A decoder gives what the caller allowed and not a byte more.

use std::io::Read;

use milvus_backup_codec::{Codec, CompressionHandler, Decoder, Error, Level};
use proptest::prelude::*;

use crate::round_trip::{codec, data};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_limit_is_exact(codec in codec(), data in data(), limit in 0..300_000_usize) {
        let handler = CompressionHandler::with_codec(codec, Level::FASTEST);
        let compressed = handler.compress_data(&data).unwrap();
        let out = handler.decompress_data(&compressed, limit as u64);
        if data.len() <= limit {
            prop_assert_eq!(out.unwrap(), data);
        } else {
            let refused = matches!(out, Err(Error::TooLarge { limit: l }) if l == limit as u64);
            prop_assert!(refused);
        }
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let zeros = vec![0; 64 << 20];
    for codec in Codec::ALL {
        let handler = CompressionHandler::with_codec(codec, Level::FASTEST);
        let bomb = handler.compress_data(&zeros).unwrap();
        let mut out = Vec::new();
        let failure = Decoder::detect(bomb.as_slice(), 1000).unwrap().read_to_end(&mut out).unwrap_err();
        assert!(matches!(Error::from(failure), Error::TooLarge { limit: 1000 }), "{codec}");
        assert_eq!(out.len(), 1000, "{codec}");
        assert!(handler.decompress_data(&bomb, zeros.len() as u64).is_ok(), "{codec}");
        assert!(handler.decompress_data(&bomb, zeros.len() as u64 - 1).is_err(), "{codec}");
    }
}
