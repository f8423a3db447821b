// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use super::tables;
use super::{
    AcceleratorConfig, AliasRoutingConfiguration, AllowedPublishers, AmazonManagedKafkaEventSourceConfig,
    Architecture, CapacityProviderConfig, CapacityProviderPermissionsConfig, CapacityProviderScalingConfig,
    CapacityProviderState, CapacityProviderTelemetryConfig, CapacityProviderVpcConfig, CodeSigningPolicies,
    Cors, DeadLetterConfig, DestinationConfig, DocumentDBEventSourceConfig, DurableConfig, Environment,
    EphemeralStorage, ErrorObject, EventSourceMappingLoggingConfig, EventSourceMappingMetricsConfig,
    EventSourcePosition, ExecutionStatus, FileSystemConfig, FilterCriteria, FunctionCode,
    FunctionResponseType, FunctionRuntimeConfig, FunctionScalingConfig, FunctionUrlAuthType, FunctionVersion,
    FunctionVersionLatestPublished, ImageConfig, InstanceRequirements, InvocationType, InvokeMode,
    LayerVersionContentInput, LogType, LoggingConfig, OperationUpdate, PackageType, PropagateTags,
    ProvisionedPollerConfig, RecursiveLoop, ResponseStreamingInvocationType, Runtime, S3ObjectStorageMode,
    ScalingConfig, SelfManagedEventSource, SelfManagedKafkaEventSourceConfig, SnapStart,
    SourceAccessConfiguration, TenancyConfig, TracingConfig, UpdateRuntimeOn, VpcConfig,
};
use crate::request::Input;
use crate::scalar::Blob;
use crate::scalar::Timestamp;
use crate::service::Service;
use crate::shape::Shape;
use bytes::Bytes;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddLayerVersionPermissionRequest {
    pub layer_name: String,
    pub version_number: i64,
    pub statement_id: String,
    pub action: String,
    pub principal: String,
    pub organization_id: Option<String>,
    pub revision_id: Option<String>,
}

impl Input for AddLayerVersionPermissionRequest {
    const SHAPE: &'static Shape = &tables::ADD_LAYER_VERSION_PERMISSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddPermissionRequest {
    pub function_name: String,
    pub statement_id: String,
    pub action: String,
    pub principal: String,
    pub source_arn: Option<String>,
    pub function_url_auth_type: Option<FunctionUrlAuthType>,
    pub invoked_via_function_url: Option<bool>,
    pub source_account: Option<String>,
    pub event_source_token: Option<String>,
    pub qualifier: Option<String>,
    pub revision_id: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    pub principal_org_id: Option<String>,
}

impl Input for AddPermissionRequest {
    const SHAPE: &'static Shape = &tables::ADD_PERMISSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CheckpointDurableExecutionRequest {
    pub durable_execution_arn: String,
    pub checkpoint_token: String,
    pub updates: Option<Vec<OperationUpdate>>,
    pub client_token: Option<String>,
}

impl Input for CheckpointDurableExecutionRequest {
    const SHAPE: &'static Shape = &tables::CHECKPOINT_DURABLE_EXECUTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAliasRequest {
    pub function_name: String,
    pub name: String,
    pub function_version: String,
    pub description: Option<String>,
    pub routing_config: Option<AliasRoutingConfiguration>,
}

impl Input for CreateAliasRequest {
    const SHAPE: &'static Shape = &tables::CREATE_ALIAS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateCapacityProviderRequest {
    pub capacity_provider_name: String,
    pub vpc_config: CapacityProviderVpcConfig,
    pub permissions_config: CapacityProviderPermissionsConfig,
    pub instance_requirements: Option<InstanceRequirements>,
    pub capacity_provider_scaling_config: Option<CapacityProviderScalingConfig>,
    pub kms_key_arn: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
    pub propagate_tags: Option<PropagateTags>,
    pub telemetry_config: Option<CapacityProviderTelemetryConfig>,
}

impl Input for CreateCapacityProviderRequest {
    const SHAPE: &'static Shape = &tables::CREATE_CAPACITY_PROVIDER_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateCodeSigningConfigRequest {
    pub description: Option<String>,
    pub allowed_publishers: AllowedPublishers,
    pub code_signing_policies: Option<CodeSigningPolicies>,
    pub tags: Option<BTreeMap<String, String>>,
}

impl Input for CreateCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::CREATE_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateEventSourceMappingRequest {
    pub event_source_arn: Option<String>,
    pub function_name: String,
    pub enabled: Option<bool>,
    pub batch_size: Option<i32>,
    pub filter_criteria: Option<FilterCriteria>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub metrics_config: Option<EventSourceMappingMetricsConfig>,
    pub logging_config: Option<EventSourceMappingLoggingConfig>,
    pub scaling_config: Option<ScalingConfig>,
    pub maximum_batching_window_in_seconds: Option<i32>,
    pub parallelization_factor: Option<i32>,
    pub starting_position: Option<EventSourcePosition>,
    pub starting_position_timestamp: Option<Timestamp>,
    pub destination_config: Option<DestinationConfig>,
    pub maximum_record_age_in_seconds: Option<i32>,
    pub bisect_batch_on_function_error: Option<bool>,
    pub maximum_retry_attempts: Option<i32>,
    pub tags: Option<BTreeMap<String, String>>,
    pub tumbling_window_in_seconds: Option<i32>,
    pub topics: Option<Vec<String>>,
    pub queues: Option<Vec<String>>,
    pub source_access_configurations: Option<Vec<SourceAccessConfiguration>>,
    pub self_managed_event_source: Option<SelfManagedEventSource>,
    pub function_response_types: Option<Vec<FunctionResponseType>>,
    pub amazon_managed_kafka_event_source_config: Option<AmazonManagedKafkaEventSourceConfig>,
    pub self_managed_kafka_event_source_config: Option<SelfManagedKafkaEventSourceConfig>,
    #[serde(rename = "DocumentDBEventSourceConfig")]
    pub document_db_event_source_config: Option<DocumentDBEventSourceConfig>,
    pub provisioned_poller_config: Option<ProvisionedPollerConfig>,
}

