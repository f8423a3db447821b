//! tidy
use crate::error::Error;
use crate::workspace::Workspace;
pub(crate) fn check(_: &Workspace) -> Result<(), Error> {
    Ok(())
}
