//! The time in a signature: seconds, written in ISO 8601's basic format.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;

const FORM: &str = "%Y%m%dT%H%M%SZ";
const LENGTH: usize = 16;

/// A second of UTC together with its text, which every signature hashes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SigningTime {
    seconds: i64,
    text: [u8; LENGTH],
}

impl SigningTime {
    pub(crate) fn at(time: model::Timestamp) -> SigningTime {
        SigningTime::from_seconds(time.as_millis().div_euclid(1000))
    }

    /// Reads `20150830T123600Z`.
    pub(crate) fn parse_basic(text: &str) -> Option<SigningTime> {
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
        if bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let field = |from: usize, to: usize| digits(&bytes[from..to]);
        let civil = DateTime::new(
            field(0, 4)?,
            narrow(field(4, 6)?),
            narrow(field(6, 8)?),
            narrow(field(9, 11)?),
            narrow(field(11, 13)?),
            narrow(field(13, 15)?),
            0,
        );
        let seconds = Offset::UTC.to_timestamp(civil.ok()?).ok()?.as_second();
        Some(SigningTime { seconds, text: bytes })
    }

    /// Reads `Sun, 30 Aug 2015 12:36:00 GMT`, which a `Date` header may carry instead.
    pub(crate) fn parse_http(text: &str) -> Option<SigningTime> {
        let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(SigningTime::from_seconds(zoned.timestamp().as_second()))
    }

    fn from_seconds(seconds: i64) -> SigningTime {
        let civil = Offset::UTC.to_datetime(jiff::Timestamp::from_second(seconds).unwrap_or_default());
        let written = civil.strftime(FORM).to_string();
        let text = written.as_bytes().try_into().unwrap_or(*b"00000000T000000Z");
        SigningTime { seconds, text }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.text).expect("a signing time is made of ASCII digits, T and Z")
    }

    /// `YYYYMMDD`, the date that the scope repeats.
    pub(crate) fn date(&self) -> &str {
        &self.text()[..8]
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> SigningTime {
        SigningTime::from_seconds(self.seconds.saturating_add(seconds))
    }

    /// How far `self` is ahead of `now`.
    pub(crate) fn seconds_after(self, now: model::Timestamp) -> i64 {
        self.seconds.saturating_sub(now.as_millis().div_euclid(1000))
    }
}

impl fmt::Display for SigningTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for SigningTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

fn digits(bytes: &[u8]) -> Option<i16> {
    bytes
        .iter()
        .try_fold(0_i16, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0')))
}

/// Two digits always fit.
fn narrow(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_second() {
        let basic = SigningTime::parse_basic("20150830T123600Z").unwrap();
        let http = SigningTime::parse_http("Sun, 30 Aug 2015 12:36:00 GMT").unwrap();
        assert_eq!(basic, http);
        assert_eq!(basic.seconds, 1_440_938_160);
        assert_eq!(http.text(), "20150830T123600Z");
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["", "20150830", "20151330T123600Z", "20150830T250000Z", "2015083xT123600Z", "20150830 123600Z"]
        {
            assert_eq!(SigningTime::parse_basic(text), None, "{text}");
        }
    }

    #[test]
    fn moves_by_whole_seconds() {
        let time = SigningTime::parse_basic("20151231T235959Z").unwrap();
        assert_eq!(time.plus_seconds(1).text(), "20160101T000000Z");
        assert_eq!(time.plus_seconds(-300).text(), "20151231T235459Z");
    }
}
