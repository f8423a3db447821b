//! One execution environment from init to shutdown, with its Runtime API.
