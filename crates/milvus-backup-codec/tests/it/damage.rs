//! Damaged input is an error: never a panic, never a short success.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
use milvus_backup_codec::{Codec, CompressionHandler, Decoder, Encoder, Error, Level};
use proptest::prelude::*;

use crate::round_trip::{codec, data};

fn compress(codec: Codec, data: &[u8]) -> Vec<u8> {
    CompressionHandler::with_codec(codec, Level::FASTEST).compress_data(data).unwrap()
}

fn decompress(data: &[u8]) -> Result<Vec<u8>, Error> {
    CompressionHandler::default().decompress_data(data, 8 << 20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_truncation_fails(codec in codec(), data in data(), cut: prop::sample::Index) {
        let whole = compress(codec, &data);
        let kept = &whole[..cut.index(whole.len())];
        prop_assert!(decompress(kept).is_err(), "{} of {} bytes", kept.len(), whole.len());
        let named = Decoder::new(codec, kept, u64::MAX).and_then(|mut decoder| Ok(decoder.read_to_end(&mut Vec::new())?));
        let right = matches!(named, Err(Error::Corrupt { .. } | Error::OtherFormat { .. }));
        prop_assert!(right, "{:?}", named);
    }

    #[test]
    fn anything_behind_the_end_fails(codec in codec(), data in data(), tail in prop::collection::vec(any::<u8>(), 1..9)) {
        prop_assume!(Codec::from_magic(&tail).is_none());
        let mut bytes = compress(codec, &data);
        bytes.extend(tail);
        prop_assert!(decompress(&bytes).is_err());
    }

    #[test]
    fn a_changed_byte_never_changes_the_data(
        codec in codec(),
        data in data(),
        at: prop::sample::Index,
        change in 1..=255_u8,
    ) {
        let mut bytes = compress(codec, &data);
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        // Some bytes carry no data: the time and the operating system in a gzip header.
        if let Ok(out) = decompress(&bytes) {
            prop_assert_eq!(out, data);
        }
    }

    #[test]
    fn arbitrary_input_never_panics(codec in codec(), noise in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = decompress(&noise);
        let _ = decompress(&[codec.magic(), &noise].concat());
        // Far enough into the formats for the noise to be taken for blocks.
        let start = match codec {
            Codec::Gzip => &[8, 0, 0, 0, 0, 0, 0, 255][..],
            Codec::Lz4 => &[0x40, 0x40, 0xc0],
            _ => &[0x24, 200],
        };
        let _ = decompress(&[codec.magic(), start, &noise].concat());
    }

    #[test]
    fn damaged_lz4_of_other_writers_never_panics(
        data in data(),
        linked: bool,
        block_checksums: bool,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let block_mode = if linked { BlockMode::Linked } else { BlockMode::Independent };
        let info = FrameInfo::new().block_mode(block_mode).block_size(BlockSize::Max64KB).block_checksums(block_checksums);
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(&data).unwrap();
        let mut bytes = encoder.finish().unwrap();
        prop_assert_eq!(decompress(&bytes).unwrap(), data);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = decompress(&bytes);
    }
}

/// Where `lz4_flex` alone would see a normal end.
#[test]
fn lz4_frames_are_read_to_their_end_mark() {
    let frame = compress(Codec::Lz4, &[]);
    let (header, end) = frame.split_at(7);
    assert_eq!(end.len(), 8, "end mark and checksum");
    assert!(matches!(decompress(header), Err(Error::Corrupt { codec: Codec::Lz4, .. })));

    // Without a content checksum: two blocks, one of them empty.
    let info = FrameInfo::new().block_size(BlockSize::Max64KB);
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(b"abc").unwrap();
    let plain = encoder.finish().unwrap();
    let empty_block = 0x8000_0000_u32.to_le_bytes();
    let with_empty_block = [&plain[..7], &empty_block, &plain[7..]].concat();
    assert_eq!(decompress(&with_empty_block).unwrap(), b"abc");
    let between_blocks = &with_empty_block[..with_empty_block.len() - 4];
    assert!(matches!(decompress(between_blocks), Err(Error::Corrupt { .. })));
}

#[test]
fn a_failed_decoder_keeps_failing() {
    for codec in Codec::ALL {
        let whole = compress(codec, &vec![7; 100_000]);
        let mut decoder = Decoder::detect(&whole[..whole.len() - 3], u64::MAX).unwrap();
        assert!(decoder.read_to_end(&mut Vec::new()).is_err(), "{codec}");
        assert!(decoder.read(&mut [0; 10]).is_err(), "{codec}");
    }
}

#[test]
fn what_an_abandoned_encoder_wrote_is_no_stream() {
    for codec in Codec::ALL {
        let written = Shared::default();
        let mut encoder = Encoder::new(codec, Level::FASTEST, written.clone()).unwrap();
        encoder.write_all(&vec![7; 100_000]).unwrap();
        encoder.flush().unwrap();
        drop(encoder);
        let written = written.0.lock().unwrap().clone();
        assert!(!written.is_empty(), "{codec}");
        assert!(decompress(&written).is_err(), "{codec}");
    }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_a_reader_or_writer_says_is_passed_on() {
    struct Refusing;
    impl Read for Refusing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    impl Write for Refusing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for codec in Codec::ALL {
        let start = compress(codec, &[7; 1000]);
        let reader = start[..start.len() - 1].chain(Refusing);
        let failure = Decoder::detect(reader, u64::MAX).unwrap().read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(failure.kind(), io::ErrorKind::ConnectionReset, "{codec}");

        let mut encoder = Encoder::new(codec, Level::FASTEST, Refusing).unwrap();
        let failure = encoder.write_all(b"abc").map_err(Error::from).and_then(|()| encoder.finish().map(drop));
        assert!(matches!(failure, Err(Error::Io(e)) if e.kind() == io::ErrorKind::StorageFull), "{codec}");
    }
}

#[test]
fn unknown_input_is_shown() {
    let message = |data: &[u8]| decompress(data).unwrap_err().to_string();
    assert_eq!(message(b""), "neither zstd nor lz4 nor gzip data: it begins with nothing");
    assert_eq!(message(b"PAR1..."), "neither zstd nor lz4 nor gzip data: it begins with 50 41 52 31");
    let error = Decoder::new(Codec::Zstd, compress(Codec::Gzip, b"abc").as_slice(), 9).unwrap_err();
    assert!(error.to_string().starts_with("not zstd data: it begins with 1f 8b"), "{error}");
}
