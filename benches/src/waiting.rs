//! What this machine lets any parked environment hope for: an interpreter that has started, and waits without a sandbox
//! or a server for a function's variables, code and event.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;

/// As many as a function has that its runtime does not.
const VARIABLES: usize = 12;
const VALUE_BYTES: usize = 60;

#[derive(Debug)]
pub(crate) struct Waiting {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The function, in one line.
    order: String,
}

impl Waiting {
    /// Returns once it waits for a function, whose code is in that folder, and its event.
    pub(crate) fn start(command: &[String], folder: &Path, event: &str) -> io::Result<Waiting> {
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let piped = || io::Error::other("a child has no pipes");
        let orders = child.stdin.take().ok_or_else(piped)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(piped)?);
        let mut waiting = Waiting { child, orders, answers, order: order(folder, event)? };
        waiting.line()?;
        Ok(waiting)
    }

    /// From the function to its answer, a line.
    pub(crate) fn serve(&mut self) -> io::Result<String> {
        self.orders.write_all(self.order.as_bytes())?;
        self.line()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.ends_with('\n') {
            return Ok(line);
        }
        let mut rest = String::new();
        self.answers.read_to_string(&mut rest)?;
        Err(io::Error::other(format!("a bare interpreter ended with {}: {line}{rest}", self.child.wait()?)))
    }
}

fn order(folder: &Path, event: &str) -> io::Result<String> {
    let variables: serde_json::Map<_, _> =
        (0..VARIABLES).map(|number| (format!("VARIABLE_{number}"), json!("-".repeat(VALUE_BYTES)))).collect();
    let event: serde_json::Value = serde_json::from_str(event)?;
    let order = json!({ "variables": variables, "folder": folder, "event": event });
    Ok(format!("{order}\n"))
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // It ends by itself once it has answered.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
