//! Functions that are container images: what an image says of how it is started, and what a function sets instead.

use crate::code::BlobSha256;

/// The image that a version runs, by its digest: a tag that moves later changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Image {
    /// As the caller named it.
    pub uri: String,
    /// The same repository, with the manifest's digest.
    pub resolved_uri: String,
    pub settings: ImageSettings,
    /// The layers as they are pulled, compressed.
    pub blobs: Vec<BlobSha256>,
}

/// What an image's own configuration says of its process.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImageSettings {
    pub entry_point: Vec<String>,
    pub command: Vec<String>,
    /// Empty when the image names none.
    pub working_directory: String,
    pub environment: Vec<(String, String)>,
}

/// What a function sets in place of the image's settings; None leaves the image's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImageConfig {
    pub entry_point: Option<Vec<String>>,
    pub command: Option<Vec<String>>,
    pub working_directory: Option<String>,
}

/// How an image's process is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub entry_point: Vec<String>,
    pub command: Vec<String>,
    pub working_directory: String,
}

impl ImageConfig {
    pub fn is_empty(&self) -> bool {
        *self == ImageConfig::default()
    }

    /// An entry point that is set drops the image's command, as in Docker: that was written for the other one.
    pub fn over(&self, image: &ImageSettings) -> Task {
        let command = match (&self.command, &self.entry_point) {
            (Some(command), _) => command.clone(),
            (None, Some(_)) => Vec::new(),
            (None, None) => image.command.clone(),
        };
        Task {
            entry_point: self.entry_point.clone().unwrap_or_else(|| image.entry_point.clone()),
            command,
            working_directory: self
                .working_directory
                .clone()
                .unwrap_or_else(|| image.working_directory.clone()),
        }
    }
}

impl Task {
    pub fn argv(&self) -> Vec<String> {
        self.entry_point.iter().chain(&self.command).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn image() -> ImageSettings {
        ImageSettings {
            entry_point: words(&["/entry"]),
            command: words(&["app.handler"]),
            working_directory: "/var/task".to_owned(),
            environment: vec![],
        }
    }

    #[test]
    fn each_setting_replaces_the_images_own() {
        assert_eq!(ImageConfig::default().over(&image()).argv(), words(&["/entry", "app.handler"]));
        let command = ImageConfig { command: Some(words(&["other.handler"])), ..ImageConfig::default() };
        assert_eq!(command.over(&image()).argv(), words(&["/entry", "other.handler"]));
        let folder = ImageConfig { working_directory: Some("/tmp".to_owned()), ..ImageConfig::default() };
        assert_eq!(folder.over(&image()).working_directory, "/tmp");
    }

    #[test]
    fn an_entry_point_drops_the_images_command() {
        let entry = ImageConfig { entry_point: Some(words(&["/own"])), ..ImageConfig::default() };
        assert_eq!(entry.over(&image()).argv(), words(&["/own"]));
        let both = ImageConfig { command: Some(words(&["x"])), ..entry };
        assert_eq!(both.over(&image()).argv(), words(&["/own", "x"]));
    }
}
