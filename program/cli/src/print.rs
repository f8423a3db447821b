//! What goes to standard output.

use std::io::{self, Write};

pub(crate) fn out(text: impl AsRef<[u8]>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_ref())?;
    stdout.flush()
}

pub(crate) fn json(value: &serde_json::Value) -> io::Result<()> {
    out(format!("{value:#}\n"))
}
