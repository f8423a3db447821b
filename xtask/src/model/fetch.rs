//! Fetches the public API descriptions and writes them as facts.

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use indexmap::IndexMap;
use serde::Serialize;
use zip::ZipArchive;

use super::Description;
use crate::error::Error;
use crate::workspace::Workspace;

/// The release of botocore whose descriptions the models are made from.
pub(crate) const BOTOCORE: &str = "1.44.5";

pub(crate) struct Source {
    pub(crate) service: &'static str,
    pub(crate) title: &'static str,
    api_version: &'static str,
    /// The operations that the model keeps; none named means all.
    operations: &'static [&'static str],
}

pub(crate) const SOURCES: &[Source] = &[
    Source { service: "lambda", title: "AWS Lambda", api_version: "2015-03-31", operations: &[] },
    Source {
        service: "logs",
        title: "Amazon CloudWatch Logs",
        api_version: "2014-03-28",
        operations: &[
            "CreateLogGroup",
            "CreateLogStream",
            "DeleteLogGroup",
            "DeleteLogStream",
            "DeleteRetentionPolicy",
            "DescribeLogGroups",
            "DescribeLogStreams",
            "FilterLogEvents",
            "GetLogEvents",
            "ListTagsForResource",
            "ListTagsLogGroup",
            "PutLogEvents",
            "PutRetentionPolicy",
            "TagLogGroup",
            "TagResource",
            "UntagLogGroup",
            "UntagResource",
        ],
    },
];

/// Writes `foundation/wire/models/<service>.json` for every source.
pub(crate) fn refresh(workspace: &Workspace) -> Result<(), Error> {
    let wheel = download(workspace)?;
    for source in SOURCES {
        let mut description = source.extract(&wheel)?;
        description.reduce_to(source.operations);
        workspace.write(source.model_path(), &source.render(&description)?)?;
    }
    Ok(())
}

fn download(workspace: &Workspace) -> Result<PathBuf, Error> {
    let folder = workspace.path(format!("target/botocore-{BOTOCORE}"));
    let wheel = folder.join(format!("botocore-{BOTOCORE}-py3-none-any.whl"));
    if !wheel.exists() {
        fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
        let requirement = format!("botocore=={BOTOCORE}");
        let folder = folder.to_string_lossy();
        let arguments =
            ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder.as_ref(), &requirement];
        workspace.run("python3", &arguments)?;
    }
    Ok(wheel)
}

impl Source {
    pub(crate) fn model_path(&self) -> PathBuf {
        format!("foundation/wire/models/{}.json", self.service).into()
    }

    pub(crate) fn deviations_path(&self) -> PathBuf {
        format!("foundation/wire/models/{}.deviations.json", self.service).into()
    }

    fn extract(&self, wheel: &PathBuf) -> Result<Description, Error> {
        let unreadable = |source| Error::File { path: wheel.clone(), source };
        let broken = |source| Error::Archive { path: wheel.clone(), source };
        let mut archive = ZipArchive::new(File::open(wheel).map_err(unreadable)?).map_err(broken)?;
        let name = format!("botocore/data/{}/{}/service-2.json.gz", self.service, self.api_version);
        let entry = archive.by_name(&name).map_err(broken)?;
        let mut text = String::new();
        GzDecoder::new(entry).read_to_string(&mut text).map_err(unreadable)?;
        serde_json::from_str(&text).map_err(|source| Error::Json { path: name.into(), source })
    }

    /// One operation or shape a line, so that a change of the API reads as a change of lines.
    fn render(&self, description: &Description) -> Result<String, Error> {
        let operations = self.lines(&description.operations)?;
        let shapes = self.lines(&description.shapes)?;
        let metadata = self.compact(&description.metadata)?;
        Ok(format!(
            "{{\n\"metadata\": {metadata},\n\"operations\": {{\n{operations}\n}},\n\"shapes\": {{\n{shapes}\n}}\n}}\n"
        ))
    }

    fn lines<T: Serialize>(&self, entries: &IndexMap<String, T>) -> Result<String, Error> {
        let line = |(name, value)| Ok(format!("  {}: {}", self.compact(name)?, self.compact(value)?));
        Ok(entries.iter().map(line).collect::<Result<Vec<String>, Error>>()?.join(",\n"))
    }

    fn compact<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, Error> {
        serde_json::to_string(value).map_err(|source| Error::Json { path: self.model_path(), source })
    }
}
