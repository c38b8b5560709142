//! Unpacks Zstandard (RFC 8878) while it is read: any number of frames one after the other, as `pzstd` writes them and
//! `cat` joins them, skippable frames passed over, checksums compared.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

/// What every frame begins with.
pub const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Most bytes unpacked at a time.
const STEP: usize = 1 << 18;

/// The unpacked bytes of a source.
pub struct Unpacked<R> {
    source: R,
    decoder: FrameDecoder,
    is_inside: bool,
}

impl<R> std::fmt::Debug for Unpacked<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacked").field("is_inside", &self.is_inside).finish_non_exhaustive()
    }
}

impl<R: BufRead> Unpacked<R> {
    /// At the start of `source`.
    pub fn new(source: R) -> Self {
        Unpacked { source, decoder: FrameDecoder::new(), is_inside: false }
    }

    /// Begins the next frame; whether there is one.
    fn enter(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => {
                    self.is_inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => {
                    return Err(io::Error::other(format!("no Zstandard frame begins here ({error})")));
                }
            }
        }
        Ok(false)
    }

    fn leave(&mut self) -> io::Result<()> {
        self.is_inside = false;
        match self.decoder.get_checksum_from_data() {
            Some(expected) if self.decoder.get_calculated_checksum() != Some(expected) => {
                Err(io::Error::other("the checksum differs; the file is damaged"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_inside && !self.enter()? {
                return Ok(0);
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.leave()?;
                continue;
            }
            let strategy = BlockDecodingStrategy::UptoBytes(STEP);
            self.decoder.decode_blocks(&mut self.source, strategy).map_err(io::Error::other)?;
        }
    }
}