impl Input for CreateEventSourceMappingRequest {
    const SHAPE: &'static Shape = &tables::CREATE_EVENT_SOURCE_MAPPING_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateFunctionRequest {
    pub function_name: String,
    pub runtime: Option<Runtime>,
    pub role: String,
    pub handler: Option<String>,
    pub code: FunctionCode,
    pub description: Option<String>,
    pub timeout: Option<i32>,
    pub memory_size: Option<i32>,
    pub publish: Option<bool>,
    pub publish_to: Option<FunctionVersionLatestPublished>,
    pub vpc_config: Option<VpcConfig>,
    pub package_type: Option<PackageType>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    pub environment: Option<Environment>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub tracing_config: Option<TracingConfig>,
    pub tags: Option<BTreeMap<String, String>>,
    pub layers: Option<Vec<String>>,
    pub file_system_configs: Option<Vec<FileSystemConfig>>,
    pub code_signing_config_arn: Option<String>,
    pub image_config: Option<ImageConfig>,
    pub architectures: Option<Vec<Architecture>>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub snap_start: Option<SnapStart>,
    pub logging_config: Option<LoggingConfig>,
    pub tenancy_config: Option<TenancyConfig>,
    pub capacity_provider_config: Option<CapacityProviderConfig>,
    pub durable_config: Option<DurableConfig>,
    pub runtime_config: Option<FunctionRuntimeConfig>,
    pub accelerator_config: Option<AcceleratorConfig>,
}

impl Input for CreateFunctionRequest {
    const SHAPE: &'static Shape = &tables::CREATE_FUNCTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateFunctionUrlConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
    pub auth_type: FunctionUrlAuthType,
    pub cors: Option<Cors>,
    pub invoke_mode: Option<InvokeMode>,
}

impl Input for CreateFunctionUrlConfigRequest {
    const SHAPE: &'static Shape = &tables::CREATE_FUNCTION_URL_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAliasRequest {
    pub function_name: String,
    pub name: String,
}

impl Input for DeleteAliasRequest {
    const SHAPE: &'static Shape = &tables::DELETE_ALIAS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteCapacityProviderRequest {
    pub capacity_provider_name: String,
}

impl Input for DeleteCapacityProviderRequest {
    const SHAPE: &'static Shape = &tables::DELETE_CAPACITY_PROVIDER_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteCodeSigningConfigRequest {
    pub code_signing_config_arn: String,
}

impl Input for DeleteCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::DELETE_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteDurableExecutionRequest {
    pub durable_execution_arn: String,
}

impl Input for DeleteDurableExecutionRequest {
    const SHAPE: &'static Shape = &tables::DELETE_DURABLE_EXECUTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteEventSourceMappingRequest {
    #[serde(rename = "UUID")]
    pub uuid: String,
}

impl Input for DeleteEventSourceMappingRequest {
    const SHAPE: &'static Shape = &tables::DELETE_EVENT_SOURCE_MAPPING_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionCodeSigningConfigRequest {
    pub function_name: String,
}

impl Input for DeleteFunctionCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::DELETE_FUNCTION_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionConcurrencyRequest {
    pub function_name: String,
}

impl Input for DeleteFunctionConcurrencyRequest {
    const SHAPE: &'static Shape = &tables::DELETE_FUNCTION_CONCURRENCY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionEventInvokeConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for DeleteFunctionEventInvokeConfigRequest {
    const SHAPE: &'static Shape = &tables::DELETE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for DeleteFunctionRequest {
    const SHAPE: &'static Shape = &tables::DELETE_FUNCTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunctionUrlConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for DeleteFunctionUrlConfigRequest {
    const SHAPE: &'static Shape = &tables::DELETE_FUNCTION_URL_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLayerVersionRequest {
    pub layer_name: String,
    pub version_number: i64,
}

impl Input for DeleteLayerVersionRequest {
    const SHAPE: &'static Shape = &tables::DELETE_LAYER_VERSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteProvisionedConcurrencyConfigRequest {
    pub function_name: String,
    pub qualifier: String,
}

impl Input for DeleteProvisionedConcurrencyConfigRequest {
    const SHAPE: &'static Shape = &tables::DELETE_PROVISIONED_CONCURRENCY_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteResourcePolicyRequest {
    pub resource_arn: String,
    pub revision_id: Option<String>,
}

