//! What AWS has and this server does not: refused, so that nobody takes it for granted.

use wire::lambda::{
    CreateFunctionRequest, FileSystemConfig, S3ObjectStorageMode, UpdateFunctionConfigurationRequest,
    VpcConfig,
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Absent {
    #[error("{0} is not supported by this server.")]
    Feature(&'static str),
    #[error(
        "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID '{0}' does not exist"
    )]
    Subnet(String),
    #[error(
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group '{0}' does not exist"
    )]
    SecurityGroup(String),
    #[error(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {0}."
    )]
    CodeSigningConfig(String),
}

pub(crate) fn in_creation(request: &CreateFunctionRequest) -> Result<(), Absent> {
    in_storage(request.code.s3_object_storage_mode, request.code.source_kms_key_arn.as_ref())?;
    refuse(request.publish_to.is_some(), "PublishTo")?;
    refuse(request.tenancy_config.is_some(), "TenancyConfig")?;
    refuse(request.capacity_provider_config.is_some(), "CapacityProviderConfig")?;
    refuse(request.durable_config.is_some(), "DurableConfig")?;
    refuse(request.runtime_config.is_some(), "RuntimeConfig")?;
    refuse(request.accelerator_config.is_some(), "AcceleratorConfig")?;
    if let Some(arn) = &request.code_signing_config_arn {
        return Err(Absent::CodeSigningConfig(arn.clone()));
    }
    in_file_systems(request.file_system_configs.as_deref())?;
    in_key(request.kms_key_arn.as_deref())?;
    in_vpc(request.vpc_config.as_ref())
}

pub(crate) fn in_configuration(request: &UpdateFunctionConfigurationRequest) -> Result<(), Absent> {
    refuse(request.capacity_provider_config.is_some(), "CapacityProviderConfig")?;
    refuse(request.durable_config.is_some(), "DurableConfig")?;
    refuse(request.runtime_config.is_some(), "RuntimeConfig")?;
    refuse(request.accelerator_config.is_some(), "AcceleratorConfig")?;
    in_file_systems(request.file_system_configs.as_deref())?;
    in_key(request.kms_key_arn.as_deref())?;
    in_vpc(request.vpc_config.as_ref())
}

pub(crate) fn in_storage(
    mode: Option<S3ObjectStorageMode>,
    source_key: Option<&String>,
) -> Result<(), Absent> {
    refuse(mode == Some(S3ObjectStorageMode::Reference), "S3ObjectStorageMode REFERENCE")?;
    refuse(source_key.is_some(), "SourceKMSKeyArn")
}

pub(crate) fn refuse(is_asked_for: bool, feature: &'static str) -> Result<(), Absent> {
    if is_asked_for { Err(Absent::Feature(feature)) } else { Ok(()) }
}

fn in_file_systems(configs: Option<&[FileSystemConfig]>) -> Result<(), Absent> {
    refuse(configs.is_some_and(|configs| !configs.is_empty()), "FileSystemConfigs")
}

fn in_key(arn: Option<&str>) -> Result<(), Absent> {
    refuse(arn.is_some_and(|arn| !arn.is_empty()), "KMSKeyArn")
}

/// There are no subnets and no security groups here, so none that is named exists. Empty lists detach.
fn in_vpc(config: Option<&VpcConfig>) -> Result<(), Absent> {
    let first = |ids: Option<&Vec<String>>| ids.and_then(|ids| ids.first().cloned());
    if let Some(subnet) = first(config.and_then(|config| config.subnet_ids.as_ref())) {
        return Err(Absent::Subnet(subnet));
    }
    if let Some(group) = first(config.and_then(|config| config.security_group_ids.as_ref())) {
        return Err(Absent::SecurityGroup(group));
    }
    Ok(())
}
