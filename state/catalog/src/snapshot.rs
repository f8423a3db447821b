//! What is stored, in memory: an immutable value that is replaced as a whole.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::{AccountId, FunctionArn, FunctionName, FunctionVersion, Qualifier, Region};

use crate::function::Function;

/// Functions of one account in one region know nothing of those of another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    pub account: AccountId,
    pub region: Region,
}

impl Scope {
    /// The unqualified ARN of a function of this name here, whether it exists or not.
    pub fn arn(&self, name: &FunctionName) -> FunctionArn {
        FunctionArn {
            region: self.region.clone(),
            account: self.account.clone(),
            name: name.clone(),
            qualifier: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error("there is no such function")]
    NoFunction,
    #[error("the function has no such version or alias")]
    NoQualifier,
}

/// What an account uses in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Every version counts its package again, as on AWS.
    pub code_bytes: u64,
    pub functions: u64,
}

type Functions = BTreeMap<FunctionName, Arc<Function>>;

#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    scopes: HashMap<Scope, Arc<Functions>>,
}

impl Snapshot {
    /// The version that an invocation is to run. `draw` is a random number from 0 (inclusive) to 1 (exclusive), which
    /// chooses between the versions of a weighted alias. While an update is in progress, `$LATEST` is what was
    /// before; the caller checks the version's state.
    pub fn resolve(
        &self,
        scope: &Scope,
        name: &FunctionName,
        qualifier: Option<&Qualifier>,
        draw: f64,
    ) -> Result<Arc<FunctionVersion>, ResolveError> {
        let function = self.function(scope, name).ok_or(ResolveError::NoFunction)?;
        function.resolve(qualifier, draw).cloned().ok_or(ResolveError::NoQualifier)
    }

    pub fn function(&self, scope: &Scope, name: &FunctionName) -> Option<&Arc<Function>> {
        self.scopes.get(scope)?.get(name)
    }

    /// By name; with `after`, only those behind it.
    pub fn functions(
        &self,
        scope: &Scope,
        after: Option<&FunctionName>,
    ) -> impl Iterator<Item = &Arc<Function>> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        let functions = self.scopes.get(scope).map(|functions| functions.range((from, Unbounded)));
        functions.into_iter().flatten().map(|(_, function)| function)
    }

    pub fn usage(&self, scope: &Scope) -> Usage {
        self.functions(scope, None).fold(Usage::default(), |usage, function| Usage {
            code_bytes: usage.code_bytes + function.code_bytes(),
            functions: usage.functions + 1,
        })
    }

    /// The functions of everybody.
    pub fn all(&self) -> impl Iterator<Item = (&Scope, &FunctionName, &Arc<Function>)> {
        self.scopes.iter().flat_map(|(scope, functions)| {
            functions.iter().map(move |(name, function)| (scope, name, function))
        })
    }

    /// None removes the function.
    pub(crate) fn set(&mut self, scope: &Scope, name: &FunctionName, function: Option<Arc<Function>>) {
        let functions = Arc::make_mut(self.scopes.entry(scope.clone()).or_default());
        match function {
            Some(function) => functions.insert(name.clone(), function),
            None => functions.remove(name),
        };
    }
}