impl Input for DeleteResourcePolicyRequest {
    const SHAPE: &'static Shape = &tables::DELETE_RESOURCE_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct GetAccountSettingsRequest {}

impl Input for GetAccountSettingsRequest {
    const SHAPE: &'static Shape = &tables::GET_ACCOUNT_SETTINGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAliasRequest {
    pub function_name: String,
    pub name: String,
}

impl Input for GetAliasRequest {
    const SHAPE: &'static Shape = &tables::GET_ALIAS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCapacityProviderRequest {
    pub capacity_provider_name: String,
}

impl Input for GetCapacityProviderRequest {
    const SHAPE: &'static Shape = &tables::GET_CAPACITY_PROVIDER_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCodeSigningConfigRequest {
    pub code_signing_config_arn: String,
}

impl Input for GetCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDurableExecutionHistoryRequest {
    pub durable_execution_arn: String,
    pub include_execution_data: Option<bool>,
    pub max_items: Option<i32>,
    pub marker: Option<String>,
    pub reverse_order: Option<bool>,
}

impl Input for GetDurableExecutionHistoryRequest {
    const SHAPE: &'static Shape = &tables::GET_DURABLE_EXECUTION_HISTORY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDurableExecutionRequest {
    pub durable_execution_arn: String,
    pub include_execution_data: Option<bool>,
}

impl Input for GetDurableExecutionRequest {
    const SHAPE: &'static Shape = &tables::GET_DURABLE_EXECUTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDurableExecutionStateRequest {
    pub durable_execution_arn: String,
    pub checkpoint_token: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for GetDurableExecutionStateRequest {
    const SHAPE: &'static Shape = &tables::GET_DURABLE_EXECUTION_STATE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetEventSourceMappingRequest {
    #[serde(rename = "UUID")]
    pub uuid: String,
}

impl Input for GetEventSourceMappingRequest {
    const SHAPE: &'static Shape = &tables::GET_EVENT_SOURCE_MAPPING_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionCodeSigningConfigRequest {
    pub function_name: String,
}

impl Input for GetFunctionCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionConcurrencyRequest {
    pub function_name: String,
}

impl Input for GetFunctionConcurrencyRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_CONCURRENCY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionConfigurationRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for GetFunctionConfigurationRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_CONFIGURATION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionEventInvokeConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for GetFunctionEventInvokeConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionRecursionConfigRequest {
    pub function_name: String,
}

impl Input for GetFunctionRecursionConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_RECURSION_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for GetFunctionRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionScalingConfigRequest {
    pub function_name: String,
    pub qualifier: String,
}

impl Input for GetFunctionScalingConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_SCALING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetFunctionUrlConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for GetFunctionUrlConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_FUNCTION_URL_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLayerVersionByArnRequest {
    pub arn: String,
}

impl Input for GetLayerVersionByArnRequest {
    const SHAPE: &'static Shape = &tables::GET_LAYER_VERSION_BY_ARN_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLayerVersionPolicyRequest {
    pub layer_name: String,
    pub version_number: i64,
}

impl Input for GetLayerVersionPolicyRequest {
    const SHAPE: &'static Shape = &tables::GET_LAYER_VERSION_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLayerVersionRequest {
    pub layer_name: String,
    pub version_number: i64,
}

impl Input for GetLayerVersionRequest {
    const SHAPE: &'static Shape = &tables::GET_LAYER_VERSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicyRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for GetPolicyRequest {
    const SHAPE: &'static Shape = &tables::GET_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetProvisionedConcurrencyConfigRequest {
    pub function_name: String,
    pub qualifier: String,
}

impl Input for GetProvisionedConcurrencyConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_PROVISIONED_CONCURRENCY_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetResourcePolicyRequest {
    pub resource_arn: String,
}

impl Input for GetResourcePolicyRequest {
    const SHAPE: &'static Shape = &tables::GET_RESOURCE_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetRuntimeManagementConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
}

impl Input for GetRuntimeManagementConfigRequest {
    const SHAPE: &'static Shape = &tables::GET_RUNTIME_MANAGEMENT_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvocationRequest {
    pub function_name: String,
    pub invocation_type: Option<InvocationType>,
    pub log_type: Option<LogType>,
    pub client_context: Option<String>,
    pub durable_execution_name: Option<String>,
    #[serde(skip)]
    pub payload: Bytes,
    pub qualifier: Option<String>,
    pub tenant_id: Option<String>,
}

impl fmt::Debug for InvocationRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InvocationRequest")
            .field("function_name", &self.function_name)
            .field("invocation_type", &self.invocation_type)
            .field("log_type", &self.log_type)
            .field("client_context", &self.client_context)
            .field("durable_execution_name", &self.durable_execution_name)
            .field("qualifier", &self.qualifier)
            .field("tenant_id", &self.tenant_id)
            .finish_non_exhaustive()
    }
}

impl Input for InvocationRequest {
    const SHAPE: &'static Shape = &tables::INVOCATION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;

