//! Which function a request means, and whether its caller may.

use catalog::Scope;
use model::{FunctionArn, FunctionName, FunctionRef, Qualifier, VersionRef};

use crate::call::Context;
use crate::refusal::Refusal;

/// A function of the caller's account and region, whether it exists or not.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) scope: Scope,
    pub(crate) name: FunctionName,
    /// As the caller wrote it, in the name or beside it.
    pub(crate) qualifier: Option<Qualifier>,
}

impl Target {
    /// The ARN with the qualifier that the caller wrote.
    pub(crate) fn arn(&self) -> FunctionArn {
        self.scope.arn(&self.name).qualified(self.qualifier.clone())
    }

    pub(crate) fn not_found(&self) -> Refusal {
        Refusal::FunctionNotFound { arn: self.arn() }
    }
}

impl Context {
    pub(crate) fn scope(&self) -> Scope {
        Scope { account: self.caller.account.clone(), region: self.region.clone() }
    }

    /// For operations that are about no function.
    pub(crate) fn authorize(&self, action: &str) -> Result<Scope, Refusal> {
        self.caller.authorize(action, "*")?;
        Ok(self.scope())
    }

    /// The function that `name` means, in any of the forms that AWS takes. `qualifier` is the one beside the name.
    pub(crate) fn target(
        &self,
        action: &str,
        name: &str,
        qualifier: Option<&str>,
    ) -> Result<Target, Refusal> {
        let parsed = name.parse::<FunctionRef>();
        let reference = parsed.map_err(|_impossible| Refusal::ImpossibleName(name.to_owned()))?;
        let beside = qualifier.map(str::parse::<Qualifier>).transpose();
        let beside = beside.map_err(|_impossible| Refusal::ImpossibleName(name.to_owned()))?;
        if reference.qualifier.is_some() && beside.is_some() && reference.qualifier != beside {
            return Err(Refusal::QualifiersDiffer);
        }
        if let Some(region) = reference.region.filter(|region| *region != self.region) {
            return Err(Refusal::OtherRegion { named: region, here: self.region.clone() });
        }
        if reference.account.is_some_and(|account| account != self.caller.account) {
            return Err(Refusal::OtherAccount);
        }
        let qualifier = beside.or(reference.qualifier);
        let target = Target { scope: self.scope(), name: reference.name, qualifier };
        self.caller.authorize(action, &target.arn().to_string())?;
        Ok(target)
    }

    /// As [`Context::target`], for operations that can only mean `$LATEST`.
    pub(crate) fn latest_target(&self, action: &str, name: &str) -> Result<Target, Refusal> {
        let target = self.target(action, name, None)?;
        match target.qualifier {
            None | Some(Qualifier::Version(VersionRef::Latest)) => Ok(target),
            Some(_) => Err(Refusal::NotLatest),
        }
    }
}
