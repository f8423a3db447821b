//! The door of every invocation: resolve, admit, run, report.
