//! Strings and names, and what can be wrong with them.

use super::{Fault, Reader, Text, described};

impl Reader<'_> {
    pub(super) fn text(&mut self, text: Text) -> Result<(), Fault> {
        let start = self.at;
        loop {
            match self.next() {
                None => return Err(self.unfinished(text, start)),
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                Some(byte @ 0..0x20) => {
                    let what = match text {
                        Text::Name => "name",
                        Text::Value => "string value",
                    };
                    let found = described(byte.into());
                    return Err(self.before(format!(
                        "Illegal unquoted character ({found}): has to be escaped using backslash to be included in {what}"
                    )));
                }
                Some(byte) => {
                    self.decoded(byte)?;
                }
            }
        }
    }

    fn unfinished(&self, text: Text, start: usize) -> Fault {
        match text {
            Text::Value => self.ended(" in VALUE_STRING"),
            Text::Name if self.at == start => self.ended(": was expecting closing '\"' for name"),
            Text::Name => self.ended(" in field name"),
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let cut = " in character escape sequence";
        match self.next().ok_or_else(|| self.ended(cut))? {
            b'b' | b'f' | b'n' | b'r' | b't' | b'"' | b'/' | b'\\' => Ok(()),
            b'u' => {
                for _digit in 0..4 {
                    let digit = self.next().ok_or_else(|| self.ended(cut))?;
                    if !digit.is_ascii_hexdigit() {
                        let wanted = "expected a hex-digit for character escape sequence";
                        return Err(self.unexpected(digit.into(), wanted));
                    }
                }
                Ok(())
            }
            byte => {
                let found = described(self.decoded(byte)?);
                Err(self.before(format!("Unrecognized character escape {found}")))
            }
        }
    }
}
