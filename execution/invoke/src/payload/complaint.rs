//! What is wrong with a document that is not JSON, in the words of Jackson, with which AWS reads payloads.
//!
//! Only what has been refused already comes here, so that speed is of no matter. Places are counted as Jackson does from
//! its version 2.17 on, and like AWS's they come without the document (recorded in public error reports of 2026).

mod number;
mod text;

use std::fmt;

/// In every message about something that is no value.
const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

const IN_NUMBER: &str = " in a Number value";

/// Jackson shows no more of what it does not know.
const TOKEN_MAX_CHARS: usize = 256;

/// Jackson reads no deeper. Without a bound a payload of brackets would cost many times its size.
const DEPTH_MAX: usize = 1000;

/// The first fault, or None where Jackson would find none.
pub(super) fn complaint(document: &[u8]) -> Option<String> {
    let mut reader = Reader { document, at: 0, line: 1, row_start: 0, scopes: Vec::new() };
    reader.read().err().map(|Fault { text, place }| format!("{text}\n at {place}"))
}

struct Reader<'d> {
    document: &'d [u8],
    /// Of the next byte.
    at: usize,
    line: usize,
    row_start: usize,
    scopes: Vec<Scope>,
}

#[derive(Debug, Clone, Copy)]
struct Scope {
    kind: Kind,
    start: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Array,
    Object,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    line: usize,
    /// None before everything.
    column: Option<usize>,
}

struct Fault {
    text: String,
    place: Place,
}

/// What may come next.
enum Expected {
    Value,
    /// Right behind an opening bracket.
    FirstEntry,
    /// Behind an entry.
    Comma,
}

#[derive(Debug, Clone, Copy)]
enum Text {
    Name,
    Value,
}

