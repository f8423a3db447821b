//! Manifests, indexes and configurations: the small JSON documents that an image consists of besides its layers.

use model::limits::IMAGE_MAX_BYTES;
use model::{BlobSha256, CodeSha256, ImageSettings};
use serde::Deserialize;

/// Docker's own limit, and more than any layered file system can stack.
const LAYERS_MAX: usize = 127;

/// AWS's limit for entry point, command, working folder and environment together.
pub const SETTINGS_MAX_BYTES: usize = 16 * 1024;

const MANIFESTS: [&str; 2] =
    ["application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json"];
const INDEXES: [&str; 2] =
    ["application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"];
const CONFIGS: [&str; 2] =
    ["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];
/// Whether and how a layer is compressed shows in its first bytes.
const LAYERS: [&str; 5] = [
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidManifest {
    #[error("its media type {0} is not supported")]
    MediaType(String),
    #[error("{0}")]
    Content(String),
}

/// Something that a manifest names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) digest: BlobSha256,
    pub(crate) size_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Document {
    Manifest(Manifest),
    /// The manifest of the image for this machine.
    Index(CodeSha256),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) config: Part,
    pub(crate) layers: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    schema_version: u32,
    media_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    architecture: String,
    os: String,
}

/// What to ask a registry for.
pub(crate) fn accepted() -> String {
    [MANIFESTS, INDEXES].concat().join(", ")
}

/// `kind` is what the registry says that the document is; the document itself may say so, too.
pub(crate) fn parse(bytes: &[u8], kind: Option<&str>) -> Result<Document, InvalidManifest> {
    let raw: Raw =
        serde_json::from_slice(bytes).map_err(|error| content(format!("its manifest: {error}")))?;
    if raw.schema_version != 2 {
        return Err(InvalidManifest::MediaType(format!("schema version {}", raw.schema_version)));
    }
    let kind = raw.media_type.clone().or_else(|| kind.map(str::to_owned)).unwrap_or_default();
    if INDEXES.contains(&kind.as_str()) {
        return raw.for_this_machine().map(Document::Index);
    }
    if !MANIFESTS.contains(&kind.as_str()) {
        return Err(InvalidManifest::MediaType(kind));
    }
    raw.manifest().map(Document::Manifest)
}

impl Raw {
    fn for_this_machine(self) -> Result<CodeSha256, InvalidManifest> {
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
        let fits = |platform: &Platform| platform.os == "linux" && platform.architecture == architecture;
        let manifests = self.manifests.unwrap_or_default();
        let found = manifests.iter().find(|manifest| manifest.platform.as_ref().is_some_and(fits));
        let found = found.ok_or_else(|| content(format!("it has no image for linux on {architecture}")))?;
        let digest = found.digest.strip_prefix("sha256:").and_then(|digest| digest.parse().ok());
        digest.ok_or_else(|| content(format!("the digest {} is not one", found.digest)))
    }

    fn manifest(self) -> Result<Manifest, InvalidManifest> {
        let (Some(config), Some(layers)) = (self.config, self.layers) else {
            return Err(content("its manifest names no configuration or no layers".to_owned()));
        };
        if layers.len() > LAYERS_MAX {
            return Err(content(format!("it has {} layers, the limit is {LAYERS_MAX}", layers.len())));
        }
        let config = config.part(&CONFIGS)?;
        let layers = layers.iter().map(|layer| layer.part(&LAYERS)).collect::<Result<Vec<_>, _>>()?;
        let total = layers.iter().fold(0_u64, |total, layer| total.saturating_add(layer.size_bytes));
        if total > IMAGE_MAX_BYTES {
            return Err(content(format!("its layers have {total} bytes, the limit is {IMAGE_MAX_BYTES}")));
        }
        Ok(Manifest { config, layers })
    }
}

impl Descriptor {
    fn part(&self, supported: &[&str]) -> Result<Part, InvalidManifest> {
        if !supported.contains(&self.media_type.as_str()) {
            return Err(InvalidManifest::MediaType(self.media_type.clone()));
        }
        let digest = self.digest.strip_prefix("sha256:").and_then(|digest| digest.parse().ok());
        let digest = digest.ok_or_else(|| content(format!("the digest {} is not one", self.digest)))?;
        Ok(Part { digest, size_bytes: self.size })
    }
}

fn content(text: String) -> InvalidManifest {
    InvalidManifest::Content(text)
}

#[derive(Deserialize)]
struct Configuration {
    config: Option<Process>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Process {
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
    working_dir: Option<String>,
}

/// What an image's configuration says of its process. A user that it names is not taken, as on AWS.
pub(crate) fn settings(bytes: &[u8]) -> Result<ImageSettings, InvalidManifest> {
    let configuration: Configuration =
        serde_json::from_slice(bytes).map_err(|error| content(format!("its configuration: {error}")))?;
    let process = configuration.config.unwrap_or_default();
    let environment = process.env.unwrap_or_default();
    let settings = ImageSettings {
        entry_point: process.entrypoint.unwrap_or_default(),
        command: process.cmd.unwrap_or_default(),
        working_directory: process.working_dir.unwrap_or_default(),
        environment: environment
            .iter()
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    };
    check(&settings)?;
    Ok(settings)
}

fn check(settings: &ImageSettings) -> Result<(), InvalidManifest> {
    let pairs = settings.environment.iter().flat_map(|(name, value)| [name, value]);
    let texts = || settings.entry_point.iter().chain(&settings.command).chain(pairs.clone());
    let folder = &settings.working_directory;
    let total = texts().map(String::len).sum::<usize>() + folder.len();
    if total > SETTINGS_MAX_BYTES {
        return Err(content(format!("its settings have {total} bytes, the limit is {SETTINGS_MAX_BYTES}")));
    }
    if texts().any(|text| text.contains('\0')) || folder.contains('\0') {
        return Err(content("its settings have a character that no process can be given".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const OCI: &str = "application/vnd.oci.image.manifest.v1+json";

    fn part(kind: &str, size: u64) -> Value {
        json!({ "mediaType": kind, "digest": format!("sha256:{}", "ab".repeat(32)), "size": size })
    }

    fn manifest(layers: &[Value]) -> Value {
        json!({ "schemaVersion": 2, "mediaType": OCI, "config": part(CONFIGS[1], 7), "layers": layers })
    }

    fn parsed(document: &Value, kind: Option<&str>) -> Result<Document, InvalidManifest> {
        parse(document.to_string().as_bytes(), kind)
    }

    #[test]
    fn docker_s_and_oci_s_manifests_are_the_same_thing() {
        let digest = BlobSha256::from_bytes([0xab; 32]);
        for kind in MANIFESTS {
            let mut document = manifest(&[part(LAYERS[0], 5), part(LAYERS[4], 6)]);
            document["mediaType"] = Value::Null;
            let layers = vec![Part { digest, size_bytes: 5 }, Part { digest, size_bytes: 6 }];
            let expected = Manifest { config: Part { digest, size_bytes: 7 }, layers };
            assert_eq!(parsed(&document, Some(kind)), Ok(Document::Manifest(expected)));
        }
    }

    #[test]
    fn an_index_gives_the_image_of_this_machine() {
        let entry = |architecture: &str, digest: &str| {
            json!({ "mediaType": OCI, "digest": format!("sha256:{}", digest.repeat(32)), "size": 1,
                    "platform": { "os": "linux", "architecture": architecture } })
        };
        let index =
            |entries: &[Value]| json!({ "schemaVersion": 2, "mediaType": INDEXES[1], "manifests": entries });
        let document = index(&[entry("unknown", "01"), entry("amd64", "02"), entry("arm64", "03")]);
        let expected = if cfg!(target_arch = "aarch64") { 3 } else { 2 };
        assert_eq!(parsed(&document, None), Ok(Document::Index(CodeSha256::from_bytes([expected; 32]))));
        let refused = parsed(&index(&[entry("s390x", "01")]), None).unwrap_err();
        assert!(refused.to_string().starts_with("it has no image for linux on "), "{refused}");
    }

    #[test]
    fn other_media_types_are_refused_by_name() {
        let kind = |document: &Value| match parsed(document, None) {
            Err(InvalidManifest::MediaType(kind)) => kind,
            other => panic!("{other:?}"),
        };
        assert_eq!(kind(&manifest(&[part("application/x-squashfs", 1)])), "application/x-squashfs");
        assert_eq!(kind(&json!({ "schemaVersion": 1 })), "schema version 1");
        assert_eq!(kind(&json!({ "schemaVersion": 2, "mediaType": "text/html" })), "text/html");
    }

    #[test]
    fn what_is_too_much_is_refused_before_it_is_pulled() {
        let refused = |layers: &[Value]| parsed(&manifest(layers), None).unwrap_err().to_string();
        assert_eq!(refused(&vec![part(LAYERS[0], 1); 128]), "it has 128 layers, the limit is 127");
        let sizes = [part(LAYERS[0], IMAGE_MAX_BYTES), part(LAYERS[0], u64::MAX)];
        assert!(refused(&sizes).ends_with("the limit is 10737418240"), "{}", refused(&sizes));
    }

    #[test]
    fn the_configuration_tells_the_process() {
        let document = json!({ "config": {
            "Entrypoint": ["/entry"], "Cmd": ["app.handler"], "WorkingDir": "/var/task",
            "Env": ["PATH=/a:/b", "EMPTY=", "NONE", "E=a=b"], "User": "root" } });
        let settings = settings(document.to_string().as_bytes()).unwrap();
        assert_eq!(
            (settings.entry_point, settings.command),
            (vec!["/entry".to_owned()], vec!["app.handler".to_owned()])
        );
        let pairs = [("PATH", "/a:/b"), ("EMPTY", ""), ("NONE", ""), ("E", "a=b")];
        assert_eq!(settings.environment, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(super::settings(br#"{"config": null}"#), Ok(ImageSettings::default()));
    }

    #[test]
    fn settings_have_a_limit_and_no_zero_bytes() {
        let with = |value: &str| settings(json!({ "config": { "Env": [value] } }).to_string().as_bytes());
        assert!(with(&format!("A={}", "x".repeat(SETTINGS_MAX_BYTES - 1))).is_ok());
        assert!(with(&format!("A={}", "x".repeat(SETTINGS_MAX_BYTES))).is_err());
        assert!(with("A=\0").is_err());
    }
}
