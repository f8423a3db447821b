//! Whether a package's own JavaScript takes the AWS SDK from its runtime.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memchr::memmem;

/// As `require` and `import` name its parts.
const SDK: [&[u8]; 2] = [b"'@aws-sdk/", b"\"@aws-sdk/"];

/// In the code of libraries that change modules while they are loaded, and in the names of some. They must see each one
/// being loaded.
const HOOKS: [&[u8]; 2] = [b"-in-the-middle", b"newrelic"];

const LIBRARIES: &str = "node_modules";
/// Where pnpm keeps what others need.
const PNPM: &str = ".pnpm";

/// Of one file: bundlers put a function with all its libraries into one of a few megabytes.
const FILE_MAX_BYTES: u64 = 16 * 1024 * 1024;
const FILES_MAX: usize = 10_000;

/// Looks into the scripts outside `node_modules`. A package that brings the SDK itself takes none, and one with too much
/// to look into is taken for one.
pub(crate) fn takes_runtimes_sdk(root: &Path) -> io::Result<bool> {
    let brought = root.join(LIBRARIES);
    if brought.join("@aws-sdk").is_dir() || brings_hooks(&brought)? || brings_hooks(&brought.join(PNPM))? {
        return Ok(false);
    }
    let Some(scripts) = scripts(root)? else { return Ok(false) };
    let mut takes = false;
    for script in scripts {
        let Some(text) = read(&script)? else { return Ok(false) };
        if has_any(&text, HOOKS) {
            return Ok(false);
        }
        takes |= has_any(&text, SDK);
    }
    Ok(takes)
}

fn has_any(text: &[u8], words: [&[u8]; 2]) -> bool {
    words.iter().any(|word| memmem::find(text, word).is_some())
}

fn brings_hooks(libraries: &Path) -> io::Result<bool> {
    let folders = match fs::read_dir(libraries) {
        Ok(folders) => folders,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    for folder in folders {
        if has_any(folder?.file_name().as_encoded_bytes(), HOOKS) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// None where there are too many. Links are not followed: what they lead to is seen where it is.
fn scripts(root: &Path) -> io::Result<Option<Vec<PathBuf>>> {
    let mut found = vec![];
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && entry.file_name() != LIBRARIES {
                waiting.push(path);
            } else if kind.is_file() && is_script(&path) {
                found.push(path);
            }
        }
    }
    Ok((found.len() <= FILES_MAX).then_some(found))
}

fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "js" || ending == "mjs" || ending == "cjs")
}

/// None where it is too long.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut text = vec![];
    fs::File::open(path)?.take(FILE_MAX_BYTES).read_to_end(&mut text)?;
    Ok(((text.len() as u64) < FILE_MAX_BYTES).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKES: &str = "const { S3Client } = require('@aws-sdk/client-s3');";

    fn takes(files: &[(&str, &str)]) -> bool {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        takes_runtimes_sdk(root.path()).unwrap()
    }

    #[test]
    fn scripts_of_the_function_s_own_name_the_sdk() {
        assert!(takes(&[("index.js", TAKES)]));
        assert!(takes(&[("index.js", ""), ("lib/store.mjs", "import '@aws-sdk/client-dynamodb';")]));
        assert!(!takes(&[("index.js", "exports.handler = async () => 1;"), ("README.md", TAKES)]));
        assert!(!takes(&[("index.js", ""), ("node_modules/store/index.js", TAKES)]));
        assert!(!takes(&[("index.py", "import boto3")]));
        assert!(!takes(&[("index.js", "// node_modules/@aws-sdk/client-s3/dist-es/index.js")]));
    }

    #[test]
    fn whoever_brings_the_sdk_takes_none() {
        assert!(!takes(&[("index.js", TAKES), ("node_modules/@aws-sdk/client-s3/index.js", "")]));
    }

    #[test]
    fn whoever_changes_modules_while_they_are_loaded_sees_them_loaded() {
        assert!(!takes(&[("index.js", TAKES), ("node_modules/require-in-the-middle/index.js", "")]));
        assert!(!takes(&[("index.js", TAKES), ("node_modules/.pnpm/require-in-the-middle@7/index.js", "")]));
        assert!(!takes(&[("index.js", &format!("{TAKES} /* import-in-the-middle */"))]));
    }

    #[test]
    fn a_link_is_no_script() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc", root.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("index.js")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join(LIBRARIES)).unwrap();
        assert!(!takes_runtimes_sdk(root.path()).unwrap());
    }
}
