//! Which layer a request means, and whether its caller may.

use model::{LayerArn, LayerRef, LayerVersionArn, VersionNumber};

use crate::call::Context;
use crate::refusal::{LayerRefusal, Refusal};

impl Context {
    /// The layer that `name` means, which may be an ARN.
    pub(super) fn layer(&self, action: &'static str, name: &str) -> Result<LayerArn, Refusal> {
        let arn = self.named_layer(name)?;
        self.check_layer(action, &arn, arn.to_string())?;
        Ok(arn)
    }

    pub(super) fn layer_version(
        &self,
        action: &'static str,
        name: &str,
        number: i64,
    ) -> Result<LayerVersionArn, Refusal> {
        let number = u64::try_from(number).ok().and_then(VersionNumber::new);
        let arn = self.named_layer(name)?.version(number.ok_or(LayerRefusal::Number)?);
        self.check_layer(action, &arn.layer, arn.to_string())?;
        Ok(arn)
    }

    pub(super) fn layer_version_arn(
        &self,
        action: &'static str,
        text: &str,
    ) -> Result<LayerVersionArn, Refusal> {
        let arn = text.parse::<LayerVersionArn>().map_err(|_impossible| LayerRefusal::NotFound)?;
        self.check_layer(action, &arn.layer, arn.to_string())?;
        Ok(arn)
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

    /// What another account's layers allow is not looked at: there is no other account's layer here.
    fn check_layer(&self, action: &'static str, arn: &LayerArn, resource: String) -> Result<(), Refusal> {
        if arn.account != self.caller.account {
            let user = self.caller.to_string();
            return Err(LayerRefusal::OtherAccount { user, action, resource }.into());
        }
        if arn.region != self.region {
            return Err(LayerRefusal::NotFound.into());
        }
        Ok(self.caller.authorize(action, &resource)?)
    }
}
