//! The operations of a service as one enum.

/// Makes the operation enum from the model's operations: `Name => METHOD "template" status,`.
macro_rules! operations {
    ($($name:ident => $method:ident $template:literal $status:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation { $($name,)+ }

        impl Operation {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The operation's name, as in IAM actions and `X-Amz-Target`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)+
                    _ => None,
                }
            }

            pub const fn method(self) -> http::Method {
                match self { $(Self::$name => http::Method::$method,)+ }
            }

            /// The path, with `{Member}` for what the request fills in, and fixed query parameters.
            pub const fn template(self) -> &'static str {
                match self { $(Self::$name => $template,)+ }
            }

            /// The status of a successful answer that does not carry one itself.
            pub fn status(self) -> http::StatusCode {
                let code: u16 = match self { $(Self::$name => $status,)+ };
                http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::OK)
            }
        }

        impl std::fmt::Display for Operation {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.name())
            }
        }
    };
}

pub(crate) use operations;
