//! The layers that a function is given.

use catalog::{Setting, StackedLayers};
use model::{LayerVersionArn, limits};

use super::READ;
use crate::call::Context;
use crate::control::Control;
use crate::refusal::{LayerRefusal, Refusal};

impl Control {
    /// The layers merged; an empty list clears.
    pub(crate) async fn stack(
        &self,
        context: &Context,
        given: Option<Vec<String>>,
    ) -> Result<Setting<StackedLayers>, Refusal> {
        let Some(given) = given else { return Ok(Setting::Keep) };
        if given.is_empty() {
            return Ok(Setting::Clear);
        }
        let arns = context.stack(&given)?;
        let stacked = self.catalog.stack_layers(arns).await;
        Ok(Setting::Set(stacked.map_err(LayerRefusal::Stack)?))
    }
}

impl Context {
    fn stack(&self, given: &[String]) -> Result<Vec<LayerVersionArn>, Refusal> {
        if given.len() > limits::LAYERS_MAX {
            return Err(LayerRefusal::TooMany.into());
        }
        let mut arns: Vec<LayerVersionArn> = Vec::with_capacity(given.len());
        for text in given {
            let arn = self.stackable(text)?;
            if let Some(first) = arns.iter().find(|there| there.layer == arn.layer).cloned() {
                return Err(LayerRefusal::Twice { first, second: arn }.into());
            }
            arns.push(arn);
        }
        Ok(arns)
    }

    fn stackable(&self, text: &str) -> Result<LayerVersionArn, Refusal> {
        let parsed = text.parse::<LayerVersionArn>();
        let arn = parsed.map_err(|_impossible| LayerRefusal::Unknown { arn: text.to_owned() })?;
        if arn.layer.account == self.caller.account && arn.layer.region != self.region {
            return Err(LayerRefusal::OtherRegion { here: self.region.clone() }.into());
        }
        self.layer_version_arn(READ, text)
    }
}
