//! Creating, reading, listing, configuring and deleting functions.

use std::sync::Arc;

use catalog::{ConfigPatch, ConfigUpdate, Function, NewFunction};
use model::function::{Architecture, Program};
use model::{FunctionVersion, Qualifier, Runtime, VersionRef, limits};
use wire::lambda::{
    CreateFunctionRequest, DeleteFunctionRequest, DeleteFunctionResponse, FunctionCodeLocation,
    FunctionConfiguration, GetFunctionConfigurationRequest, GetFunctionRequest, GetFunctionResponse,
    ListFunctionsRequest, ListFunctionsResponse, Operation, UpdateFunctionConfigurationRequest,
};

use crate::absent;
use crate::call::Context;
use crate::control::{Answer, Control};
use crate::convert::config::{self, members};
use crate::convert::{InvalidMember, function};
use crate::images::{self, Source};
use crate::page::{page, read_marker};
use crate::refusal::Refusal;
use crate::tags::refuse_reserved;
use crate::target::Target;

impl Control {
    pub(crate) async fn create_function(&self, context: &Context, request: CreateFunctionRequest) -> Answer {
        let target = context.latest_target("lambda:CreateFunction", &request.function_name)?;
        if target.name.as_str().len() > limits::FUNCTION_NAME_MAX_BYTES {
            return Err(Refusal::LongName(request.function_name));
        }
        absent::in_creation(&request)?;
        let image = images::program(&request)?;
        let layers = request.layers.clone();
        let program = match image {
            Some(image) => image,
            None => self.runtime_program(&request)?,
        };
        let source = Source::of_creation(&request)?;
        let mut new = new_function(request, program)?;
        new.config.layers = self.stack(context, layers).await?;
        let package = self.code(source, context).await?;
        let created = self.catalog.create_function(target.scope, target.name, new, package).await?;
        Ok(Operation::CreateFunction.reply(&self.shown(&created, None)))
    }

    fn runtime_program(&self, request: &CreateFunctionRequest) -> Result<Program, Refusal> {
        let (Some(runtime), Some(handler)) = (request.runtime, request.handler.clone()) else {
            let text = "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
            return Err(InvalidMember::Value(text.to_owned()).into());
        };
        Ok(Program::Runtime { runtime: self.available(config::runtime(runtime)?)?, handler })
    }

    /// A function that could never run is refused when it is made, with what the host has instead.
    fn available(&self, runtime: Runtime) -> Result<Runtime, Refusal> {
        self.runtimes.entry(runtime)?;
        Ok(runtime)
    }

    pub(crate) async fn configure(
        &self,
        context: &Context,
        request: UpdateFunctionConfigurationRequest,
    ) -> Answer {
        let target = context.latest_target("lambda:UpdateFunctionConfiguration", &request.function_name)?;
        absent::in_configuration(&request)?;
        let (function, _) = self.find(&target)?;
        let layers = request.layers.clone();
        let attaches = layers.as_ref().is_some_and(|layers| !layers.is_empty());
        if attaches && matches!(function.latest().config.program, Program::Image(_)) {
            return Err(Refusal::RuntimeOfImage);
        }
        let mut update = self.config_update(request)?;
        update.config.layers = self.stack(context, layers).await?;
        let updated = self.catalog.configure(target.scope, target.name, update).await?;
        Ok(Operation::UpdateFunctionConfiguration.reply(&self.shown(&updated, None)))
    }

    fn config_update(
        &self,
        mut request: UpdateFunctionConfigurationRequest,
    ) -> Result<ConfigUpdate, Refusal> {
        let runtime = request.runtime.map(config::runtime).transpose()?;
        let runtime = runtime.map(|runtime| self.available(runtime)).transpose()?;
        let patch = members!(request).into_patch()?;
        let image = request.image_config.map(images::config).transpose()?;
        let config = ConfigPatch { role: request.role, handler: request.handler, runtime, image, ..patch };
        Ok(ConfigUpdate { config, revision: request.revision_id })
    }

    pub(crate) fn function(&self, context: &Context, request: &GetFunctionRequest) -> Answer {
        let target =
            context.target("lambda:GetFunction", &request.function_name, request.qualifier.as_deref())?;
        let (function, version) = self.find(&target)?;
        let tags = function.tags();
        let response = GetFunctionResponse {
            code: Some(self.location(&version, context)),
            tags: (!tags.is_empty()).then(|| tags.clone()),
            configuration: Some(self.shown(&version, target.qualifier)),
            ..GetFunctionResponse::default()
        };
        Ok(Operation::GetFunction.reply(&response))
    }

