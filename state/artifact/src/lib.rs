//! Verifies and unpacks deployment packages into content-addressed read-only folders.
