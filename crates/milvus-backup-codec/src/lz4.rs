//! LZ4 frames, read to their actual end.
//!
//! `lz4_flex` treats an end of its input between two blocks as the end of the frame, and an empty block too. Therefore
//! a walker sits between it and the input: it follows the structure of the frame, detects whether the end mark was
//! reached, and turns an earlier end into an error. Each frame gets its own decoder, because a reused one asserts that
//! later frames have its block size.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder;

use crate::codec::Codec;

const BLOCK_CHECKSUMS: u8 = 0b1_0000;
const CONTENT_SIZE: u8 = 0b1000;
const CONTENT_CHECKSUM: u8 = 0b100;
const DICTIONARY: u8 = 0b1;
const NOT_COMPRESSED: u32 = 1 << 31;

/// Decodes frames one after the other until the input ends at the end of a frame.
pub(crate) struct Lz4Decoder<R: BufRead> {
    /// `None` only after a failure to continue with the next frame.
    frame: Option<FrameDecoder<FrameWalker<R>>>,
}

impl<R: BufRead> Lz4Decoder<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { frame: Some(FrameDecoder::new(FrameWalker::new(input))) }
    }
}

impl<R: BufRead> Read for Lz4Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let frame = self.frame.as_mut().ok_or_else(|| damaged("the stream failed before"))?;
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if !frame.get_ref().at_end() {
                // An empty block does not end the frame.
                continue;
            }
            if frame.get_mut().input.fill_buf()?.is_empty() {
                return Ok(0);
            }
            let input = self.frame.take().map(|frame| frame.into_inner().input);
            self.frame = input.map(|input| FrameDecoder::new(FrameWalker::new(input)));
        }
    }
}

/// Passes on one frame, and never reports an end of input before the end of the frame.
struct FrameWalker<R> {
    input: R,
    /// Bytes of the structure that were read, of which the first `passed` were passed on.
    structure: Vec<u8>,
    passed: usize,
    /// Number of bytes of the current block that are still to be passed on.
    block: u64,
    place: Place,
}

enum Place {
    Start,
    Blocks { flags: u8 },
    End,
}

impl<R: Read> FrameWalker<R> {
    fn new(input: R) -> Self {
        Self { input, structure: Vec::new(), passed: 0, block: 0, place: Place::Start }
    }

    fn at_end(&self) -> bool {
        matches!(self.place, Place::End) && self.passed == self.structure.len()
    }

    /// Reads the next piece of structure: the header of the frame, or that of a block.
    fn advance(&mut self) -> io::Result<()> {
        self.structure.clear();
        self.passed = 0;
        match self.place {
            Place::Start => self.read_frame_header(),
            Place::Blocks { flags } => self.read_block_header(flags),
            Place::End => Ok(()),
        }
    }

    fn read_frame_header(&mut self) -> io::Result<()> {
        self.read_structure(6)?;
        if !self.structure.starts_with(Codec::Lz4.magic()) {
            return Err(damaged("what follows the end of the frame is no frame"));
        }
        let flags = self.structure[4];
        let size = if flags & CONTENT_SIZE == 0 { 0 } else { 8 };
        let dictionary = if flags & DICTIONARY == 0 { 0 } else { 4 };
        self.read_structure(size + dictionary + 1)?;
        self.place = Place::Blocks { flags };
        Ok(())
    }

    fn read_block_header(&mut self, flags: u8) -> io::Result<()> {
        let mut header = [0; 4];
        read_all(&mut self.input, &mut header)?;
        self.structure.extend_from_slice(&header);
        match u32::from_le_bytes(header) {
            0 => {
                self.read_structure(if flags & CONTENT_CHECKSUM == 0 { 0 } else { 4 })?;
                self.place = Place::End;
            }
            length => {
                let checksum = if flags & BLOCK_CHECKSUMS == 0 { 0 } else { 4 };
                self.block = u64::from(length & !NOT_COMPRESSED) + checksum;
            }
        }
        Ok(())
    }

    fn read_structure(&mut self, bytes: usize) -> io::Result<()> {
        let start = self.structure.len();
        self.structure.resize(start + bytes, 0);
        read_all(&mut self.input, &mut self.structure[start..])
    }
}

impl<R: Read> Read for FrameWalker<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.passed == self.structure.len() && self.block == 0 {
            self.advance()?;
        }
        if self.passed < self.structure.len() {
            let read = (&self.structure[self.passed..]).read(buffer)?;
            self.passed += read;
            return Ok(read);
        }
        let read = self.input.by_ref().take(self.block).read(buffer)?;
        if read == 0 && self.block > 0 {
            return Err(cut_short());
        }
        self.block -= read as u64;
        Ok(read)
    }
}

/// Reads exactly like `read_exact`, but fails with an error that the decoder does not mistake for a regular end.
fn read_all(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<()> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => cut_short(),
        _ => error,
    })
}

fn cut_short() -> io::Error {
    damaged("the frame is cut short")
}

fn damaged(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
