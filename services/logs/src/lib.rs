//! The CloudWatch Logs service: its operations over observability.