    fn set_payload(&mut self, payload: Bytes) {
        self.payload = payload;
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvokeAsyncRequest {
    pub function_name: String,
    #[serde(skip)]
    pub invoke_args: Bytes,
}

impl Input for InvokeAsyncRequest {
    const SHAPE: &'static Shape = &tables::INVOKE_ASYNC_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;

    fn set_payload(&mut self, payload: Bytes) {
        self.invoke_args = payload;
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvokeWithResponseStreamRequest {
    pub function_name: String,
    pub log_type: Option<LogType>,
    pub client_context: Option<String>,
    pub qualifier: Option<String>,
    #[serde(skip)]
    pub payload: Bytes,
    pub tenant_id: Option<String>,
    pub invocation_type: Option<ResponseStreamingInvocationType>,
}

impl fmt::Debug for InvokeWithResponseStreamRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InvokeWithResponseStreamRequest")
            .field("function_name", &self.function_name)
            .field("log_type", &self.log_type)
            .field("client_context", &self.client_context)
            .field("qualifier", &self.qualifier)
            .field("tenant_id", &self.tenant_id)
            .field("invocation_type", &self.invocation_type)
            .finish_non_exhaustive()
    }
}

impl Input for InvokeWithResponseStreamRequest {
    const SHAPE: &'static Shape = &tables::INVOKE_WITH_RESPONSE_STREAM_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;

    fn set_payload(&mut self, payload: Bytes) {
        self.payload = payload;
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAliasesRequest {
    pub function_name: String,
    pub function_version: Option<String>,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListAliasesRequest {
    const SHAPE: &'static Shape = &tables::LIST_ALIASES_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListCapacityProvidersRequest {
    pub state: Option<CapacityProviderState>,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListCapacityProvidersRequest {
    const SHAPE: &'static Shape = &tables::LIST_CAPACITY_PROVIDERS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListCodeSigningConfigsRequest {
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListCodeSigningConfigsRequest {
    const SHAPE: &'static Shape = &tables::LIST_CODE_SIGNING_CONFIGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDurableExecutionsByFunctionRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
    pub durable_execution_name: Option<String>,
    pub statuses: Option<Vec<ExecutionStatus>>,
    pub started_after: Option<Timestamp>,
    pub started_before: Option<Timestamp>,
    pub reverse_order: Option<bool>,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListDurableExecutionsByFunctionRequest {
    const SHAPE: &'static Shape = &tables::LIST_DURABLE_EXECUTIONS_BY_FUNCTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListEventSourceMappingsRequest {
    pub event_source_arn: Option<String>,
    pub function_name: Option<String>,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListEventSourceMappingsRequest {
    const SHAPE: &'static Shape = &tables::LIST_EVENT_SOURCE_MAPPINGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionEventInvokeConfigsRequest {
    pub function_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListFunctionEventInvokeConfigsRequest {
    const SHAPE: &'static Shape = &tables::LIST_FUNCTION_EVENT_INVOKE_CONFIGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionUrlConfigsRequest {
    pub function_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListFunctionUrlConfigsRequest {
    const SHAPE: &'static Shape = &tables::LIST_FUNCTION_URL_CONFIGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionVersionsByCapacityProviderRequest {
    pub capacity_provider_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListFunctionVersionsByCapacityProviderRequest {
    const SHAPE: &'static Shape = &tables::LIST_FUNCTION_VERSIONS_BY_CAPACITY_PROVIDER_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionsByCodeSigningConfigRequest {
    pub code_signing_config_arn: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListFunctionsByCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFunctionsRequest {
    pub master_region: Option<String>,
    pub function_version: Option<FunctionVersion>,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListFunctionsRequest {
    const SHAPE: &'static Shape = &tables::LIST_FUNCTIONS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListLayerVersionsRequest {
    pub compatible_architecture: Option<Architecture>,
    pub compatible_runtime: Option<Runtime>,
    pub layer_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListLayerVersionsRequest {
    const SHAPE: &'static Shape = &tables::LIST_LAYER_VERSIONS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListLayersRequest {
    pub compatible_architecture: Option<Architecture>,
    pub compatible_runtime: Option<Runtime>,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListLayersRequest {
    const SHAPE: &'static Shape = &tables::LIST_LAYERS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListProvisionedConcurrencyConfigsRequest {
    pub function_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListProvisionedConcurrencyConfigsRequest {
    const SHAPE: &'static Shape = &tables::LIST_PROVISIONED_CONCURRENCY_CONFIGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsRequest {
    pub resource: String,
}

impl Input for ListTagsRequest {
    const SHAPE: &'static Shape = &tables::LIST_TAGS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVersionsByFunctionRequest {
    pub function_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i32>,
}

impl Input for ListVersionsByFunctionRequest {
    const SHAPE: &'static Shape = &tables::LIST_VERSIONS_BY_FUNCTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PauseDurableExecutionRequest {
    pub durable_execution_arn: String,
    pub client_token: Option<String>,
    pub reason: Option<String>,
    pub execution_timeout_paused: Option<bool>,
}

impl fmt::Debug for PauseDurableExecutionRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PauseDurableExecutionRequest")
            .field("durable_execution_arn", &self.durable_execution_arn)
            .field("client_token", &self.client_token)
            .field("execution_timeout_paused", &self.execution_timeout_paused)
            .finish_non_exhaustive()
    }
}

impl Input for PauseDurableExecutionRequest {
    const SHAPE: &'static Shape = &tables::PAUSE_DURABLE_EXECUTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishLayerVersionRequest {
    pub layer_name: String,
    pub description: Option<String>,
    pub content: LayerVersionContentInput,
    pub compatible_architectures: Option<Vec<Architecture>>,
    pub compatible_runtimes: Option<Vec<Runtime>>,
    pub license_info: Option<String>,
}

impl Input for PublishLayerVersionRequest {
    const SHAPE: &'static Shape = &tables::PUBLISH_LAYER_VERSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishVersionRequest {
    pub function_name: String,
    pub code_sha256: Option<String>,
    pub description: Option<String>,
    pub revision_id: Option<String>,
    pub publish_to: Option<FunctionVersionLatestPublished>,
}

impl Input for PublishVersionRequest {
    const SHAPE: &'static Shape = &tables::PUBLISH_VERSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionCodeSigningConfigRequest {
    pub code_signing_config_arn: String,
    pub function_name: String,
}

impl Input for PutFunctionCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::PUT_FUNCTION_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionConcurrencyRequest {
    pub function_name: String,
    pub reserved_concurrent_executions: i32,
}

impl Input for PutFunctionConcurrencyRequest {
    const SHAPE: &'static Shape = &tables::PUT_FUNCTION_CONCURRENCY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionEventInvokeConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
    pub maximum_retry_attempts: Option<i32>,
    pub maximum_event_age_in_seconds: Option<i32>,
    pub destination_config: Option<DestinationConfig>,
}

impl Input for PutFunctionEventInvokeConfigRequest {
    const SHAPE: &'static Shape = &tables::PUT_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionRecursionConfigRequest {
    pub function_name: String,
    pub recursive_loop: RecursiveLoop,
}

impl Input for PutFunctionRecursionConfigRequest {
    const SHAPE: &'static Shape = &tables::PUT_FUNCTION_RECURSION_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionScalingConfigRequest {
    pub function_name: String,
    pub qualifier: String,
    pub function_scaling_config: Option<FunctionScalingConfig>,
}

impl Input for PutFunctionScalingConfigRequest {
    const SHAPE: &'static Shape = &tables::PUT_FUNCTION_SCALING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutProvisionedConcurrencyConfigRequest {
    pub function_name: String,
    pub qualifier: String,
    pub provisioned_concurrent_executions: i32,
}

impl Input for PutProvisionedConcurrencyConfigRequest {
    const SHAPE: &'static Shape = &tables::PUT_PROVISIONED_CONCURRENCY_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutResourcePolicyRequest {
    pub resource_arn: String,
    pub policy: String,
    pub revision_id: Option<String>,
}

impl Input for PutResourcePolicyRequest {
    const SHAPE: &'static Shape = &tables::PUT_RESOURCE_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutRuntimeManagementConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
    pub update_runtime_on: UpdateRuntimeOn,
    pub runtime_version_arn: Option<String>,
}

impl Input for PutRuntimeManagementConfigRequest {
    const SHAPE: &'static Shape = &tables::PUT_RUNTIME_MANAGEMENT_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveLayerVersionPermissionRequest {
    pub layer_name: String,
    pub version_number: i64,
    pub statement_id: String,
    pub revision_id: Option<String>,
}

impl Input for RemoveLayerVersionPermissionRequest {
    const SHAPE: &'static Shape = &tables::REMOVE_LAYER_VERSION_PERMISSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemovePermissionRequest {
    pub function_name: String,
    pub statement_id: String,
    pub qualifier: Option<String>,
    pub revision_id: Option<String>,
}

impl Input for RemovePermissionRequest {
    const SHAPE: &'static Shape = &tables::REMOVE_PERMISSION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResumeDurableExecutionRequest {
    pub durable_execution_arn: String,
    pub client_token: Option<String>,
    pub reason: Option<String>,
}

impl fmt::Debug for ResumeDurableExecutionRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ResumeDurableExecutionRequest")
            .field("durable_execution_arn", &self.durable_execution_arn)
            .field("client_token", &self.client_token)
            .finish_non_exhaustive()
    }
}

impl Input for ResumeDurableExecutionRequest {
    const SHAPE: &'static Shape = &tables::RESUME_DURABLE_EXECUTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendDurableExecutionCallbackFailureRequest {
    pub callback_id: String,
    pub error: Option<ErrorObject>,
}

impl Input for SendDurableExecutionCallbackFailureRequest {
    const SHAPE: &'static Shape = &tables::SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendDurableExecutionCallbackHeartbeatRequest {
    pub callback_id: String,
}

impl Input for SendDurableExecutionCallbackHeartbeatRequest {
    const SHAPE: &'static Shape = &tables::SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendDurableExecutionCallbackSuccessRequest {
    pub callback_id: String,
    #[serde(skip)]
    pub result: Bytes,
}

impl fmt::Debug for SendDurableExecutionCallbackSuccessRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SendDurableExecutionCallbackSuccessRequest")
            .field("callback_id", &self.callback_id)
            .finish_non_exhaustive()
    }
}

impl Input for SendDurableExecutionCallbackSuccessRequest {
    const SHAPE: &'static Shape = &tables::SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;

    fn set_payload(&mut self, payload: Bytes) {
        self.result = payload;
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopDurableExecutionRequest {
    pub durable_execution_arn: String,
    pub error: Option<ErrorObject>,
}

impl Input for StopDurableExecutionRequest {
    const SHAPE: &'static Shape = &tables::STOP_DURABLE_EXECUTION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourceRequest {
    pub resource: String,
    pub tags: BTreeMap<String, String>,
}

impl Input for TagResourceRequest {
    const SHAPE: &'static Shape = &tables::TAG_RESOURCE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResourceRequest {
    pub resource: String,
    pub tag_keys: Vec<String>,
}

impl Input for UntagResourceRequest {
    const SHAPE: &'static Shape = &tables::UNTAG_RESOURCE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAliasRequest {
    pub function_name: String,
    pub name: String,
    pub function_version: Option<String>,
    pub description: Option<String>,
    pub routing_config: Option<AliasRoutingConfiguration>,
    pub revision_id: Option<String>,
}

impl Input for UpdateAliasRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_ALIAS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateCapacityProviderRequest {
    pub capacity_provider_name: String,
    pub capacity_provider_scaling_config: Option<CapacityProviderScalingConfig>,
    pub propagate_tags: Option<PropagateTags>,
    pub telemetry_config: Option<CapacityProviderTelemetryConfig>,
}

impl Input for UpdateCapacityProviderRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_CAPACITY_PROVIDER_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateCodeSigningConfigRequest {
    pub code_signing_config_arn: String,
    pub description: Option<String>,
    pub allowed_publishers: Option<AllowedPublishers>,
    pub code_signing_policies: Option<CodeSigningPolicies>,
}

impl Input for UpdateCodeSigningConfigRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_CODE_SIGNING_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateEventSourceMappingRequest {
    #[serde(rename = "UUID")]
    pub uuid: String,
    pub function_name: Option<String>,
    pub enabled: Option<bool>,
    pub batch_size: Option<i32>,
    pub filter_criteria: Option<FilterCriteria>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub metrics_config: Option<EventSourceMappingMetricsConfig>,
    pub logging_config: Option<EventSourceMappingLoggingConfig>,
    pub scaling_config: Option<ScalingConfig>,
    pub maximum_batching_window_in_seconds: Option<i32>,
    pub parallelization_factor: Option<i32>,
    pub destination_config: Option<DestinationConfig>,
    pub maximum_record_age_in_seconds: Option<i32>,
    pub bisect_batch_on_function_error: Option<bool>,
    pub maximum_retry_attempts: Option<i32>,
    pub tumbling_window_in_seconds: Option<i32>,
    pub source_access_configurations: Option<Vec<SourceAccessConfiguration>>,
    pub function_response_types: Option<Vec<FunctionResponseType>>,
    pub amazon_managed_kafka_event_source_config: Option<AmazonManagedKafkaEventSourceConfig>,
    pub self_managed_kafka_event_source_config: Option<SelfManagedKafkaEventSourceConfig>,
    #[serde(rename = "DocumentDBEventSourceConfig")]
    pub document_db_event_source_config: Option<DocumentDBEventSourceConfig>,
    pub provisioned_poller_config: Option<ProvisionedPollerConfig>,
}

impl Input for UpdateEventSourceMappingRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_EVENT_SOURCE_MAPPING_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionCodeRequest {
    pub function_name: String,
    pub zip_file: Option<Blob>,
    pub s3_bucket: Option<String>,
    pub s3_key: Option<String>,
    pub s3_object_version: Option<String>,
    pub s3_object_storage_mode: Option<S3ObjectStorageMode>,
    pub image_uri: Option<String>,
    pub architectures: Option<Vec<Architecture>>,
    pub publish: Option<bool>,
    pub publish_to: Option<FunctionVersionLatestPublished>,
    pub dry_run: Option<bool>,
    pub revision_id: Option<String>,
    #[serde(rename = "SourceKMSKeyArn")]
    pub source_kms_key_arn: Option<String>,
}

impl fmt::Debug for UpdateFunctionCodeRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UpdateFunctionCodeRequest")
            .field("function_name", &self.function_name)
            .field("s3_bucket", &self.s3_bucket)
            .field("s3_key", &self.s3_key)
            .field("s3_object_version", &self.s3_object_version)
            .field("s3_object_storage_mode", &self.s3_object_storage_mode)
            .field("image_uri", &self.image_uri)
            .field("architectures", &self.architectures)
            .field("publish", &self.publish)
            .field("publish_to", &self.publish_to)
            .field("dry_run", &self.dry_run)
            .field("revision_id", &self.revision_id)
            .field("source_kms_key_arn", &self.source_kms_key_arn)
            .finish_non_exhaustive()
    }
}

impl Input for UpdateFunctionCodeRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_FUNCTION_CODE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionConfigurationRequest {
    pub function_name: String,
    pub role: Option<String>,
    pub handler: Option<String>,
    pub description: Option<String>,
    pub timeout: Option<i32>,
    pub memory_size: Option<i32>,
    pub vpc_config: Option<VpcConfig>,
    pub environment: Option<Environment>,
    pub runtime: Option<Runtime>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    pub tracing_config: Option<TracingConfig>,
    pub revision_id: Option<String>,
    pub layers: Option<Vec<String>>,
    pub file_system_configs: Option<Vec<FileSystemConfig>>,
    pub image_config: Option<ImageConfig>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub snap_start: Option<SnapStart>,
    pub logging_config: Option<LoggingConfig>,
    pub capacity_provider_config: Option<CapacityProviderConfig>,
    pub durable_config: Option<DurableConfig>,
    pub runtime_config: Option<FunctionRuntimeConfig>,
    pub accelerator_config: Option<AcceleratorConfig>,
}

impl Input for UpdateFunctionConfigurationRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_FUNCTION_CONFIGURATION_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionEventInvokeConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
    pub maximum_retry_attempts: Option<i32>,
    pub maximum_event_age_in_seconds: Option<i32>,
    pub destination_config: Option<DestinationConfig>,
}

impl Input for UpdateFunctionEventInvokeConfigRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionUrlConfigRequest {
    pub function_name: String,
    pub qualifier: Option<String>,
    pub auth_type: Option<FunctionUrlAuthType>,
    pub cors: Option<Cors>,
    pub invoke_mode: Option<InvokeMode>,
}

impl Input for UpdateFunctionUrlConfigRequest {
    const SHAPE: &'static Shape = &tables::UPDATE_FUNCTION_URL_CONFIG_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[cfg(test)]
pub(crate) fn read_any(
    operation: super::Operation,
    request: &crate::Request,
) -> Result<(), serde_json::Error> {
    match operation {
        super::Operation::AddLayerVersionPermission => request.read::<AddLayerVersionPermissionRequest>(),
        super::Operation::AddPermission => request.read::<AddPermissionRequest>(),
        super::Operation::CheckpointDurableExecution => request.read::<CheckpointDurableExecutionRequest>(),
        super::Operation::CreateAlias => request.read::<CreateAliasRequest>(),
        super::Operation::CreateCapacityProvider => request.read::<CreateCapacityProviderRequest>(),
        super::Operation::CreateCodeSigningConfig => request.read::<CreateCodeSigningConfigRequest>(),
        super::Operation::CreateEventSourceMapping => request.read::<CreateEventSourceMappingRequest>(),
        super::Operation::CreateFunction => request.read::<CreateFunctionRequest>(),
        super::Operation::CreateFunctionUrlConfig => request.read::<CreateFunctionUrlConfigRequest>(),
        super::Operation::DeleteAlias => request.read::<DeleteAliasRequest>(),
        super::Operation::DeleteCapacityProvider => request.read::<DeleteCapacityProviderRequest>(),
        super::Operation::DeleteCodeSigningConfig => request.read::<DeleteCodeSigningConfigRequest>(),
        super::Operation::DeleteDurableExecution => request.read::<DeleteDurableExecutionRequest>(),
        super::Operation::DeleteEventSourceMapping => request.read::<DeleteEventSourceMappingRequest>(),
        super::Operation::DeleteFunction => request.read::<DeleteFunctionRequest>(),
        super::Operation::DeleteFunctionCodeSigningConfig => {
            request.read::<DeleteFunctionCodeSigningConfigRequest>()
        }
        super::Operation::DeleteFunctionConcurrency => request.read::<DeleteFunctionConcurrencyRequest>(),
        super::Operation::DeleteFunctionEventInvokeConfig => {
            request.read::<DeleteFunctionEventInvokeConfigRequest>()
        }
        super::Operation::DeleteFunctionUrlConfig => request.read::<DeleteFunctionUrlConfigRequest>(),
        super::Operation::DeleteLayerVersion => request.read::<DeleteLayerVersionRequest>(),
        super::Operation::DeleteProvisionedConcurrencyConfig => {
            request.read::<DeleteProvisionedConcurrencyConfigRequest>()
        }
        super::Operation::DeleteResourcePolicy => request.read::<DeleteResourcePolicyRequest>(),
        super::Operation::GetAccountSettings => request.read::<GetAccountSettingsRequest>(),
        super::Operation::GetAlias => request.read::<GetAliasRequest>(),
        super::Operation::GetCapacityProvider => request.read::<GetCapacityProviderRequest>(),
        super::Operation::GetCodeSigningConfig => request.read::<GetCodeSigningConfigRequest>(),
        super::Operation::GetDurableExecution => request.read::<GetDurableExecutionRequest>(),
        super::Operation::GetDurableExecutionHistory => request.read::<GetDurableExecutionHistoryRequest>(),
        super::Operation::GetDurableExecutionState => request.read::<GetDurableExecutionStateRequest>(),
        super::Operation::GetEventSourceMapping => request.read::<GetEventSourceMappingRequest>(),
        super::Operation::GetFunction => request.read::<GetFunctionRequest>(),
        super::Operation::GetFunctionCodeSigningConfig => {
            request.read::<GetFunctionCodeSigningConfigRequest>()
        }
        super::Operation::GetFunctionConcurrency => request.read::<GetFunctionConcurrencyRequest>(),
        super::Operation::GetFunctionConfiguration => request.read::<GetFunctionConfigurationRequest>(),
        super::Operation::GetFunctionEventInvokeConfig => {
            request.read::<GetFunctionEventInvokeConfigRequest>()
        }
        super::Operation::GetFunctionRecursionConfig => request.read::<GetFunctionRecursionConfigRequest>(),
        super::Operation::GetFunctionScalingConfig => request.read::<GetFunctionScalingConfigRequest>(),
        super::Operation::GetFunctionUrlConfig => request.read::<GetFunctionUrlConfigRequest>(),
        super::Operation::GetLayerVersion => request.read::<GetLayerVersionRequest>(),
        super::Operation::GetLayerVersionByArn => request.read::<GetLayerVersionByArnRequest>(),
        super::Operation::GetLayerVersionPolicy => request.read::<GetLayerVersionPolicyRequest>(),
        super::Operation::GetPolicy => request.read::<GetPolicyRequest>(),
        super::Operation::GetProvisionedConcurrencyConfig => {
            request.read::<GetProvisionedConcurrencyConfigRequest>()
        }
        super::Operation::GetResourcePolicy => request.read::<GetResourcePolicyRequest>(),
        super::Operation::GetRuntimeManagementConfig => request.read::<GetRuntimeManagementConfigRequest>(),
        super::Operation::Invoke => request.read::<InvocationRequest>(),
        super::Operation::InvokeAsync => request.read::<InvokeAsyncRequest>(),
        super::Operation::InvokeWithResponseStream => request.read::<InvokeWithResponseStreamRequest>(),
        super::Operation::ListAliases => request.read::<ListAliasesRequest>(),
        super::Operation::ListCapacityProviders => request.read::<ListCapacityProvidersRequest>(),
        super::Operation::ListCodeSigningConfigs => request.read::<ListCodeSigningConfigsRequest>(),
        super::Operation::ListDurableExecutionsByFunction => {
            request.read::<ListDurableExecutionsByFunctionRequest>()
        }
        super::Operation::ListEventSourceMappings => request.read::<ListEventSourceMappingsRequest>(),
        super::Operation::ListFunctionEventInvokeConfigs => {
            request.read::<ListFunctionEventInvokeConfigsRequest>()
        }
        super::Operation::ListFunctionUrlConfigs => request.read::<ListFunctionUrlConfigsRequest>(),
        super::Operation::ListFunctionVersionsByCapacityProvider => {
            request.read::<ListFunctionVersionsByCapacityProviderRequest>()
        }
        super::Operation::ListFunctions => request.read::<ListFunctionsRequest>(),
        super::Operation::ListFunctionsByCodeSigningConfig => {
            request.read::<ListFunctionsByCodeSigningConfigRequest>()
        }
        super::Operation::ListLayerVersions => request.read::<ListLayerVersionsRequest>(),
        super::Operation::ListLayers => request.read::<ListLayersRequest>(),
        super::Operation::ListProvisionedConcurrencyConfigs => {
            request.read::<ListProvisionedConcurrencyConfigsRequest>()
        }
        super::Operation::ListTags => request.read::<ListTagsRequest>(),
        super::Operation::ListVersionsByFunction => request.read::<ListVersionsByFunctionRequest>(),
        super::Operation::PauseDurableExecution => request.read::<PauseDurableExecutionRequest>(),
        super::Operation::PublishLayerVersion => request.read::<PublishLayerVersionRequest>(),
        super::Operation::PublishVersion => request.read::<PublishVersionRequest>(),
        super::Operation::PutFunctionCodeSigningConfig => {
            request.read::<PutFunctionCodeSigningConfigRequest>()
        }
        super::Operation::PutFunctionConcurrency => request.read::<PutFunctionConcurrencyRequest>(),
        super::Operation::PutFunctionEventInvokeConfig => {
            request.read::<PutFunctionEventInvokeConfigRequest>()
        }
        super::Operation::PutFunctionRecursionConfig => request.read::<PutFunctionRecursionConfigRequest>(),
        super::Operation::PutFunctionScalingConfig => request.read::<PutFunctionScalingConfigRequest>(),
        super::Operation::PutProvisionedConcurrencyConfig => {
            request.read::<PutProvisionedConcurrencyConfigRequest>()
        }
        super::Operation::PutResourcePolicy => request.read::<PutResourcePolicyRequest>(),
        super::Operation::PutRuntimeManagementConfig => request.read::<PutRuntimeManagementConfigRequest>(),
        super::Operation::RemoveLayerVersionPermission => {
            request.read::<RemoveLayerVersionPermissionRequest>()
        }
        super::Operation::RemovePermission => request.read::<RemovePermissionRequest>(),
        super::Operation::ResumeDurableExecution => request.read::<ResumeDurableExecutionRequest>(),
        super::Operation::SendDurableExecutionCallbackFailure => {
            request.read::<SendDurableExecutionCallbackFailureRequest>()
        }
        super::Operation::SendDurableExecutionCallbackHeartbeat => {
            request.read::<SendDurableExecutionCallbackHeartbeatRequest>()
        }
        super::Operation::SendDurableExecutionCallbackSuccess => {
            request.read::<SendDurableExecutionCallbackSuccessRequest>()
        }
        super::Operation::StopDurableExecution => request.read::<StopDurableExecutionRequest>(),
        super::Operation::TagResource => request.read::<TagResourceRequest>(),
        super::Operation::UntagResource => request.read::<UntagResourceRequest>(),
        super::Operation::UpdateAlias => request.read::<UpdateAliasRequest>(),
        super::Operation::UpdateCapacityProvider => request.read::<UpdateCapacityProviderRequest>(),
        super::Operation::UpdateCodeSigningConfig => request.read::<UpdateCodeSigningConfigRequest>(),
        super::Operation::UpdateEventSourceMapping => request.read::<UpdateEventSourceMappingRequest>(),
        super::Operation::UpdateFunctionCode => request.read::<UpdateFunctionCodeRequest>(),
        super::Operation::UpdateFunctionConfiguration => request.read::<UpdateFunctionConfigurationRequest>(),
        super::Operation::UpdateFunctionEventInvokeConfig => {
            request.read::<UpdateFunctionEventInvokeConfigRequest>()
        }
        super::Operation::UpdateFunctionUrlConfig => request.read::<UpdateFunctionUrlConfigRequest>(),
    }
}
