//! The name of an image: `registry/repository:tag`, or with a digest.

use std::fmt;
use std::str::FromStr;

use model::CodeSha256;

/// The distribution specification's limit for registry and repository together.
const NAME_MAX_BYTES: usize = 255;
const TAG_MAX_BYTES: usize = 128;

const DOCKER_HUB: &str = "docker.io";

/// An image in a registry that is named by its host, as Lambda wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    registry: String,
    repository: String,
    target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Tag(String),
    Digest(CodeSha256),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not the name of an image: write REGISTRY/REPOSITORY:TAG or REGISTRY/REPOSITORY@sha256:DIGEST"
)]
pub struct InvalidReference(pub String);

impl Reference {
    /// The same image by its manifest's digest.
    #[must_use]
    pub fn with_digest(&self, digest: CodeSha256) -> Reference {
        Reference { target: Target::Digest(digest), ..self.clone() }
    }

    /// Host and port, as it was written.
    pub(crate) fn registry(&self) -> &str {
        &self.registry
    }

    pub(crate) fn repository(&self) -> &str {
        &self.repository
    }

    pub(crate) fn digest(&self) -> Option<CodeSha256> {
        match self.target {
            Target::Digest(digest) => Some(digest),
            Target::Tag(_) => None,
        }
    }

    /// As the address of its manifest ends.
    pub(crate) fn manifest(&self) -> String {
        match &self.target {
            Target::Tag(tag) => tag.clone(),
            Target::Digest(digest) => format!("sha256:{digest}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reference { registry, repository, target } = self;
        match target {
            Target::Tag(tag) => write!(f, "{registry}/{repository}:{tag}"),
            Target::Digest(digest) => write!(f, "{registry}/{repository}@sha256:{digest}"),
        }
    }
}

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Reference, InvalidReference> {
        parse(text).ok_or_else(|| InvalidReference(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Reference> {
    let (registry, rest) = text.split_once('/')?;
    let (name, target) = match rest.split_once("@sha256:") {
        // A tag beside a digest says nothing more.
        Some((name, digest)) => {
            let name = name.split_once(':').map_or(name, |(name, _tag)| name);
            (name, Target::Digest(digest.parse().ok()?))
        }
        None => {
            let (name, tag) = rest.split_once(':')?;
            (name, Target::Tag(is_tag(tag).then(|| tag.to_owned())?))
        }
    };
    let fits = registry.len() + name.len() < NAME_MAX_BYTES;
    if !fits || !is_registry(registry) || !name.split('/').all(is_component) {
        return None;
    }
    let official = registry == DOCKER_HUB && !name.contains('/');
    let repository = if official { format!("library/{name}") } else { name.to_owned() };
    Some(Reference { registry: registry.to_owned(), repository, target })
}

/// A host is told from the first part of a repository by a dot or a port, as everywhere.
pub(crate) fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let is_host = !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    is_host && is_port && (text == "localhost" || host.contains('.') || port.is_some())
}

fn is_component(text: &str) -> bool {
    let inner = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    let outer =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bytes = text.as_bytes();
    outer(bytes.first()) && outer(bytes.last()) && bytes.iter().copied().all(inner) && !text.contains("..")
}

fn is_tag(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let rest = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    first && rest && text.len() <= TAG_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reference(text: &str) -> Reference {
        text.parse().unwrap()
    }

    #[test]
    fn a_tag_or_a_digest_names_an_image() {
        let tagged = reference("127.0.0.1:5000/team/app:v1.2");
        assert_eq!((tagged.registry(), tagged.repository()), ("127.0.0.1:5000", "team/app"));
        assert_eq!((tagged.manifest().as_str(), tagged.digest()), ("v1.2", None));
        let digest = CodeSha256::from_bytes([0xab; 32]);
        let exact = tagged.with_digest(digest);
        assert_eq!(exact.to_string(), format!("127.0.0.1:5000/team/app@sha256:{digest}"));
        assert_eq!(reference(&exact.to_string()), exact);
        assert_eq!(reference(&format!("a.b/c:tag@sha256:{digest}")).digest(), Some(digest));
    }

    #[test]
    fn docker_hub_has_official_images() {
        assert_eq!(reference("docker.io/python:3.13").repository(), "library/python");
        assert_eq!(
            reference("docker.io/amazon/aws-lambda-python:3.13").repository(),
            "amazon/aws-lambda-python"
        );
    }

    #[test]
    fn what_names_no_registry_or_no_version_is_refused() {
        for text in [
            "app:latest",
            "a.b/app",
            "a.b/:x",
            "a.b/App:x",
            "a.b/a/../c:x",
            "a.b/a..b:x",
            "a.b/app:",
            "a.b:port/app:x",
            "a.b/app@sha256:12",
            "user@a.b/app:x",
            "a.b/app:x y",
            "/app:x",
            "a.b//app:x",
            "a.b/app:x?y",
        ] {
            assert_eq!(text.parse::<Reference>(), Err(InvalidReference(text.to_owned())));
        }
        assert!(format!("a.b/{}:x", "r".repeat(255)).parse::<Reference>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_accepted_reads_back_as_itself(text in "[a-z.:/@A-Z0-9_-]{0,40}") {
            if let Ok(reference) = text.parse::<Reference>() {
                prop_assert_eq!(reference.to_string().parse::<Reference>(), Ok(reference));
            }
        }
    }
}
