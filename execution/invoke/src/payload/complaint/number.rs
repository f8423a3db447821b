//! Numbers, and what can be wrong with them.

use super::{Fault, IN_NUMBER, Reader};

impl Reader<'_> {
    pub(super) fn number(&mut self, byte: u8) -> Result<(), Fault> {
        let mut first = byte;
        if byte == b'-' {
            first = self.next().ok_or_else(|| self.ended(IN_NUMBER))?;
            if first == b'.' {
                return Err(self.no_known_value(first));
            }
            if !first.is_ascii_digit() {
                let wanted = "expected digit (0-9) to follow minus sign, for valid numeric value";
                return Err(self.in_number(first.into(), wanted));
            }
        }
        if first == b'0' && self.peek().is_some_and(|next| next.is_ascii_digit()) {
            return Err(self.here("Invalid numeric value: Leading zeroes not allowed".to_owned()));
        }
        self.skip_digits();
        if self.peek() == Some(b'.') {
            self.at += 1;
            let wanted = "Decimal point not followed by a digit";
            if self.peek().is_none() {
                return Err(self.in_number('.', wanted));
            }
            self.check_digits(wanted)?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.check_digits("Exponent indicator not followed by a digit")?;
        }
        self.check_space_at_root()
    }

    fn check_digits(&mut self, wanted: &str) -> Result<(), Fault> {
        let first = self.next().ok_or_else(|| self.ended(IN_NUMBER))?;
        if !first.is_ascii_digit() {
            return Err(self.in_number(first.into(), wanted));
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn check_space_at_root(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(byte) if self.scopes.is_empty() && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {
                self.at += 1;
                Err(self.unexpected(byte.into(), "Expected space separating root-level values"))
            }
            _ => Ok(()),
        }
    }
}
