//! Getting what was written to disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Beyond these, flushing the whole file system once is cheaper than each file by itself, though other writes go
/// along: 5,000 small files one by one take a busy disk 20 s.
const ONE_BY_ONE_MAX: usize = 128;

/// Returns when these files and folders below `root` are on disk. They are all that was written there.
pub(crate) fn sync(root: &Path, paths: &[PathBuf]) -> io::Result<()> {
    if paths.len() > ONE_BY_ONE_MAX {
        return Ok(rustix::fs::syncfs(File::open(root)?)?);
    }
    paths.iter().try_for_each(|path| File::open(root.join(path))?.sync_all())
}
