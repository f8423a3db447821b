//! Runtimes whose root is an image of their own, such as AWS's base images, instead of the host's files.
//!
//! `<runtime>.image` in the runtimes' folder says which; the image's tree stands below `images` beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::Runtime;
use model::runtime::Language;
use serde::{Deserialize, Serialize};

/// The root of a runtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootImage {
    /// By its digest.
    pub name: String,
    pub folder: PathBuf,
}

/// What a runtime is started with in an image; AWS's base images have it there. None for one whose functions bring
/// their own `bootstrap`.
pub fn program(runtime: Runtime) -> Option<&'static str> {
    (runtime.language() != Language::Custom).then_some("/var/runtime/bootstrap")
}

/// Where the trees of runtimes' images stand.
pub fn images_dir(dir: &Path) -> PathBuf {
    dir.join("images")
}

impl RootImage {
    /// None unless an image was pulled for the runtime, and is still there.
    pub(super) fn of(dir: &Path, runtime: Runtime) -> Option<RootImage> {
        let image: RootImage = serde_json::from_slice(&fs::read(note(dir, runtime)).ok()?).ok()?;
        image.folder.is_dir().then_some(image)
    }

    /// Makes this the root of a runtime from the next start of a server on.
    pub fn keep(&self, dir: &Path, runtime: Runtime) -> io::Result<()> {
        let incoming = note(dir, runtime).with_extension("incoming");
        fs::write(&incoming, serde_json::to_vec(self)?)?;
        fs::rename(incoming, note(dir, runtime))
    }
}

fn note(dir: &Path, runtime: Runtime) -> PathBuf {
    dir.join(format!("{runtime}.image"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_a_runtime_s_root_while_it_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = "python3.12".parse().unwrap();
        assert_eq!(RootImage::of(dir.path(), runtime), None);
        let image = RootImage { name: "a.b/c@sha256:00".to_owned(), folder: dir.path().join("images/00") };
        image.keep(dir.path(), runtime).unwrap();
        assert_eq!(RootImage::of(dir.path(), runtime), None);
        fs::create_dir_all(&image.folder).unwrap();
        assert_eq!(RootImage::of(dir.path(), runtime), Some(image));
        assert_eq!(RootImage::of(dir.path(), "python3.11".parse().unwrap()), None);
    }
}
