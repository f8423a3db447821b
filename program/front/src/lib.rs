//! The one port: connections, authentication, dispatch, forwarding.
