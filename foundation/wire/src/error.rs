//! Errors as AWS names them, and the tables that say how each is written.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;

/// How an error code is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorKind {
    pub code: &'static str,
    pub status: u16,
    /// The member that holds the text: AWS spells it `message` or `Message`, by error.
    pub message_member: &'static str,
    pub fault: Fault,
}

/// What the `Type` member of Lambda's errors says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Sender,
    Service,
    /// The error has no `Type`.
    Unstated,
}

impl ErrorKind {
    /// A code that no service's table has, such as those of the signature check.
    pub const fn new(code: &'static str, status: u16) -> Self {
        Self { code, status, message_member: "message", fault: Fault::Unstated }
    }
}

impl Fault {
    pub(crate) const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Sender => Some("User"),
            Self::Service => Some("Service"),
            Self::Unstated => None,
        }
    }
}

/// An error answer, before a service's protocol gives it its bytes ([`Service::refuse`](crate::Service::refuse)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: Option<Cow<'static, str>>,
    members: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()), ..Self::without_message(kind) }
    }

    /// AWS gives some errors no text at all.
    pub const fn without_message(kind: ErrorKind) -> Self {
        Self { kind, message: None, members: Vec::new(), headers: Vec::new() }
    }

    /// Leaves out the `Type` member that errors of this code have elsewhere.
    #[must_use]
    pub fn untyped(mut self) -> Self {
        self.kind.fault = Fault::Unstated;
        self
    }

    /// Adds a member to the body, such as `Reason`.
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// Adds a header to the answer, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn code(&self) -> &'static str {
        self.kind.code
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn members(&self) -> &[(&'static str, String)] {
        &self.members
    }

    pub(crate) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(formatter, "{}: {message}", self.kind.code),
            None => formatter.write_str(self.kind.code),
        }
    }
}

impl std::error::Error for Error {}

/// Makes a service's error codes: `Variant => "Code" status "message member" fault,`.
macro_rules! error_codes {
    ($($variant:ident => $code:literal $status:literal $member:literal $fault:ident,)+) => {
        /// The service's error codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($variant,)+ }

        impl ErrorCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub const fn kind(self) -> $crate::ErrorKind {
                match self {
                    $(Self::$variant => $crate::ErrorKind {
                        code: $code,
                        status: $status,
                        message_member: $member,
                        fault: $crate::Fault::$fault,
                    },)+
                }
            }

            /// The error with a text.
            pub fn with(self, message: impl Into<std::borrow::Cow<'static, str>>) -> $crate::Error {
                $crate::Error::new(self.kind(), message)
            }
        }
    };
}

pub(crate) use error_codes;
