//! AWS's binary event stream, `application/vnd.amazon.eventstream`: one message after the other in a body.
//!
//! A message is its total length and the length of its headers, a CRC of these eight bytes, the headers, the payload,
//! and a CRC of everything before; all numbers are big-endian. Of the header types only strings are used here.
//! The format is described in Smithy's specification of event streams.

use bytes::{BufMut, Bytes, BytesMut};
use crc32fast::Hasher;

use crate::error::Error;

pub const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// Both lengths, their CRC, and the CRC at the end.
const FRAME_BYTES: usize = 16;

/// The type of a header whose value is text.
const STRING: u8 = 7;

/// What stands around a header's name and its text: a length, the type, and a length.
const HEADER_FRAME_BYTES: usize = 4;

type Header<'a> = (&'static str, &'a str);

/// An event of the modelled kind `event`.
pub fn event(event: &'static str, content_type: &'static str, payload: &[u8]) -> Bytes {
    let headers = [(":message-type", "event"), (":event-type", event), (":content-type", content_type)];
    message(&headers, payload)
}

/// An error that ends the stream, because the service failed and not what it was asked for.
pub fn error(error: &Error) -> Bytes {
    let headers = [
        (":message-type", "error"),
        (":error-code", error.code()),
        (":error-message", error.message().unwrap_or_default()),
    ];
    message(&headers, b"")
}

fn message(headers: &[Header<'_>], payload: &[u8]) -> Bytes {
    let headers_bytes = headers.iter().map(header_bytes).sum::<usize>();
    let total = FRAME_BYTES + headers_bytes + payload.len();
    let mut message = BytesMut::with_capacity(total);
    message.put_u32(length(total));
    message.put_u32(length(headers_bytes));
    put_crc(&mut message);
    headers.iter().for_each(|header| put_header(&mut message, header));
    message.put_slice(payload);
    put_crc(&mut message);
    message.freeze()
}

/// Clients refuse payloads over 16 MiB, and headers are a few words.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn header_bytes((name, value): &Header<'_>) -> usize {
    HEADER_FRAME_BYTES + name.len() + text(value).len()
}

fn put_header(message: &mut BytesMut, (name, value): &Header<'_>) {
    let value = text(value);
    // Names are literals of a few letters.
    message.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
    message.put_slice(name.as_bytes());
    message.put_u8(STRING);
    message.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
    message.put_slice(value.as_bytes());
}

/// As much of an error's text as a header can hold.
fn text(value: &str) -> &str {
    let end = (0..=usize::from(u16::MAX).min(value.len())).rev().find(|end| value.is_char_boundary(*end));
    &value[..end.unwrap_or(0)]
}

fn put_crc(message: &mut BytesMut) {
    let mut hasher = Hasher::new();
    hasher.update(message);
    message.put_u32(hasher.finalize());
}

#[cfg(test)]
mod tests {
    use bytes::Buf;
    use proptest::prelude::*;

    use super::*;

    /// Headers and payload of the first message, which must be sound.
    fn decode(input: &mut Bytes) -> (Vec<(String, String)>, Bytes) {
        let total = u32::from_be_bytes(input[..4].try_into().unwrap()) as usize;
        let mut message = input.split_to(total);
        let (sound, crc) = (crc32fast::hash(&message[..total - 4]), message.slice(total - 4..).get_u32());
        assert_eq!(sound, crc);
        assert_eq!(crc32fast::hash(&message[..8]), message.slice(8..).get_u32());
        message.advance(4);
        let headers_bytes = message.get_u32() as usize;
        message.advance(4);
        let mut rest = message.split_to(headers_bytes);
        let mut headers = vec![];
        while rest.has_remaining() {
            let length = usize::from(rest.get_u8());
            let name = rest.split_to(length);
            assert_eq!(rest.get_u8(), STRING);
            let length = usize::from(rest.get_u16());
            let value = rest.split_to(length);
            headers.push((text_of(&name), text_of(&value)));
        }
        message.truncate(message.len() - 4);
        (headers, message)
    }

    fn text_of(bytes: &[u8]) -> String {
        std::str::from_utf8(bytes).unwrap().to_owned()
    }

    #[test]
    fn a_message_is_the_one_of_the_published_example() {
        // The only one with a payload and no header among Smithy's test vectors.
        let expected = b"\x00\x00\x00\x1d\x00\x00\x00\x00\xfd\x52\x8c\x5a{'foo':'bar'}\xc3\x65\x39\x36";
        assert_eq!(message(&[], b"{'foo':'bar'}"), expected.as_slice());
    }

    #[test]
    fn an_error_has_its_code_and_text_in_headers() {
        let failed = Error::new(crate::ErrorKind::new("ServiceException", 500), "went wrong");
        let (headers, payload) = decode(&mut error(&failed));
        let value = |name: &str| headers.iter().find(|(header, _)| header == name).unwrap().1.as_str();
        assert_eq!(value(":message-type"), "error");
        assert_eq!((value(":error-code"), value(":error-message")), ("ServiceException", "went wrong"));
        assert_eq!(payload, "");
    }

    #[test]
    fn a_text_is_cut_where_a_header_ends() {
        let long = "é".repeat(40_000);
        assert_eq!(text(&long).len(), 65_534);
    }

    proptest! {
        #[test]
        fn messages_that_follow_each_other_are_read_as_they_were_written(payloads: Vec<Vec<u8>>) {
            let mut stream = BytesMut::new();
            for payload in &payloads {
                stream.put(event("PayloadChunk", "application/octet-stream", payload));
            }
            let mut stream = stream.freeze();
            for payload in payloads {
                let (headers, read) = decode(&mut stream);
                prop_assert_eq!(&headers[1], &(":event-type".to_owned(), "PayloadChunk".to_owned()));
                prop_assert_eq!(read, payload);
            }
            prop_assert!(stream.is_empty());
        }

        #[test]
        fn a_changed_bit_is_noticed(payload: Vec<u8>, at: prop::sample::Index, bit in 0..8_u32) {
            let sound = event("InvokeComplete", "application/json", &payload);
            let mut damaged = sound.to_vec();
            damaged[at.index(sound.len() - 4)] ^= 1 << bit;
            let crc = u32::from_be_bytes(sound[sound.len() - 4..].try_into().unwrap());
            prop_assert_ne!(crc32fast::hash(&damaged[..damaged.len() - 4]), crc);
        }
    }
}
