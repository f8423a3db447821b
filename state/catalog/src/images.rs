//! Images on their way here: named at once, pulled in the background, and the function's creation or update ends with
//! the pull.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use artifact::image::{PullError, Reference, Resolved};
use model::function::{Code, Failure, FailureCode};
use model::{CodeSha256, Image};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::handle::Catalog;
use crate::owner::Target;
use crate::packages::{Package, Packages};

/// Each unpacks on a thread of its own, and shares the network with the others.
const PULLS_MAX: usize = 4;

/// A registry that cannot be reached is asked again, after this long and then after longer.
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(1);

impl Catalog {
    /// Finds out what a reference means now; the layers are pulled once a function names the result.
    pub async fn resolve_image(&self, reference: &Reference) -> Result<Package, PullError> {
        let Resolved { digest, image } = self.packages.registries().resolve(reference).await?;
        let tree = digest.tree();
        // What an image takes is not counted as code, as on AWS.
        let code = Code {
            sha256: digest,
            size_bytes: 0,
            unzipped_bytes: 0,
            tree,
            image: Some(image),
            takes_sdk: false,
        };
        Ok(self.packages.take_in(code))
    }
}

/// The pulls that are under way, each for one function's change.
#[derive(Debug)]
pub(crate) struct Pulls {
    packages: Arc<Packages>,
    tasks: JoinSet<Pulled>,
    slots: Arc<Semaphore>,
    /// Two functions that wait for one image wait for one pull.
    turns: HashMap<CodeSha256, Arc<Mutex<()>>>,
}

/// How a pull ended.
#[derive(Debug)]
pub(crate) struct Pulled {
    pub(crate) target: Target,
    pub(crate) digest: CodeSha256,
    pub(crate) result: Result<(), Failure>,
}

impl Pulls {
    pub(crate) fn new(packages: Arc<Packages>) -> Pulls {
        let slots = Arc::new(Semaphore::new(PULLS_MAX));
        Pulls { packages, tasks: JoinSet::new(), slots, turns: HashMap::new() }
    }

    /// The pull ends no sooner than `end_at`.
    pub(crate) fn start(&mut self, target: Target, digest: CodeSha256, image: Image, end_at: Instant) {
        self.turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        let turn = self.turns.entry(digest).or_default().clone();
        let (packages, slots) = (self.packages.clone(), self.slots.clone());
        self.tasks.spawn(async move {
            let turn = turn.lock_owned().await;
            // Fails only when the semaphore is closed, and nobody closes it.
            let slot = slots.acquire_owned().await;
            let result = pull(&packages, &image).await;
            drop((slot, turn));
            sleep_until(end_at).await;
            Pulled { target, digest, result }
        });
    }

    /// The next that ends; never resolves while there is none. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Pulled {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(pulled)) => return pulled,
                Some(Err(error)) => tracing::error!(%error, "the pull of an image failed"),
                None => std::future::pending().await,
            }
        }
    }
}

async fn pull(packages: &Packages, image: &Image) -> Result<(), Failure> {
    let reference: Reference = image.resolved_uri.parse().map_err(|_invalid| {
        let reason = format!("{} is not the name of an image", image.resolved_uri);
        Failure { code: FailureCode::InternalError, reason }
    })?;
    let mut pause = FIRST_PAUSE;
    for _attempt in 1..ATTEMPTS {
        match packages.pull(&reference).await {
            Err(PullError::Unreachable(reason)) => {
                tracing::warn!(image = %reference, reason, "an image could not be pulled; it is tried again");
                sleep(pause).await;
                pause *= 4;
            }
            pulled => return pulled.map_err(|error| failure(&error, image)),
        }
    }
    packages.pull(&reference).await.map_err(|error| failure(&error, image))
}

/// AWS's words where it has some; it has the image in a registry of its own, which is always there.
fn failure(error: &PullError, image: &Image) -> Failure {
    let uri = &image.uri;
    let (code, reason) = match error {
        PullError::Denied => (
            FailureCode::ImageAccessDenied,
            "Lambda does not have permission to access the ECR image. Check the ECR permissions.".to_owned(),
        ),
        PullError::NotFound => (
            FailureCode::ImageDeleted,
            format!("Source image {uri} does not exist. Provide a valid source image."),
        ),
        PullError::Unsupported(_) => (
            FailureCode::InvalidImage,
            format!(
                "The image manifest, config or layer media type for the source image {uri} is not supported."
            ),
        ),
        PullError::Invalid(_) | PullError::Damaged(_) | PullError::Layer(_) | PullError::Protocol(_) => (
            FailureCode::InvalidImage,
            format!("Source image {uri} is not valid. Provide a valid source image. ({error})"),
        ),
        PullError::Unreachable(_) | PullError::TimedOut | PullError::Io(_) => {
            (FailureCode::InternalError, format!("Source image {uri} could not be pulled: {error}."))
        }
    };
    tracing::warn!(image = uri, %error, "an image was not pulled");
    Failure { code, reason }
}
