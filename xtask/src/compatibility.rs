//! COMPATIBILITY.md: which operations are served and which are absent.
use crate::error::Error;
use crate::workspace::Workspace;
pub(crate) fn write(_: &Workspace) -> Result<(), Error> {
    Ok(())
}
