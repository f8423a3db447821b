//! Exact shapes, constraints, routes and error codes of the public AWS APIs.
