//! Mayfly's commands as plain signed API calls.