    fn location(&self, version: &FunctionVersion, context: &Context) -> FunctionCodeLocation {
        match &version.code.image {
            Some(image) => FunctionCodeLocation {
                repository_type: Some("ECR".to_owned()),
                image_uri: Some(image.uri.clone()),
                resolved_image_uri: Some(image.resolved_uri.clone()),
                ..FunctionCodeLocation::default()
            },
            None => FunctionCodeLocation {
                repository_type: Some("S3".to_owned()),
                location: Some(self.links.to(&context.host, &version.code.sha256.to_string())),
                ..FunctionCodeLocation::default()
            },
        }
    }

    pub(crate) fn function_configuration(
        &self,
        context: &Context,
        request: &GetFunctionConfigurationRequest,
    ) -> Answer {
        let (name, qualifier) = (&request.function_name, request.qualifier.as_deref());
        let target = context.target("lambda:GetFunctionConfiguration", name, qualifier)?;
        let (_, version) = self.find(&target)?;
        Ok(Operation::GetFunctionConfiguration.reply(&self.shown(&version, target.qualifier)))
    }

    pub(crate) fn list_functions(&self, context: &Context, request: &ListFunctionsRequest) -> Answer {
        let scope = context.authorize("lambda:ListFunctions")?;
        let after = read_marker(request.marker.as_deref(), parse_marker)?;
        let snapshot = self.catalog.snapshot();
        let all_versions = request.function_version.is_some();
        let functions = snapshot.functions(&scope, None).flat_map(|function| {
            let versions = function.versions().take(if all_versions { usize::MAX } else { 1 });
            versions.map(|version| ((version.arn.name.clone(), version.version), version))
        });
        let text = |(name, version): &(_, _)| format!("{name}:{version}");
        let page = page(functions, after.as_ref(), request.max_items, text);
        let qualifier =
            |version: &FunctionVersion| all_versions.then_some(Qualifier::Version(version.version));
        let items = page.items.into_iter().map(|version| function::listed(version, qualifier(version)));
        let response =
            ListFunctionsResponse { functions: Some(items.collect()), next_marker: page.next_marker };
        Ok(Operation::ListFunctions.reply(&response))
    }

    pub(crate) async fn delete_function(&self, context: &Context, request: &DeleteFunctionRequest) -> Answer {
        let target =
            context.target("lambda:DeleteFunction", &request.function_name, request.qualifier.as_deref())?;
        let Target { scope, name, qualifier } = target;
        match qualifier {
            None => self.catalog.delete_function(scope, name).await?,
            Some(Qualifier::Version(VersionRef::Published(number))) => {
                self.catalog.delete_version(scope, name, number).await?;
            }
            Some(Qualifier::Version(VersionRef::Latest)) => return Err(Refusal::DeletesLatest),
            Some(Qualifier::Alias(_) | Qualifier::Unknown(_)) => return Err(Refusal::DeletesAlias),
        }
        Ok(Operation::DeleteFunction.reply(&DeleteFunctionResponse { status_code: Some(204) }))
    }

    /// The function that a target names, with the version that its qualifier shows.
    pub(crate) fn find(&self, target: &Target) -> Result<(Arc<Function>, Arc<FunctionVersion>), Refusal> {
        let snapshot = self.catalog.snapshot();
        let function = snapshot.function(&target.scope, &target.name).ok_or_else(|| target.not_found())?;
        let version = function.find(target.qualifier.as_ref()).ok_or_else(|| target.not_found())?;
        Ok((function.clone(), version.clone()))
    }

    /// A version as everything but lists shows it.
    pub(crate) fn shown(
        &self,
        version: &FunctionVersion,
        qualifier: Option<Qualifier>,
    ) -> FunctionConfiguration {
        let entry = version.config.runtime().and_then(|runtime| self.runtimes.entry(runtime).ok());
        function::shown(version, qualifier, entry.as_deref())
    }
}

fn new_function(mut request: CreateFunctionRequest, program: Program) -> Result<NewFunction, Refusal> {
    let architecture = config::architecture(request.architectures.as_deref())?;
    refuse_reserved(request.tags.iter().flat_map(|tags| tags.keys()))?;
    Ok(NewFunction {
        role: request.role,
        program,
        architecture: architecture.unwrap_or(Architecture::X86_64),
        config: members!(request).into_patch()?,
        tags: request.tags.unwrap_or_default(),
        publish: request.publish.unwrap_or(false),
    })
}

fn parse_marker(text: &str) -> Option<(model::FunctionName, VersionRef)> {
    let (name, version) = text.rsplit_once(':')?;
    match version.parse() {
        Ok(Qualifier::Version(version)) => Some((name.parse().ok()?, version)),
        _ => None,
    }
}
