//! Decodes a chunked body as it arrives.

use bytes::{Buf, BytesMut};

use super::trailers::{self, Trailers};

/// A size line, chunk extensions included; clients send a few bytes.
const LINE_MAX_BYTES: usize = 8 * 1024;

#[derive(Debug, Default)]
pub(super) struct Chunked {
    place: Place,
    pub(super) body: BytesMut,
    /// The body went over its limit; what follows is only read away.
    pub(super) too_large: bool,
    pub(super) trailers: Trailers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    Size,
    Data(usize),
    /// The line end behind a chunk's data.
    DataEnd,
    Trailer,
    /// The body has ended.
    End,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Chunked {
    /// Takes what it can from `input`; true once the body has ended.
    pub(super) fn decode(&mut self, input: &mut BytesMut, limit: usize) -> Result<bool, Malformed> {
        loop {
            match self.place {
                Place::Data(rest) => {
                    if input.is_empty() {
                        return Ok(false);
                    }
                    let taken = rest.min(input.len());
                    self.keep(&input[..taken], limit);
                    input.advance(taken);
                    self.place = if taken < rest { Place::Data(rest - taken) } else { Place::DataEnd };
                }
                Place::End => return Ok(true),
                place => {
                    let Some(line) = take_line(input, line_max_bytes(place))? else { return Ok(false) };
                    if place == Place::Trailer {
                        self.trailers.note(&line);
                    }
                    self.place = after_line(place, &line)?;
                }
            }
        }
    }

    fn keep(&mut self, data: &[u8], limit: usize) {
        self.too_large |= self.body.len() + data.len() > limit;
        if !self.too_large {
            self.body.extend_from_slice(data);
        }
    }
}

/// Where reading goes on.
fn after_line(place: Place, line: &[u8]) -> Result<Place, Malformed> {
    match place {
        Place::Size => match size(line)? {
            0 => Ok(Place::Trailer),
            size => Ok(Place::Data(size)),
        },
        Place::DataEnd if line.is_empty() => Ok(Place::Size),
        Place::DataEnd | Place::Data(_) => Err(Malformed),
        Place::Trailer if line.is_empty() => Ok(Place::End),
        Place::Trailer => Ok(Place::Trailer),
        Place::End => Ok(Place::End),
    }
}

/// A trailer carries an error with its stack.
fn line_max_bytes(place: Place) -> usize {
    if place == Place::Trailer { trailers::LINE_MAX_BYTES } else { LINE_MAX_BYTES }
}

fn size(line: &[u8]) -> Result<usize, Malformed> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let digits = std::str::from_utf8(digits).map_err(|_| Malformed)?.trim();
    usize::from_str_radix(digits, 16).map_err(|_| Malformed)
}

/// A line without its end, once it is there whole.
fn take_line(input: &mut BytesMut, max_bytes: usize) -> Result<Option<BytesMut>, Malformed> {
    let Some(end) = memchr::memchr(b'\n', input) else {
        return if input.len() > max_bytes { Err(Malformed) } else { Ok(None) };
    };
    let mut line = input.split_to(end + 1);
    line.truncate(if line.ends_with(b"\r\n") { end - 1 } else { end });
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(pieces: &[&[u8]], limit: usize) -> Result<(Vec<u8>, bool, bool), Malformed> {
        let mut decoder = Chunked::default();
        let mut input = BytesMut::new();
        let mut ended = false;
        for piece in pieces {
            input.extend_from_slice(piece);
            ended = decoder.decode(&mut input, limit)?;
        }
        Ok((decoder.body.to_vec(), ended, decoder.too_large))
    }

    #[test]
    fn reads_chunks_extensions_and_trailers() {
        let text = b"4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\nTrailer: 1\r\n\r\n";
        assert_eq!(decode(&[text], 100), Ok((b"Wikipedia".to_vec(), true, false)));
    }

    #[test]
    fn notes_a_body_over_its_limit_and_reads_it_to_the_end() {
        let (_, ended, too_large) = decode(&[b"4\r\nWiki\r\n0\r\n\r\n"], 3).unwrap();
        assert!(ended && too_large);
    }

    #[test]
    fn refuses_sizes_that_are_no_numbers_and_endless_lines() {
        assert_eq!(decode(&[b"x\r\n"], 3), Err(Malformed));
        assert_eq!(decode(&[&[b'1'; LINE_MAX_BYTES + 1]], 3), Err(Malformed));
    }

    proptest! {
        #[test]
        fn arrives_the_same_however_it_is_cut(body: Vec<u8>, chunk in 1..50_usize, cut in 1..50_usize) {
            let mut text = vec![];
            for chunk in body.chunks(chunk) {
                text.extend(format!("{:x}\r\n", chunk.len()).bytes());
                text.extend(chunk);
                text.extend(b"\r\n");
            }
            text.extend(b"0\r\n\r\n");
            let pieces = text.chunks(cut).collect::<Vec<_>>();
            prop_assert_eq!(decode(&pieces, usize::MAX), Ok((body, true, false)));
        }
    }
}
