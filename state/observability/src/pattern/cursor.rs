//! Reads a pattern from left to right.

use regex::{Regex, RegexBuilder};

use super::{PatternError, REGEXES_MAX};

/// What a compiled expression may take; AWS's alphabet allows `\d{1000}{1000}`.
const REGEX_MAX_BYTES: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Cursor<'p> {
    rest: &'p str,
    regexes: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(text: &'p str) -> Cursor<'p> {
        Cursor { rest: text, regexes: 0 }
    }

    /// A second cursor at the same place, to look ahead with.
    pub(super) fn fork(&self) -> Cursor<'p> {
        Cursor { ..*self }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes `token` if it comes next, after any space.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        if let Some(rest) = rest {
            self.rest = rest;
        }
        rest.is_some()
    }

    pub(super) fn require(&mut self, token: &str) -> Result<(), PatternError> {
        if self.eat(token) { Ok(()) } else { Err(PatternError::Invalid) }
    }

    /// Nothing but space is left.
    pub(super) fn at_end(&self) -> bool {
        self.rest.trim_start().is_empty()
    }

    /// Takes characters as long as they are `wanted`; may be none.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'p str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// A quoted text, of which the first quote comes next. `\"` and `\\` stand for themselves.
    pub(super) fn quoted(&mut self, quote: char) -> Result<String, PatternError> {
        let mut chars = self.rest.chars();
        if chars.next() != Some(quote) {
            return Err(PatternError::Invalid);
        }
        let mut text = String::new();
        loop {
            match chars.next().ok_or(PatternError::Invalid)? {
                '\\' => match chars.next().ok_or(PatternError::Invalid)? {
                    escaped if escaped == quote || escaped == '\\' => text.push(escaped),
                    other => text.extend(['\\', other]),
                },
                end if end == quote => break,
                other => text.push(other),
            }
        }
        self.rest = chars.as_str();
        Ok(text)
    }

    /// A regular expression between percent signs, of which the first comes next.
    pub(super) fn regex(&mut self) -> Result<Regex, PatternError> {
        let inner = self.rest.strip_prefix('%').ok_or(PatternError::Invalid)?;
        let (expression, rest) = inner.split_once('%').ok_or(PatternError::Invalid)?;
        if expression.is_empty() {
            return Err(PatternError::Invalid);
        }
        if !expression.chars().all(is_regex_char) {
            return Err(PatternError::InvalidTerm { term: format!("%{expression}%") });
        }
        self.regexes += 1;
        if self.regexes > REGEXES_MAX {
            return Err(PatternError::Invalid);
        }
        self.rest = rest;
        let built = RegexBuilder::new(expression).size_limit(REGEX_MAX_BYTES).build();
        built.map_err(|_malformed| PatternError::Invalid)
    }
}

fn is_regex_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":_#=@/;,-^$?[]{}|\\*+.".contains(c)
}
