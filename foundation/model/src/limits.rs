//! Lambda's limits (its quotas page, November 2026), each where more than one crate needs it.

/// AWS refuses larger synchronous payloads: 6 MiB.
pub const SYNC_PAYLOAD_MAX_BYTES: usize = 6 * 1024 * 1024;

/// The runtime may post 100 bytes more than a caller may send.
pub const RESPONSE_MAX_BYTES: usize = SYNC_PAYLOAD_MAX_BYTES + 100;

/// A function's own name, however it is written.
pub const FUNCTION_NAME_MAX_BYTES: usize = 64;

/// A caller's client context, as it is encoded.
pub const CLIENT_CONTEXT_MAX_BYTES: usize = 3583;

/// A response that is streamed to its caller.
pub const STREAMED_RESPONSE_MAX_BYTES: usize = 200 * 1024 * 1024;

/// So much of a streamed response flows as fast as it can.
pub const STREAM_BURST_BYTES: u64 = 6 * 1024 * 1024;

/// The rate of a streamed response behind its burst.
pub const STREAM_BYTES_PER_SECOND: u64 = 2 * 1024 * 1024;

/// A whole CreateFunction or UpdateFunctionCode request.
pub const CODE_REQUEST_MAX_BYTES: usize = 70_167_211;

/// An inline package, before base64.
pub const ZIPPED_CODE_MAX_BYTES: usize = 52_428_800;

/// Code and layers together, unpacked.
pub const UNZIPPED_CODE_MAX_BYTES: u64 = 262_144_000;

/// What one function may have.
pub const LAYERS_MAX: usize = 5;

/// All packages of an account in a region, zipped, each version counting again (recorded; AWS is about to raise it).
pub const CODE_STORAGE_MAX_BYTES: u64 = 80_530_636_800;

/// All layers of an image, unpacked.
pub const IMAGE_MAX_BYTES: u64 = 10 * 1024 * 1024 * 1024;

/// `Environment.Variables` as compact JSON.
pub const ENVIRONMENT_MAX_BYTES: usize = 4096;

pub const TIMEOUT_DEFAULT_S: u32 = 3;
pub const TIMEOUT_MAX_S: u32 = 900;

pub const MEMORY_DEFAULT_MIB: u32 = 128;
pub const MEMORY_MAX_MIB: u32 = 10_240;

pub const EPHEMERAL_STORAGE_DEFAULT_MIB: u32 = 512;
pub const EPHEMERAL_STORAGE_MAX_MIB: u32 = 10_240;

/// Environments that an account may have busy at once, unless configured otherwise.
pub const ACCOUNT_CONCURRENCY: u32 = 1000;

/// What a function's processes and threads together may number.
pub const PROCESSES_MAX: u32 = 1024;

pub const OPEN_FILES_MAX: u32 = 1024;

/// The last bytes of an invocation's log that `LogType=Tail` returns.
pub const LOG_TAIL_MAX_BYTES: usize = 4096;

/// A whole virtual CPU comes with this much memory.
pub const MEMORY_PER_VCPU_MIB: u32 = 1769;
