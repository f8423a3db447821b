//! What holds for every file under version control.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::Error;
use crate::generate::Generated;
use crate::workspace::Workspace;

/// A longer file holds more than one subject. Most should stay under 400.
const LINES_MAX: usize = 500;
const COUNTED_EXTENSIONS: &[&str] = &["rs", "py", "js", "mjs", "go", "rb", "java", "cs"];

/// Where packages come from is each machine's own affair. Spelt in two parts so that this file passes.
const REGISTRY_HOSTS: &[(&str, &str)] = &[
    ("pypi", ".org"),
    ("pythonhosted", ".org"),
    ("npmjs", ".org"),
    ("index.crates", ".io"),
    ("static.crates", ".io"),
    ("proxy.golang", ".org"),
];

pub(super) fn problems(workspace: &Workspace, generated: &[Generated]) -> Result<Vec<String>, Error> {
    let generated: BTreeSet<&Path> = generated.iter().map(|file| file.path.as_path()).collect();
    let mentions = forbidden_mentions(workspace);
    let mut problems = Vec::new();
    for file in workspace.run("git", &["ls-files", "-z"])?.split_terminator('\0') {
        // Files that are gone but not yet committed as gone, links into nowhere, and binaries are passed over.
        let Ok(text) = workspace.read(file) else { continue };
        problems.extend(
            mentions
                .iter()
                .filter(|mention| text.contains(mention.as_str()))
                .map(|mention| format!("{file}: mentions {mention}, which means nothing on another machine")),
        );
        if !generated.contains(Path::new(file)) {
            problems.extend(too_long(file, &text));
        }
    }
    Ok(problems)
}

fn too_long(file: &str, text: &str) -> Option<String> {
    let extension = Path::new(file).extension()?.to_str()?;
    let lines = text.lines().count();
    let long = COUNTED_EXTENSIONS.contains(&extension) && lines > LINES_MAX;
    long.then(|| format!("{file}: {lines} lines, more than {LINES_MAX}; split it by subject"))
}

/// This checkout's path, the home of whoever works in it, and package registries.
fn forbidden_mentions(workspace: &Workspace) -> Vec<String> {
    let root = workspace.path("");
    let mut mentions: Vec<String> =
        REGISTRY_HOSTS.iter().map(|(name, domain)| format!("{name}{domain}")).collect();
    // A checkout right below `/` has a name too common to forbid.
    if root.components().count() > 2 {
        mentions.push(root.to_string_lossy().trim_end_matches('/').to_owned());
    }
    mentions.extend(std::env::var("HOME").ok().filter(|home| home.starts_with("/home/")));
    mentions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sources_have_a_length() {
        let long = "line\n".repeat(LINES_MAX + 1);
        assert_eq!(too_long("a.rs", &long).unwrap(), "a.rs: 501 lines, more than 500; split it by subject");
        assert_eq!(too_long("a.json", &long), None);
        assert_eq!(too_long("a.rs", "line\n"), None);
    }
}
