//! The house's floors: a crate depends on crates of the floors below its own, and on its own floor on
//! those listed before it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Error;
use crate::workspace::Workspace;

/// From the ground up; the crates of a floor in the order in which they may know each other.
const FLOORS: &[(&str, &[&str])] = &[
    ("foundation", &["model", "wire", "sigv4", "policy"]),
    ("state", &["engine", "artifact", "catalog", "queue", "observability"]),
    ("execution", &["sandbox", "environment", "scheduler", "invoke", "delivery", "event-sources"]),
    ("services", &["lambda", "logs"]),
    ("program", &["front", "cli", "mayfly"]),
];

/// Beside the floors: they may use everything, and nothing of the product may use them.
const BESIDE: &[&str] = &["testkit", "benches", "xtask"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<PathBuf>,
}

/// A crate's floor, and its place on it.
type Place = (usize, usize);

pub(super) fn problems(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let text = workspace.run("cargo", &arguments)?;
    let metadata: Metadata = serde_json::from_str(&text)
        .map_err(|source| Error::Json { path: "cargo metadata".into(), source })?;
    Ok(metadata
        .packages
        .iter()
        .flat_map(|package| package_problems(package, &metadata.workspace_root))
        .collect())
}

fn places() -> BTreeMap<&'static str, Place> {
    let floors = FLOORS.iter().enumerate();
    floors
        .flat_map(|(floor, (_, crates))| {
            crates.iter().enumerate().map(move |(at, name)| (*name, (floor, at)))
        })
        .collect()
}

fn package_problems(package: &Package, root: &Path) -> Vec<String> {
    if BESIDE.contains(&package.name.as_str()) {
        return Vec::new();
    }
    let places = places();
    let Some(place) = places.get(package.name.as_str()) else {
        return vec![format!(
            "{}: stands on no floor; give it a place in xtask/src/tidy/floors.rs",
            package.name
        )];
    };
    let folder = Path::new(FLOORS[place.0].0).join(&package.name);
    let mut problems = Vec::new();
    if package.manifest_path.parent() != Some(&root.join(&folder)) {
        problems.push(format!("{}: belongs in {}", package.name, folder.display()));
    }
    let known = package.dependencies.iter().filter(|dependency| dependency.is_known_by_product());
    problems.extend(known.filter_map(|dependency| {
        let below = places.get(dependency.name.as_str()).is_some_and(|other| other < place);
        (!below).then(|| {
            format!("{}: may not depend on {}, which is not below it", package.name, dependency.name)
        })
    }));
    problems
}

impl Dependency {
    /// Tests may use what they like of the workspace.
    fn is_known_by_product(&self) -> bool {
        self.path.is_some() && self.kind.as_deref() != Some("dev")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, dependency: &str, kind: Option<&str>) -> Package {
        let path = Some(PathBuf::from("/w").join(dependency));
        Package {
            name: name.to_owned(),
            manifest_path: Path::new("/w").join(folder).join("Cargo.toml"),
            dependencies: vec![Dependency {
                name: dependency.to_owned(),
                kind: kind.map(str::to_owned),
                path,
            }],
        }
    }

    fn problems(package: &Package) -> Vec<String> {
        package_problems(package, Path::new("/w"))
    }

    #[test]
    fn a_crate_may_know_the_floors_below_and_its_elders() {
        assert!(problems(&package("catalog", "state/catalog", "model", None)).is_empty());
        assert!(problems(&package("catalog", "state/catalog", "engine", None)).is_empty());
    }

    #[test]
    fn a_crate_may_not_know_what_is_above_or_after_it() {
        let upwards = problems(&package("model", "foundation/model", "wire", None));
        assert_eq!(upwards, ["model: may not depend on wire, which is not below it"]);
        assert_eq!(problems(&package("sandbox", "execution/sandbox", "testkit", None)).len(), 1);
    }

    #[test]
    fn tests_may_use_what_they_like() {
        assert!(problems(&package("sandbox", "execution/sandbox", "testkit", Some("dev"))).is_empty());
    }

    #[test]
    fn a_crate_has_a_place_and_stands_there() {
        assert_eq!(problems(&package("stray", "state/stray", "model", None)).len(), 1);
        assert_eq!(
            problems(&package("catalog", "execution/catalog", "model", None)),
            ["catalog: belongs in state/catalog"]
        );
    }
}
