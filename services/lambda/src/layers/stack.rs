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
        let arns = self.stackable(context, &given)?;
        let stacked = self.catalog.stack_layers(arns).await;
        Ok(Setting::Set(stacked.map_err(LayerRefusal::Stack)?))
    }

    fn stackable(&self, context: &Context, given: &[String]) -> Result<Vec<LayerVersionArn>, Refusal> {
        if given.len() > limits::LAYERS_MAX {
            return Err(LayerRefusal::TooMany.into());
        }
        let mut arns: Vec<LayerVersionArn> = Vec::with_capacity(given.len());
        for text in given {
            let arn = text.parse::<LayerVersionArn>();
            let arn = arn.map_err(|_impossible| LayerRefusal::Unknown { arn: text.to_owned() })?;
            self.check_stackable(context, &arn)?;
            if let Some(first) = arns.iter().find(|there| there.layer == arn.layer).cloned() {
                return Err(LayerRefusal::Twice { first, second: arn }.into());
            }
            arns.push(arn);
        }
        Ok(arns)
    }

    fn check_stackable(&self, context: &Context, arn: &LayerVersionArn) -> Result<(), Refusal> {
        self.check_shared(context, arn)?;
        if arn.layer.region != context.region {
            return Err(LayerRefusal::OtherRegion { here: context.region.clone() }.into());
        }
        context.check_allowed(READ, &arn.layer, &arn.to_string())
    }
}
