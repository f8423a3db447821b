//! Log levels.

use model::function::{LogLevel, SystemLogLevel};
use wire::lambda;

pub(super) fn application_in(level: lambda::ApplicationLogLevel) -> LogLevel {
    match level {
        lambda::ApplicationLogLevel::Trace => LogLevel::Trace,
        lambda::ApplicationLogLevel::Debug => LogLevel::Debug,
        lambda::ApplicationLogLevel::Info => LogLevel::Info,
        lambda::ApplicationLogLevel::Warn => LogLevel::Warn,
        lambda::ApplicationLogLevel::Error => LogLevel::Error,
        lambda::ApplicationLogLevel::Fatal => LogLevel::Fatal,
    }
}

pub(super) fn application_out(level: LogLevel) -> lambda::ApplicationLogLevel {
    match level {
        LogLevel::Trace => lambda::ApplicationLogLevel::Trace,
        LogLevel::Debug => lambda::ApplicationLogLevel::Debug,
        LogLevel::Info => lambda::ApplicationLogLevel::Info,
        LogLevel::Warn => lambda::ApplicationLogLevel::Warn,
        LogLevel::Error => lambda::ApplicationLogLevel::Error,
        LogLevel::Fatal => lambda::ApplicationLogLevel::Fatal,
    }
}

pub(super) fn system_in(level: lambda::SystemLogLevel) -> SystemLogLevel {
    match level {
        lambda::SystemLogLevel::Debug => SystemLogLevel::Debug,
        lambda::SystemLogLevel::Info => SystemLogLevel::Info,
        lambda::SystemLogLevel::Warn => SystemLogLevel::Warn,
    }
}

pub(super) fn system_out(level: SystemLogLevel) -> lambda::SystemLogLevel {
    match level {
        SystemLogLevel::Debug => lambda::SystemLogLevel::Debug,
        SystemLogLevel::Info => lambda::SystemLogLevel::Info,
        SystemLogLevel::Warn => lambda::SystemLogLevel::Warn,
    }
}
