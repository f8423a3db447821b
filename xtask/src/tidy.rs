//! Checks what the compiler cannot: floors, generated files, lengths, and what tracked files may not mention.

use crate::error::Error;
use crate::workspace::Workspace;
use crate::{compatibility, dotnet, generate, java};

mod floors;
mod tracked;

/// Reports every problem at once.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Error> {
    let mut problems = floors::problems(workspace)?;
    let generated = generate::all(workspace)?;
    let made = generated.into_iter().chain([compatibility::render(workspace)?]).collect::<Vec<_>>();
    for file in &made {
        if workspace.read(&file.path).ok().as_deref() != Some(&file.text) {
            problems.push(format!("{}: not what the models give; run {}", file.path.display(), file.chore));
        }
    }
    problems.extend(java::problems(workspace)?);
    problems.extend(dotnet::problems(workspace)?);
    problems.extend(tracked::problems(workspace, &made)?);
    if problems.is_empty() { Ok(()) } else { Err(Error::Untidy(problems)) }
}
