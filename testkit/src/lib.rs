//! Starts a server on a temporary folder, with fixture functions.
