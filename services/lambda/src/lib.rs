//! The AWS Lambda service: its operations over catalog and invoke.
