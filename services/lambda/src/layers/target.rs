//! Which layer a request means, and whether its caller may.

use model::{LayerArn, LayerRef, LayerVersionArn, VersionNumber};

use super::READ;
use crate::call::Context;
use crate::control::Control;
use crate::refusal::{LayerRefusal, Refusal};

impl Control {
    pub(super) fn check_readable(&self, context: &Context, arn: &LayerVersionArn) -> Result<(), Refusal> {
        self.check_shared(context, arn)?;
        context.check_allowed(READ, &arn.layer, &arn.to_string())
    }

    /// The caller's account owns the version, or may use it by the owner's leave.
    pub(super) fn check_shared(&self, context: &Context, arn: &LayerVersionArn) -> Result<(), Refusal> {
        let layers = self.catalog.layers();
        let policy = layers.version(arn).and_then(|version| version.policy.as_ref());
        if policy.is_some_and(|policy| policy.allows(&context.caller.account)) {
            return Ok(());
        }
        context.check_own(READ, &arn.layer, &arn.to_string())
    }
}

impl Context {
    /// The layer that `name` means, which may be an ARN.
    pub(super) fn layer(&self, action: &'static str, name: &str) -> Result<LayerArn, Refusal> {
        let arn = self.named_layer(name)?;
        self.check_layer(action, &arn, &arn.to_string())?;
        Ok(arn)
    }

    /// One of the caller's own.
    pub(super) fn layer_version(
        &self,
        action: &'static str,
        name: &str,
        number: i64,
    ) -> Result<LayerVersionArn, Refusal> {
        let arn = self.named_layer_version(name, number)?;
        self.check_layer(action, &arn.layer, &arn.to_string())?;
        Ok(arn)
    }

    /// Anybody's.
    pub(super) fn named_layer_version(&self, name: &str, number: i64) -> Result<LayerVersionArn, Refusal> {
        let number = u64::try_from(number).ok().and_then(VersionNumber::new);
        Ok(self.named_layer(name)?.version(number.ok_or(LayerRefusal::Number)?))
    }

    fn named_layer(&self, name: &str) -> Result<LayerArn, Refusal> {
        match name.parse().map_err(|_impossible| LayerRefusal::NotFound)? {
            LayerRef::Arn(arn) => Ok(arn),
            LayerRef::Name(name) => {
                let (region, account) = (self.region.clone(), self.caller.account.clone());
                Ok(LayerArn { region, account, name })
            }
        }
    }

    fn check_layer(&self, action: &'static str, arn: &LayerArn, resource: &str) -> Result<(), Refusal> {
        self.check_own(action, arn, resource)?;
        self.check_allowed(action, arn, resource)
    }

    fn check_own(&self, action: &'static str, arn: &LayerArn, resource: &str) -> Result<(), Refusal> {
        if arn.account != self.caller.account {
            let (user, resource) = (self.caller.to_string(), resource.to_owned());
            return Err(LayerRefusal::OtherAccount { user, action, resource }.into());
        }
        Ok(())
    }

    /// The caller may by what its own account allows it, and in this region.
    pub(super) fn check_allowed(
        &self,
        action: &'static str,
        arn: &LayerArn,
        resource: &str,
    ) -> Result<(), Refusal> {
        if arn.region != self.region {
            return Err(LayerRefusal::NotFound.into());
        }
        Ok(self.caller.authorize(action, resource)?)
    }
}
