//! What goes in comes out, by every codec and level, however it is cut.

use std::io::{Read, Write};

use milvus_backup_codec::{Codec, CompressionHandler, Decoder, Encoder, Level};
use proptest::prelude::*;

pub(crate) fn codec() -> impl Strategy<Value = Codec> {
    prop::sample::select(Codec::ALL.to_vec())
}

pub(crate) fn level() -> impl Strategy<Value = Level> {
    (1..=9_u8).prop_map(|level| Level::new(level).unwrap())
}

/// Noise and repetition, up to some 300 KiB, so that lz4 and zstd write several blocks.
pub(crate) fn data() -> impl Strategy<Value = Vec<u8>> {
    let piece = (prop::collection::vec(any::<u8>(), 0..200), 1..200_usize);
    prop::collection::vec(piece, 0..8)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(bytes, times)| bytes.repeat(times)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn data_survives(codec in codec(), level in level(), data in data()) {
        let handler = CompressionHandler::with_codec(codec, level);
        let compressed = handler.compress_data(&data).unwrap();
        prop_assert_eq!(Codec::from_magic(&compressed), Some(codec));
        prop_assert_eq!(handler.decompress_data(&compressed, data.len() as u64).unwrap(), data);
    }

    #[test]
    fn cuts_and_flushes_do_not_count(codec in codec(), data in data(), piece in 1..5000_usize, read in 1..5000_usize) {
        let mut encoder = Encoder::new(codec, Level::FASTEST, Vec::new()).unwrap();
        for (i, piece) in data.chunks(piece).enumerate() {
            encoder.write_all(piece).unwrap();
            if i % 8 == 0 {
                encoder.flush().unwrap();
            }
        }
        let compressed = encoder.finish().unwrap();
        let mut decoder = Decoder::new(codec, Dribble(&compressed), u64::MAX).unwrap();
        let (mut out, mut buffer) = (Vec::new(), vec![0; read]);
        loop {
            match decoder.read(&mut buffer).unwrap() {
                0 => break,
                read => out.extend_from_slice(&buffer[..read]),
            }
        }
        prop_assert_eq!(out, data);
        prop_assert_eq!(decoder.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn streams_after_each_other_are_one(codec in codec(), parts in prop::collection::vec(data(), 1..4)) {
        let handler = CompressionHandler::with_codec(codec, Level::FASTEST);
        let compressed: Vec<u8> = parts.iter().flat_map(|part| handler.compress_data(part).unwrap()).collect();
        prop_assert_eq!(handler.decompress_data(&compressed, u64::MAX).unwrap(), parts.concat());
    }
}

/// A reader that gives one to three bytes at a time.
struct Dribble<'a>(&'a [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(1 + self.0.len() % 3);
        self.0.read(&mut buffer[..most])
    }
}

#[test]
fn every_codec_at_every_level() {
    let data: Vec<u8> = (0..100_000_u32).flat_map(|i| (i % 1000).to_le_bytes()).collect();
    for codec in Codec::ALL {
        for level in 1..=9 {
            let handler = CompressionHandler::with_codec(codec, Level::new(level).unwrap());
            let compressed = handler.compress_data(&data).unwrap();
            assert!(compressed.len() < data.len() / 4, "{codec} {level}: {}", compressed.len());
            assert_eq!(handler.decompress_data(&compressed, u64::MAX).unwrap(), data);
        }
    }
}
