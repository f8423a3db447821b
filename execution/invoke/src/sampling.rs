//! Which invocations of actively traced functions are sampled: the first of each second and one in twenty of the rest,
//! as on AWS, where this is not configurable.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicI64, Ordering};

use model::{FunctionArn, Timestamp};

/// Of the rest.
const SHARE: f64 = 0.05;

/// Functions share these by chance, which only means that one of two has its first invocation of a second counted among
/// the rest. A table of all functions would need a lock and would grow.
const RESERVOIRS: usize = 1024;

/// Decides; without locks, and without memory that grows.
#[derive(Debug)]
pub(crate) struct Sampling {
    /// The second in which each had its first invocation.
    reservoirs: Box<[AtomicI64]>,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { reservoirs: (0..RESERVOIRS).map(|_index| AtomicI64::new(i64::MIN)).collect() }
    }
}

impl Sampling {
    /// `draw` is a number from 0, inclusive, to 1, exclusive.
    pub(crate) fn decide(&self, function: &FunctionArn, now: Timestamp, draw: f64) -> bool {
        let second = now.as_millis().div_euclid(1000);
        // Only the number itself matters, nothing that is written elsewhere.
        self.reservoir(function).swap(second, Ordering::Relaxed) != second || draw < SHARE
    }

    fn reservoir(&self, function: &FunctionArn) -> &AtomicI64 {
        let mut hasher = DefaultHasher::new();
        (&function.account, &function.region, &function.name).hash(&mut hasher);
        let index = hasher.finish() % RESERVOIRS as u64;
        &self.reservoirs[usize::try_from(index).unwrap_or_default()]
    }
}

#[cfg(test)]
mod tests {
    use model::FunctionRef;

    use super::*;

    fn arn(name: &str) -> FunctionArn {
        let text = format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
        let FunctionRef { region, account, name, qualifier } = text.parse().unwrap();
        FunctionArn { region: region.unwrap(), account: account.unwrap(), name, qualifier }
    }

    #[test]
    fn the_first_of_each_second_is_sampled_and_a_share_of_the_rest() {
        let sampling = Sampling::default();
        let at = |millis, draw| sampling.decide(&arn("f"), Timestamp::from_millis(millis), draw);
        assert!(at(5_000, 0.9));
        assert!(!at(5_001, 0.9) && !at(5_999, 0.05));
        assert!(at(5_999, 0.049));
        assert!(at(6_000, 0.9));
    }

    #[test]
    fn functions_are_counted_apart() {
        let sampling = Sampling::default();
        let now = Timestamp::from_millis(1_000);
        let sampled = (0..20).filter(|index| sampling.decide(&arn(&format!("f{index}")), now, 0.9)).count();
        assert!(sampled >= 18, "{sampled} of 20");
    }
}