impl Kind {
    fn close(self) -> Option<u8> {
        match self {
            Kind::Root => None,
            Kind::Array => Some(b']'),
            Kind::Object => Some(b'}'),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Root => "root",
            Kind::Array => "Array",
            Kind::Object => "Object",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self;
        write!(
            f,
            "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}"
        )?;
        match column {
            Some(column) => write!(f, ", column: {column}]"),
            None => f.write_str("]"),
        }
    }
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Fault> {
        let mut expected = Expected::Value;
        loop {
            expected = match expected {
                Expected::Value => {
                    let byte = self.token()?;
                    if matches!(byte, b']' | b'}') { self.close(byte)? } else { self.value(byte)? }
                }
                Expected::FirstEntry => match self.token()? {
                    byte @ (b']' | b'}') => self.close(byte)?,
                    byte => self.entry(byte)?,
                },
                Expected::Comma if self.scopes.is_empty() => return self.end(),
                Expected::Comma => match self.token()? {
                    byte @ (b']' | b'}') => self.close(byte)?,
                    b',' => {
                        let byte = self.token_within()?;
                        self.entry(byte)?
                    }
                    byte => {
                        let wanted = format!("was expecting comma to separate {} entries", self.scope().kind);
                        return Err(self.unexpected(byte.into(), &wanted));
                    }
                },
            };
        }
    }

    /// Behind the document's value. Jackson would leave the rest alone; a handler could not read it.
    fn end(&mut self) -> Result<(), Fault> {
        let Some(byte) = self.after_space()? else {
            return Ok(());
        };
        let kind = match byte {
            b'{' => "START_OBJECT",
            b'[' => "START_ARRAY",
            b'"' => "VALUE_STRING",
            b'-' | b'0'..=b'9' => "VALUE_NUMBER_INT",
            _ => {
                self.value(byte)?;
                "VALUE_EMBEDDED_OBJECT"
            }
        };
        Err(self.here(format!(
            "Trailing token (of type {kind}) found after value (bound as `com.fasterxml.jackson.databind.JsonNode`): not allowed as per `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`"
        )))
    }

    fn entry(&mut self, byte: u8) -> Result<Expected, Fault> {
        if self.scope().kind == Kind::Object { self.named(byte) } else { self.value(byte) }
    }

    fn named(&mut self, byte: u8) -> Result<Expected, Fault> {
        if byte != b'"' {
            let found = self.decoded(byte)?;
            return Err(self.unexpected(found, "was expecting double-quote to start field name"));
        }
        self.text(Text::Name)?;
        match self.token_within()? {
            b':' => {}
            byte => {
                return Err(
                    self.unexpected(byte.into(), "was expecting a colon to separate field name and value")
                );
            }
        }
        let byte = self.token_within()?;
        self.value(byte)
    }

    fn value(&mut self, byte: u8) -> Result<Expected, Fault> {
        match byte {
            b'{' => return self.open(Kind::Object),
            b'[' => return self.open(Kind::Array),
            b'"' => self.text(Text::Value)?,
            b'-' | b'0'..=b'9' => self.number(byte)?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => return Err(self.no_value(byte)?),
        }
        Ok(Expected::Comma)
    }

    fn no_value(&mut self, byte: u8) -> Result<Fault, Fault> {
        let special = |word: &str| {
            format!(
                "Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
            )
        };
        Ok(match byte {
            b']' if self.scope().kind != Kind::Array => self.no_known_value(byte),
            b']' | b'}' | b',' => self.unexpected(byte.into(), "expected a value"),
            b'N' => {
                self.word("NaN")?;
                self.here(special("NaN"))
            }
            b'I' => {
                self.word("Infinity")?;
                self.here(special("Infinity"))
            }
            b'+' => self.here(
                "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow".to_owned(),
            ),
            _ if begins_identifier(byte.into()) => self.unknown_token(char::from(byte).to_string())?,
            _ => self.no_known_value(byte),
        })
    }

    fn no_known_value(&self, byte: u8) -> Fault {
        self.unexpected(byte.into(), &format!("expected a valid value {VALUES}"))
    }

    fn open(&mut self, kind: Kind) -> Result<Expected, Fault> {
        if self.scopes.len() == DEPTH_MAX {
            return Err(self.here(format!(
                "Document nesting depth ({}) exceeds the maximum allowed ({DEPTH_MAX}, from `StreamReadConstraints.getMaxNestingDepth()`)",
                DEPTH_MAX + 1
            )));
        }
        let start = self.place(self.at);
        self.scopes.push(Scope { kind, start });
        Ok(Expected::FirstEntry)
    }

    fn close(&mut self, byte: u8) -> Result<Expected, Fault> {
        let Scope { kind, start } = self.scope();
        if kind.close() == Some(byte) {
            self.scopes.pop();
            return Ok(Expected::Comma);
        }
        let wanted = if byte == b']' { '}' } else { ']' };
        let found = char::from(byte);
        Err(self.before(format!(
            "Unexpected close marker '{found}': expected '{wanted}' (for {kind} starting at {start})"
        )))
    }

    /// Its first letter has been read.
    fn word(&mut self, word: &str) -> Result<(), Fault> {
        for (matched, letter) in word.bytes().enumerate().skip(1) {
            if self.peek() != Some(letter) {
                return Err(self.unknown_token(word[..matched].to_owned())?);
            }
            self.at += 1;
        }
        let end = self.at;
        if let Some(byte) = self.next() {
            let goes_on = continues_identifier(self.decoded(byte)?);
            self.at = end;
            if goes_on {
                return Err(self.unknown_token(word.to_owned())?);
            }
        }
        Ok(())
    }

    fn unknown_token(&mut self, mut token: String) -> Result<Fault, Fault> {
        while let Some(byte) = self.next() {
            let next = self.decoded(byte)?;
            if !continues_identifier(next) {
                break;
            }
            token.push(next);
            if token.chars().count() >= TOKEN_MAX_CHARS {
                token.push_str("...");
                break;
            }
        }
        Ok(self.here(format!("Unrecognized token '{token}': was expecting {VALUES}")))
    }

    /// The next byte that is no white space.
    fn token(&mut self) -> Result<u8, Fault> {
        if let Some(byte) = self.after_space()? {
            return Ok(byte);
        }
        let Scope { kind, start } = self.scope();
        Err(match kind {
            Kind::Root => {
                let text = "No content to map due to end-of-input".to_owned();
                Fault { text, place: Place { line: self.line, column: None } }
            }
            Kind::Array | Kind::Object => {
                self.ended(&format!(": expected close marker for {kind} (start marker at {start})"))
            }
        })
    }

    /// Between a comma or colon and what belongs behind it.
    fn token_within(&mut self) -> Result<u8, Fault> {
        let kind = self.scope().kind;
        self.after_space()?.ok_or_else(|| self.ended(&format!(" within/between {kind} entries")))
    }

    fn after_space(&mut self) -> Result<Option<u8>, Fault> {
        while let Some(byte) = self.next() {
            match byte {
                b' ' | b'\t' => {}
                b'\n' => self.new_row(),
                b'\r' => {
                    self.at += usize::from(self.peek() == Some(b'\n'));
                    self.new_row();
                }
                0..0x20 => {
                    let found = described(byte.into());
                    return Err(self.here(format!(
                        "Illegal character ({found}): only regular white space (\\r, \\n, \\t) is allowed between tokens"
                    )));
                }
                b'/' => {
                    let wanted = "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)";
                    return Err(self.unexpected('/', wanted));
                }
                _ => return Ok(Some(byte)),
            }
        }
        Ok(None)
    }

    fn new_row(&mut self) {
        self.line += 1;
        self.row_start = self.at;
    }

    /// The character that a byte, already read, begins.
    fn decoded(&mut self, byte: u8) -> Result<char, Fault> {
        let (mut code, more) = match byte {
            0..0x80 => return Ok(byte.into()),
            0xC0..0xE0 => (u32::from(byte & 0x1F), 1),
            0xE0..0xF0 => (u32::from(byte & 0x0F), 2),
            0xF0..0xF8 => (u32::from(byte & 0x07), 3),
            _ => return Err(self.here(format!("Invalid UTF-8 start byte {byte:#04x}"))),
        };
        for _continuation in 0..more {
            let next = self.next().ok_or_else(|| self.ended(" in VALUE_STRING"))?;
            if next & 0xC0 != 0x80 {
                return Err(self.here(format!("Invalid UTF-8 middle byte {next:#04x}")));
            }
            code = code << 6 | u32::from(next & 0x3F);
        }
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.document.get(self.at).copied()
    }

    fn scope(&self) -> Scope {
        let root = Scope { kind: Kind::Root, start: Place { line: 1, column: None } };
        self.scopes.last().copied().unwrap_or(root)
    }

    fn unexpected(&self, found: char, wanted: &str) -> Fault {
        self.before(format!("Unexpected character ({}): {wanted}", described(found)))
    }

    fn in_number(&self, found: char, wanted: &str) -> Fault {
        self.before(format!("Unexpected character ({}) in numeric value: {wanted}", described(found)))
    }

    fn ended(&self, within: &str) -> Fault {
        self.here(format!("Unexpected end-of-input{within}"))
    }

    /// About all that has been read.
    fn here(&self, text: String) -> Fault {
        Fault { text, place: self.place(self.at + 1) }
    }

    /// About the byte that was read last.
    fn before(&self, text: String) -> Fault {
        Fault { text, place: self.place(self.at) }
    }

    fn place(&self, end: usize) -> Place {
        Place { line: self.line, column: Some(end.saturating_sub(self.row_start)) }
    }
}

fn described(found: char) -> String {
    let code = u32::from(found);
    match code {
        0..0x20 | 0x7F..0xA0 => format!("(CTRL-CHAR, code {code})"),
        0..0x100 => format!("'{found}' (code {code})"),
        _ => format!("'{found}' (code {code} / {code:#x})"),
    }
}

/// As `Character.isJavaIdentifierStart`, for what a single byte can be.
fn begins_identifier(found: char) -> bool {
    found.is_alphabetic() || matches!(found, '_' | '$' | '¢'..='¥')
}

/// As `Character.isJavaIdentifierPart`, but for characters that hardly anybody writes.
fn continues_identifier(found: char) -> bool {
    let is_ignorable = matches!(found, '\0'..='\u{8}' | '\u{e}'..='\u{1b}' | '\u{7f}'..='\u{9f}' | '\u{ad}');
    begins_identifier(found) || found.is_ascii_digit() || found == '€' || is_ignorable
}

#[cfg(test)]
mod tests;
