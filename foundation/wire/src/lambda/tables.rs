// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use crate::pattern::Pattern;
use crate::shape::{Member, Shape};

pub(super) static ACCELERATOR_CONFIG: Shape =
    Shape::structure(&[Member::body("AcceleratorMemorySize", &ACCELERATOR_MEMORY_GB).required()]);

pub(super) static ACCELERATOR_MEMORY_GB: Shape = Shape::integer();

static ACTION_REGEX: Pattern = Pattern::new(r"(lambda:[*]|lambda:[a-zA-Z]+|[*])");
pub(super) static ACTION: Shape = Shape::string().at_least(0).at_most(10000).matching(&ACTION_REGEX);

pub(super) static ADD_LAYER_VERSION_PERMISSION_REQUEST: Shape = Shape::structure(&[
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::label("VersionNumber", "VersionNumber", &LAYER_VERSION_NUMBER).required(),
    Member::body("StatementId", &STATEMENT_ID).required(),
    Member::body("Action", &LAYER_PERMISSION_ALLOWED_ACTION).required(),
    Member::body("Principal", &LAYER_PERMISSION_ALLOWED_PRINCIPAL).required(),
    Member::body("OrganizationId", &ORGANIZATION_ID),
    Member::query("RevisionId", "RevisionId", &STRING),
]);

pub(super) static ADD_PERMISSION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::body("StatementId", &STATEMENT_ID).required(),
    Member::body("Action", &ACTION).required(),
    Member::body("Principal", &PRINCIPAL).required(),
    Member::body("SourceArn", &ARN),
    Member::body("FunctionUrlAuthType", &FUNCTION_URL_AUTH_TYPE),
    Member::body("InvokedViaFunctionUrl", &INVOKED_VIA_FUNCTION_URL),
    Member::body("SourceAccount", &SOURCE_OWNER),
    Member::body("EventSourceToken", &EVENT_SOURCE_TOKEN),
    Member::body("RevisionId", &STRING),
    Member::body("PrincipalOrgID", &PRINCIPAL_ORG_ID),
]);

static ADDITIONAL_VERSION_REGEX: Pattern = Pattern::new(r"[0-9]+");
pub(super) static ADDITIONAL_VERSION: Shape =
    Shape::string().at_least(1).at_most(1024).matching(&ADDITIONAL_VERSION_REGEX);

pub(super) static ADDITIONAL_VERSION_WEIGHTS: Shape = Shape::map(&ADDITIONAL_VERSION, &WEIGHT);

static ALIAS_REGEX: Pattern = Pattern::new(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
pub(super) static ALIAS: Shape = Shape::string().at_least(1).at_most(128).matching(&ALIAS_REGEX);

pub(super) static ALIAS_ROUTING_CONFIGURATION: Shape =
    Shape::structure(&[Member::body("AdditionalVersionWeights", &ADDITIONAL_VERSION_WEIGHTS)]);

pub(super) static ALLOW_CREDENTIALS: Shape = Shape::boolean();

pub(super) static ALLOW_METHODS_LIST: Shape = Shape::list(&METHOD).at_least(0).at_most(6);

pub(super) static ALLOW_ORIGINS_LIST: Shape = Shape::list(&ORIGIN).at_least(0).at_most(100);

pub(super) static ALLOWED_PUBLISHERS: Shape =
    Shape::structure(&[Member::body("SigningProfileVersionArns", &SIGNING_PROFILE_VERSION_ARNS).required()]);

pub(super) static AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG: Shape = Shape::structure(&[
    Member::body("ConsumerGroupId", &URI),
    Member::body("SchemaRegistryConfig", &KAFKA_SCHEMA_REGISTRY_CONFIG),
]);

pub(super) static APPLICATION_LOG_LEVEL: Shape =
    Shape::enumeration(&["TRACE", "ERROR", "INFO", "DEBUG", "FATAL", "WARN"]);

pub(super) static ARCHITECTURE: Shape = Shape::enumeration(&["x86_64", "arm64"]);

pub(super) static ARCHITECTURES_LIST: Shape = Shape::list(&ARCHITECTURE).at_least(1).at_most(1);

static ARN_REGEX: Pattern = Pattern::new(
    r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
);
pub(super) static ARN: Shape = Shape::string().at_least(0).at_most(10000).matching(&ARN_REGEX);

pub(super) static BATCH_SIZE: Shape = Shape::integer().at_least(1).at_most(10000);

pub(super) static BINARY_OPERATION_PAYLOAD: Shape = Shape::blob().at_least(0).at_most(1048576).sensitive();

pub(super) static BISECT_BATCH_ON_FUNCTION_ERROR: Shape = Shape::boolean();

pub(super) static BLOB: Shape = Shape::blob().sensitive();

pub(super) static BLOB_STREAM: Shape = Shape::blob();

pub(super) static BOOLEAN: Shape = Shape::boolean();

static CALLBACK_ID_REGEX: Pattern = Pattern::new(r"[A-Za-z0-9+/]+={0,2}");
pub(super) static CALLBACK_ID: Shape = Shape::string().at_least(1).at_most(1024).matching(&CALLBACK_ID_REGEX);

pub(super) static CALLBACK_OPTIONS: Shape = Shape::structure(&[
    Member::body("TimeoutSeconds", &CALLBACK_OPTIONS_TIMEOUT_SECONDS_INTEGER),
    Member::body("HeartbeatTimeoutSeconds", &CALLBACK_OPTIONS_HEARTBEAT_TIMEOUT_SECONDS_INTEGER),
]);

pub(super) static CALLBACK_OPTIONS_HEARTBEAT_TIMEOUT_SECONDS_INTEGER: Shape =
    Shape::integer().at_least(0).at_most(99999999);

pub(super) static CALLBACK_OPTIONS_TIMEOUT_SECONDS_INTEGER: Shape =
    Shape::integer().at_least(0).at_most(99999999);

static CAPACITY_PROVIDER_ARN_REGEX: Pattern = Pattern::new(
    r"arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:capacity-provider:[a-zA-Z0-9-_]+",
);
pub(super) static CAPACITY_PROVIDER_ARN: Shape =
    Shape::string().at_least(1).at_most(140).matching(&CAPACITY_PROVIDER_ARN_REGEX);

pub(super) static CAPACITY_PROVIDER_CONFIG: Shape = Shape::structure(&[Member::body(
    "LambdaManagedInstancesCapacityProviderConfig",
    &LAMBDA_MANAGED_INSTANCES_CAPACITY_PROVIDER_CONFIG,
)
.required()]);

pub(super) static CAPACITY_PROVIDER_LOGGING_CONFIG: Shape = Shape::structure(&[
    Member::body("SystemLogLevel", &SYSTEM_LOG_LEVEL),
    Member::body("LogGroup", &LOG_GROUP),
]);

pub(super) static CAPACITY_PROVIDER_MAX_VCPU_COUNT: Shape = Shape::integer().at_least(2).at_most(15000);

static CAPACITY_PROVIDER_NAME_REGEX: Pattern = Pattern::new(
    r"(arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:capacity-provider:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+",
);
pub(super) static CAPACITY_PROVIDER_NAME: Shape =
    Shape::string().at_least(1).at_most(140).matching(&CAPACITY_PROVIDER_NAME_REGEX);

pub(super) static CAPACITY_PROVIDER_PERMISSIONS_CONFIG: Shape =
    Shape::structure(&[Member::body("CapacityProviderOperatorRoleArn", &ROLE_ARN).required()]);

pub(super) static CAPACITY_PROVIDER_PREDEFINED_METRIC_TYPE: Shape = Shape::enumeration(&[
    "LambdaCapacityProviderAverageGPUUtilization",
    "LambdaCapacityProviderAverageCPUUtilization",
]);

pub(super) static CAPACITY_PROVIDER_SCALING_CONFIG: Shape = Shape::structure(&[
    Member::body("MaxVCpuCount", &CAPACITY_PROVIDER_MAX_VCPU_COUNT),
    Member::body("ScalingMode", &CAPACITY_PROVIDER_SCALING_MODE),
    Member::body("ScalingPolicies", &CAPACITY_PROVIDER_SCALING_POLICIES_LIST),
]);

pub(super) static CAPACITY_PROVIDER_SCALING_MODE: Shape = Shape::enumeration(&["Auto", "Manual"]);

pub(super) static CAPACITY_PROVIDER_SCALING_POLICIES_LIST: Shape =
    Shape::list(&TARGET_TRACKING_SCALING_POLICY).at_least(1).at_most(10);

pub(super) static CAPACITY_PROVIDER_SECURITY_GROUP_IDS: Shape =
    Shape::list(&SECURITY_GROUP_ID).at_least(0).at_most(5);

pub(super) static CAPACITY_PROVIDER_STATE: Shape =
    Shape::enumeration(&["Active", "Failed", "Pending", "Deleting"]);

pub(super) static CAPACITY_PROVIDER_SUBNET_IDS: Shape = Shape::list(&SUBNET_ID).at_least(1).at_most(16);

pub(super) static CAPACITY_PROVIDER_TELEMETRY_CONFIG: Shape =
    Shape::structure(&[Member::body("LoggingConfig", &CAPACITY_PROVIDER_LOGGING_CONFIG)]);

pub(super) static CAPACITY_PROVIDER_VPC_CONFIG: Shape = Shape::structure(&[
    Member::body("SubnetIds", &CAPACITY_PROVIDER_SUBNET_IDS).required(),
    Member::body("SecurityGroupIds", &CAPACITY_PROVIDER_SECURITY_GROUP_IDS).required(),
]);

pub(super) static CHAINED_INVOKE_OPTIONS: Shape = Shape::structure(&[
    Member::body("FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::body("TenantId", &TENANT_ID),
    Member::body("XAmznTraceId", &X_AMZN_TRACE_ID),
]);

pub(super) static CHECKPOINT_DURABLE_EXECUTION_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::body("CheckpointToken", &CHECKPOINT_TOKEN).required(),
    Member::body("Updates", &OPERATION_UPDATES),
    Member::body("ClientToken", &CLIENT_TOKEN),
]);

static CHECKPOINT_TOKEN_REGEX: Pattern = Pattern::new(r"[A-Za-z0-9+/]+={0,2}");
pub(super) static CHECKPOINT_TOKEN: Shape =
    Shape::string().at_least(1).at_most(2048).matching(&CHECKPOINT_TOKEN_REGEX);

static CLIENT_TOKEN_REGEX: Pattern = Pattern::new(r"[\x21-\x7E]+");
pub(super) static CLIENT_TOKEN: Shape = Shape::string().at_least(1).at_most(64).matching(&CLIENT_TOKEN_REGEX);

static CODE_SIGNING_CONFIG_ARN_REGEX: Pattern = Pattern::new(
    r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}",
);
pub(super) static CODE_SIGNING_CONFIG_ARN: Shape =
    Shape::string().at_least(0).at_most(200).matching(&CODE_SIGNING_CONFIG_ARN_REGEX);

pub(super) static CODE_SIGNING_POLICIES: Shape =
    Shape::structure(&[Member::body("UntrustedArtifactOnDeployment", &CODE_SIGNING_POLICY)]);

pub(super) static CODE_SIGNING_POLICY: Shape = Shape::enumeration(&["Enforce", "Warn"]);

static COLLECTION_NAME_REGEX: Pattern = Pattern::new(r"(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)");
pub(super) static COLLECTION_NAME: Shape =
    Shape::string().at_least(1).at_most(57).matching(&COLLECTION_NAME_REGEX);

pub(super) static COMPATIBLE_ARCHITECTURES: Shape = Shape::list(&ARCHITECTURE).at_least(0).at_most(2);

pub(super) static COMPATIBLE_RUNTIMES: Shape = Shape::list(&RUNTIME).at_least(0).at_most(15);

pub(super) static CONTEXT_OPTIONS: Shape =
    Shape::structure(&[Member::body("ReplayChildren", &REPLAY_CHILDREN)]);

pub(super) static CORS: Shape = Shape::structure(&[
    Member::body("AllowCredentials", &ALLOW_CREDENTIALS),
    Member::body("AllowHeaders", &HEADERS_LIST),
    Member::body("AllowMethods", &ALLOW_METHODS_LIST),
    Member::body("AllowOrigins", &ALLOW_ORIGINS_LIST),
    Member::body("ExposeHeaders", &HEADERS_LIST),
    Member::body("MaxAge", &MAX_AGE),
]);

pub(super) static CREATE_ALIAS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::body("Name", &ALIAS).required(),
    Member::body("FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED).required(),
    Member::body("Description", &DESCRIPTION),
    Member::body("RoutingConfig", &ALIAS_ROUTING_CONFIGURATION),
]);

pub(super) static CREATE_CAPACITY_PROVIDER_REQUEST: Shape = Shape::structure(&[
    Member::body("CapacityProviderName", &CAPACITY_PROVIDER_NAME).required(),
    Member::body("VpcConfig", &CAPACITY_PROVIDER_VPC_CONFIG).required(),
    Member::body("PermissionsConfig", &CAPACITY_PROVIDER_PERMISSIONS_CONFIG).required(),
    Member::body("InstanceRequirements", &INSTANCE_REQUIREMENTS),
    Member::body("CapacityProviderScalingConfig", &CAPACITY_PROVIDER_SCALING_CONFIG),
    Member::body("KmsKeyArn", &KMS_KEY_ARN_NON_EMPTY),
    Member::body("Tags", &TAGS),
    Member::body("PropagateTags", &PROPAGATE_TAGS),
    Member::body("TelemetryConfig", &CAPACITY_PROVIDER_TELEMETRY_CONFIG),
]);

pub(super) static CREATE_CODE_SIGNING_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::body("Description", &DESCRIPTION),
    Member::body("AllowedPublishers", &ALLOWED_PUBLISHERS).required(),
    Member::body("CodeSigningPolicies", &CODE_SIGNING_POLICIES),
    Member::body("Tags", &TAGS),
]);

pub(super) static CREATE_EVENT_SOURCE_MAPPING_REQUEST: Shape = Shape::structure(&[
    Member::body("EventSourceArn", &ARN),
    Member::body("FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::body("Enabled", &ENABLED),
    Member::body("BatchSize", &BATCH_SIZE),
    Member::body("FilterCriteria", &FILTER_CRITERIA),
    Member::body("KMSKeyArn", &KMS_KEY_ARN),
    Member::body("MetricsConfig", &EVENT_SOURCE_MAPPING_METRICS_CONFIG),
    Member::body("LoggingConfig", &EVENT_SOURCE_MAPPING_LOGGING_CONFIG),
    Member::body("ScalingConfig", &SCALING_CONFIG),
    Member::body("MaximumBatchingWindowInSeconds", &MAXIMUM_BATCHING_WINDOW_IN_SECONDS),
    Member::body("ParallelizationFactor", &PARALLELIZATION_FACTOR),
    Member::body("StartingPosition", &EVENT_SOURCE_POSITION),
    Member::body("StartingPositionTimestamp", &DATE),
    Member::body("DestinationConfig", &DESTINATION_CONFIG),
    Member::body("MaximumRecordAgeInSeconds", &MAXIMUM_RECORD_AGE_IN_SECONDS),
    Member::body("BisectBatchOnFunctionError", &BISECT_BATCH_ON_FUNCTION_ERROR),
    Member::body("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING),
    Member::body("Tags", &TAGS),
    Member::body("TumblingWindowInSeconds", &TUMBLING_WINDOW_IN_SECONDS),
    Member::body("Topics", &TOPICS),
    Member::body("Queues", &QUEUES),
    Member::body("SourceAccessConfigurations", &SOURCE_ACCESS_CONFIGURATIONS),
    Member::body("SelfManagedEventSource", &SELF_MANAGED_EVENT_SOURCE),
    Member::body("FunctionResponseTypes", &FUNCTION_RESPONSE_TYPE_LIST),
    Member::body("AmazonManagedKafkaEventSourceConfig", &AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
    Member::body("SelfManagedKafkaEventSourceConfig", &SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
    Member::body("DocumentDBEventSourceConfig", &DOCUMENT_DB_EVENT_SOURCE_CONFIG),
    Member::body("ProvisionedPollerConfig", &PROVISIONED_POLLER_CONFIG),
]);

pub(super) static CREATE_FUNCTION_REQUEST: Shape = Shape::structure(&[
    Member::body("FunctionName", &FUNCTION_NAME).required().bare_name_at_most(64),
    Member::body("Runtime", &RUNTIME),
    Member::body("Role", &ROLE_ARN).required(),
    Member::body("Handler", &HANDLER),
    Member::body("Code", &FUNCTION_CODE).required(),
    Member::body("Description", &DESCRIPTION),
    Member::body("Timeout", &TIMEOUT),
    Member::body("MemorySize", &MEMORY_SIZE),
    Member::body("Publish", &BOOLEAN),
    Member::body("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
    Member::body("VpcConfig", &VPC_CONFIG),
    Member::body("PackageType", &PACKAGE_TYPE),
    Member::body("DeadLetterConfig", &DEAD_LETTER_CONFIG),
    Member::body("Environment", &ENVIRONMENT),
    Member::body("KMSKeyArn", &KMS_KEY_ARN),
    Member::body("TracingConfig", &TRACING_CONFIG),
    Member::body("Tags", &TAGS),
    Member::body("Layers", &LAYER_LIST),
    Member::body("FileSystemConfigs", &FILE_SYSTEM_CONFIG_LIST),
    Member::body("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN),
    Member::body("ImageConfig", &IMAGE_CONFIG),
    Member::body("Architectures", &ARCHITECTURES_LIST),
    Member::body("EphemeralStorage", &EPHEMERAL_STORAGE),
    Member::body("SnapStart", &SNAP_START),
    Member::body("LoggingConfig", &LOGGING_CONFIG),
    Member::body("TenancyConfig", &TENANCY_CONFIG),
    Member::body("CapacityProviderConfig", &CAPACITY_PROVIDER_CONFIG),
    Member::body("DurableConfig", &DURABLE_CONFIG),
    Member::body("RuntimeConfig", &FUNCTION_RUNTIME_CONFIG),
    Member::body("AcceleratorConfig", &ACCELERATOR_CONFIG),
]);

pub(super) static CREATE_FUNCTION_URL_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &FUNCTION_URL_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &FUNCTION_URL_FUNCTION_NAME).required(),
    Member::body("AuthType", &FUNCTION_URL_AUTH_TYPE).required(),
    Member::body("Cors", &CORS),
    Member::body("InvokeMode", &INVOKE_MODE),
]);

static DATABASE_NAME_REGEX: Pattern = Pattern::new(r"[^ /\.$\x22]*");
pub(super) static DATABASE_NAME: Shape =
    Shape::string().at_least(1).at_most(63).matching(&DATABASE_NAME_REGEX);

pub(super) static DATE: Shape = Shape::timestamp();

pub(super) static DEAD_LETTER_CONFIG: Shape = Shape::structure(&[Member::body("TargetArn", &RESOURCE_ARN)]);

pub(super) static DELETE_ALIAS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::label("Name", "Name", &ALIAS).required(),
]);

pub(super) static DELETE_CAPACITY_PROVIDER_REQUEST: Shape = Shape::structure(&[Member::label(
    "CapacityProviderName",
    "CapacityProviderName",
    &CAPACITY_PROVIDER_NAME,
)
.required()]);

pub(super) static DELETE_CODE_SIGNING_CONFIG_REQUEST: Shape = Shape::structure(&[Member::label(
    "CodeSigningConfigArn",
    "CodeSigningConfigArn",
    &CODE_SIGNING_CONFIG_ARN,
)
.required()]);

pub(super) static DELETE_DURABLE_EXECUTION_REQUEST: Shape =
    Shape::structure(&[
        Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required()
    ]);

pub(super) static DELETE_EVENT_SOURCE_MAPPING_REQUEST: Shape =
    Shape::structure(&[Member::label("UUID", "UUID", &UUID_STRING).required()]);

pub(super) static DELETE_FUNCTION_CODE_SIGNING_CONFIG_REQUEST: Shape =
    Shape::structure(&[Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required()]);

pub(super) static DELETE_FUNCTION_CONCURRENCY_REQUEST: Shape =
    Shape::structure(&[Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required()]);

pub(super) static DELETE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static DELETE_FUNCTION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static DELETE_FUNCTION_URL_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &FUNCTION_URL_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &FUNCTION_URL_FUNCTION_NAME).required(),
]);

pub(super) static DELETE_LAYER_VERSION_REQUEST: Shape = Shape::structure(&[
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::label("VersionNumber", "VersionNumber", &LAYER_VERSION_NUMBER).required(),
]);

pub(super) static DELETE_PROVISIONED_CONCURRENCY_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &QUALIFIER).required(),
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
]);

pub(super) static DELETE_RESOURCE_POLICY_REQUEST: Shape = Shape::structure(&[
    Member::label("ResourceArn", "ResourceArn", &POLICY_RESOURCE_ARN).required(),
    Member::query("RevisionId", "RevisionId", &REVISION_ID),
]);

pub(super) static DESCRIPTION: Shape = Shape::string().at_least(0).at_most(256);

static DESTINATION_ARN_REGEX: Pattern = Pattern::new(
    r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
);
pub(super) static DESTINATION_ARN: Shape =
    Shape::string().at_least(0).at_most(350).matching(&DESTINATION_ARN_REGEX);

pub(super) static DESTINATION_CONFIG: Shape =
    Shape::structure(&[Member::body("OnSuccess", &ON_SUCCESS), Member::body("OnFailure", &ON_FAILURE)]);

pub(super) static DIRECT_S3_READ: Shape = Shape::enumeration(&["DISABLED", "AUTO", "ENABLED"]);

pub(super) static DOCUMENT_DB_EVENT_SOURCE_CONFIG: Shape = Shape::structure(&[
    Member::body("DatabaseName", &DATABASE_NAME),
    Member::body("CollectionName", &COLLECTION_NAME),
    Member::body("FullDocument", &FULL_DOCUMENT),
]);

pub(super) static DURABLE_CONFIG: Shape = Shape::structure(&[
    Member::body("KMSKeyArn", &KMS_KEY_ARN),
    Member::body("RetentionPeriodInDays", &RETENTION_PERIOD_IN_DAYS),
    Member::body("ExecutionTimeout", &EXECUTION_TIMEOUT),
]);

static DURABLE_EXECUTION_ARN_REGEX: Pattern = Pattern::new(
    r"arn:([a-zA-Z0-9-]+):lambda:([a-zA-Z0-9-]+):(\d{12}):function:([a-zA-Z0-9_-]+):(\$LATEST(?:\.PUBLISHED)?|[0-9]+)/durable-execution/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)",
);
pub(super) static DURABLE_EXECUTION_ARN: Shape =
    Shape::string().at_least(1).at_most(1024).matching(&DURABLE_EXECUTION_ARN_REGEX);

static DURABLE_EXECUTION_NAME_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9-_]+");
pub(super) static DURABLE_EXECUTION_NAME: Shape =
    Shape::string().at_least(1).at_most(64).matching(&DURABLE_EXECUTION_NAME_REGEX);

pub(super) static ENABLED: Shape = Shape::boolean();

pub(super) static END_POINT_TYPE: Shape = Shape::enumeration(&["KAFKA_BOOTSTRAP_SERVERS"]);

static ENDPOINT_REGEX: Pattern = Pattern::new(
    r"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}",
);
pub(super) static ENDPOINT: Shape = Shape::string().at_least(1).at_most(300).matching(&ENDPOINT_REGEX);

pub(super) static ENDPOINT_LISTS: Shape = Shape::list(&ENDPOINT).at_least(1).at_most(10);

pub(super) static ENDPOINTS: Shape = Shape::map(&END_POINT_TYPE, &ENDPOINT_LISTS).at_least(1).at_most(2);

pub(super) static ENVIRONMENT: Shape = Shape::structure(&[Member::body("Variables", &ENVIRONMENT_VARIABLES)]);

static ENVIRONMENT_VARIABLE_NAME_REGEX: Pattern = Pattern::new(r"[a-zA-Z]([a-zA-Z0-9_])+");
pub(super) static ENVIRONMENT_VARIABLE_NAME: Shape =
    Shape::string().matching(&ENVIRONMENT_VARIABLE_NAME_REGEX).sensitive();

pub(super) static ENVIRONMENT_VARIABLE_VALUE: Shape = Shape::string().sensitive();

pub(super) static ENVIRONMENT_VARIABLES: Shape =
    Shape::map(&ENVIRONMENT_VARIABLE_NAME, &ENVIRONMENT_VARIABLE_VALUE).sensitive();

pub(super) static EPHEMERAL_STORAGE: Shape =
    Shape::structure(&[Member::body("Size", &EPHEMERAL_STORAGE_SIZE).required()]);

pub(super) static EPHEMERAL_STORAGE_SIZE: Shape = Shape::integer().at_least(512).at_most(32768);

pub(super) static ERROR_DATA: Shape = Shape::string().sensitive();

pub(super) static ERROR_MESSAGE: Shape = Shape::string().sensitive();

pub(super) static ERROR_OBJECT: Shape = Shape::structure(&[
    Member::body("ErrorMessage", &ERROR_MESSAGE),
    Member::body("ErrorType", &ERROR_TYPE),
    Member::body("ErrorData", &ERROR_DATA),
    Member::body("StackTrace", &STACK_TRACE_ENTRIES),
]);

pub(super) static ERROR_TYPE: Shape = Shape::string().sensitive();

pub(super) static EVENT_SOURCE_MAPPING_LOGGING_CONFIG: Shape =
    Shape::structure(&[Member::body("SystemLogLevel", &EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL)]);

pub(super) static EVENT_SOURCE_MAPPING_METRIC: Shape =
    Shape::enumeration(&["EventCount", "ErrorCount", "KafkaMetrics"]);

pub(super) static EVENT_SOURCE_MAPPING_METRIC_LIST: Shape =
    Shape::list(&EVENT_SOURCE_MAPPING_METRIC).at_least(0).at_most(3);

pub(super) static EVENT_SOURCE_MAPPING_METRICS_CONFIG: Shape =
    Shape::structure(&[Member::body("Metrics", &EVENT_SOURCE_MAPPING_METRIC_LIST)]);

pub(super) static EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL: Shape =
    Shape::enumeration(&["INFO", "DEBUG", "WARN"]);

pub(super) static EVENT_SOURCE_POSITION: Shape =
    Shape::enumeration(&["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]);

static EVENT_SOURCE_TOKEN_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9._\-]+");
pub(super) static EVENT_SOURCE_TOKEN: Shape =
    Shape::string().at_least(0).at_most(256).matching(&EVENT_SOURCE_TOKEN_REGEX);

pub(super) static EXECUTION_ENVIRONMENT_MEMORY_GIB_PER_VCPU: Shape = Shape::double().at_least(2).at_most(8);

pub(super) static EXECUTION_STATUS: Shape = Shape::enumeration(&[
    "PAUSING",
    "PAUSED",
    "FAILED",
    "RUNNING",
    "TIMED_OUT",
    "STOPPED",
    "SUCCEEDED",
    "DELETING",
]);

pub(super) static EXECUTION_STATUS_LIST: Shape = Shape::list(&EXECUTION_STATUS).at_least(1).at_most(10);

pub(super) static EXECUTION_TIMEOUT: Shape = Shape::integer().at_least(1).at_most(31622400);

pub(super) static EXECUTION_TIMEOUT_PAUSED: Shape = Shape::boolean();

pub(super) static EXECUTION_TIMESTAMP: Shape = Shape::timestamp();

static FILE_SYSTEM_ARN_REGEX: Pattern = Pattern::new(
    r"arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
);
pub(super) static FILE_SYSTEM_ARN: Shape =
    Shape::string().at_least(0).at_most(256).matching(&FILE_SYSTEM_ARN_REGEX);

pub(super) static FILE_SYSTEM_CONFIG: Shape = Shape::structure(&[
    Member::body("Arn", &FILE_SYSTEM_ARN).required(),
    Member::body("LocalMountPath", &LOCAL_MOUNT_PATH).required(),
    Member::body("S3FilesConfig", &S3_FILES_CONFIG),
]);

pub(super) static FILE_SYSTEM_CONFIG_LIST: Shape = Shape::list(&FILE_SYSTEM_CONFIG).at_least(0).at_most(1);

pub(super) static FILTER: Shape = Shape::structure(&[Member::body("Pattern", &PATTERN)]);

pub(super) static FILTER_CRITERIA: Shape = Shape::structure(&[Member::body("Filters", &FILTER_LIST)]);

pub(super) static FILTER_LIST: Shape = Shape::list(&FILTER);

pub(super) static FULL_DOCUMENT: Shape = Shape::enumeration(&["UpdateLookup", "Default"]);

pub(super) static FUNCTION_CODE: Shape = Shape::structure(&[
    Member::body("ZipFile", &BLOB),
    Member::body("S3Bucket", &S3_BUCKET),
    Member::body("S3Key", &S3_KEY),
    Member::body("S3ObjectVersion", &S3_OBJECT_VERSION),
    Member::body("S3ObjectStorageMode", &S3_OBJECT_STORAGE_MODE),
    Member::body("ImageUri", &STRING),
    Member::body("SourceKMSKeyArn", &KMS_KEY_ARN),
]);

static FUNCTION_NAME_REGEX: Pattern = Pattern::new(
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
);
pub(super) static FUNCTION_NAME: Shape =
    Shape::string().at_least(1).at_most(140).matching(&FUNCTION_NAME_REGEX);

pub(super) static FUNCTION_RESPONSE_TYPE: Shape = Shape::enumeration(&["ReportBatchItemFailures"]);

pub(super) static FUNCTION_RESPONSE_TYPE_LIST: Shape =
    Shape::list(&FUNCTION_RESPONSE_TYPE).at_least(0).at_most(1);

pub(super) static FUNCTION_RUNTIME_ALIAS: Shape = Shape::string().at_least(1).at_most(128);

static FUNCTION_RUNTIME_ARN_REGEX: Pattern = Pattern::new(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:runtime/.+");
pub(super) static FUNCTION_RUNTIME_ARN: Shape =
    Shape::string().at_least(48).at_most(2048).matching(&FUNCTION_RUNTIME_ARN_REGEX);

pub(super) static FUNCTION_RUNTIME_CONFIG: Shape = Shape::structure(&[
    Member::body("RuntimeArn", &FUNCTION_RUNTIME_ARN).required(),
    Member::body("RuntimeAlias", &FUNCTION_RUNTIME_ALIAS).required(),
]);

pub(super) static FUNCTION_SCALING_CONFIG: Shape = Shape::structure(&[
    Member::body("MinExecutionEnvironments", &FUNCTION_SCALING_CONFIG_EXECUTION_ENVIRONMENTS),
    Member::body("MaxExecutionEnvironments", &FUNCTION_SCALING_CONFIG_EXECUTION_ENVIRONMENTS),
]);

pub(super) static FUNCTION_SCALING_CONFIG_EXECUTION_ENVIRONMENTS: Shape =
    Shape::integer().at_least(0).at_most(15000);

pub(super) static FUNCTION_URL_AUTH_TYPE: Shape = Shape::enumeration(&["AWS_IAM", "NONE"]);

static FUNCTION_URL_FUNCTION_NAME_REGEX: Pattern = Pattern::new(
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\d+$)[0-9a-zA-Z-_]+))?",
);
pub(super) static FUNCTION_URL_FUNCTION_NAME: Shape =
    Shape::string().at_least(1).at_most(140).matching(&FUNCTION_URL_FUNCTION_NAME_REGEX);

static FUNCTION_URL_QUALIFIER_REGEX: Pattern = Pattern::new(r"((?!^\d+$)^[0-9a-zA-Z-_]+$)");
pub(super) static FUNCTION_URL_QUALIFIER: Shape =
    Shape::string().at_least(1).at_most(128).matching(&FUNCTION_URL_QUALIFIER_REGEX);

pub(super) static FUNCTION_VERSION: Shape = Shape::enumeration(&["ALL"]);

pub(super) static FUNCTION_VERSION_LATEST_PUBLISHED: Shape = Shape::enumeration(&["LATEST_PUBLISHED"]);

pub(super) static GET_ACCOUNT_SETTINGS_REQUEST: Shape = Shape::structure(&[]);

pub(super) static GET_ALIAS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::label("Name", "Name", &ALIAS).required(),
]);

pub(super) static GET_CAPACITY_PROVIDER_REQUEST: Shape = Shape::structure(&[Member::label(
    "CapacityProviderName",
    "CapacityProviderName",
    &CAPACITY_PROVIDER_NAME,
)
.required()]);

pub(super) static GET_CODE_SIGNING_CONFIG_REQUEST: Shape = Shape::structure(&[Member::label(
    "CodeSigningConfigArn",
    "CodeSigningConfigArn",
    &CODE_SIGNING_CONFIG_ARN,
)
.required()]);

pub(super) static GET_DURABLE_EXECUTION_HISTORY_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::query("IncludeExecutionData", "IncludeExecutionData", &INCLUDE_EXECUTION_DATA),
    Member::query("MaxItems", "MaxItems", &ITEM_COUNT),
    Member::query("Marker", "Marker", &STRING),
    Member::query("ReverseOrder", "ReverseOrder", &REVERSE_ORDER),
]);

pub(super) static GET_DURABLE_EXECUTION_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::query("IncludeExecutionData", "IncludeExecutionData", &INCLUDE_EXECUTION_DATA),
]);

pub(super) static GET_DURABLE_EXECUTION_STATE_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::query("CheckpointToken", "CheckpointToken", &CHECKPOINT_TOKEN).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &ITEM_COUNT),
]);

pub(super) static GET_EVENT_SOURCE_MAPPING_REQUEST: Shape =
    Shape::structure(&[Member::label("UUID", "UUID", &UUID_STRING).required()]);

pub(super) static GET_FUNCTION_CODE_SIGNING_CONFIG_REQUEST: Shape =
    Shape::structure(&[Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required()]);

pub(super) static GET_FUNCTION_CONCURRENCY_REQUEST: Shape =
    Shape::structure(&[Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required()]);

pub(super) static GET_FUNCTION_CONFIGURATION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static GET_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static GET_FUNCTION_RECURSION_CONFIG_REQUEST: Shape =
    Shape::structure(&[Member::label("FunctionName", "FunctionName", &UNQUALIFIED_FUNCTION_NAME).required()]);

pub(super) static GET_FUNCTION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static GET_FUNCTION_SCALING_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &PUBLISHED_FUNCTION_QUALIFIER).required(),
    Member::label("FunctionName", "FunctionName", &UNQUALIFIED_FUNCTION_NAME).required(),
]);

pub(super) static GET_FUNCTION_URL_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &FUNCTION_URL_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &FUNCTION_URL_FUNCTION_NAME).required(),
]);

pub(super) static GET_LAYER_VERSION_BY_ARN_REQUEST: Shape =
    Shape::structure(&[Member::query("Arn", "Arn", &LAYER_VERSION_ARN).required()]);

pub(super) static GET_LAYER_VERSION_POLICY_REQUEST: Shape = Shape::structure(&[
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::label("VersionNumber", "VersionNumber", &LAYER_VERSION_NUMBER).required(),
]);

pub(super) static GET_LAYER_VERSION_REQUEST: Shape = Shape::structure(&[
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::label("VersionNumber", "VersionNumber", &LAYER_VERSION_NUMBER).required(),
]);

pub(super) static GET_POLICY_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static GET_PROVISIONED_CONCURRENCY_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &QUALIFIER).required(),
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
]);

pub(super) static GET_RESOURCE_POLICY_REQUEST: Shape =
    Shape::structure(&[Member::label("ResourceArn", "ResourceArn", &POLICY_RESOURCE_ARN).required()]);

pub(super) static GET_RUNTIME_MANAGEMENT_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

static HANDLER_REGEX: Pattern = Pattern::new(r"[^\s]+");
pub(super) static HANDLER: Shape = Shape::string().at_least(0).at_most(128).matching(&HANDLER_REGEX);

static HEADER_REGEX: Pattern = Pattern::new(r".*");
pub(super) static HEADER: Shape = Shape::string().at_least(0).at_most(1024).matching(&HEADER_REGEX);

pub(super) static HEADERS_LIST: Shape = Shape::list(&HEADER).at_least(0).at_most(100);

pub(super) static IMAGE_CONFIG: Shape = Shape::structure(&[
    Member::body("EntryPoint", &STRING_LIST),
    Member::body("Command", &STRING_LIST),
    Member::body("WorkingDirectory", &WORKING_DIRECTORY),
]);

pub(super) static INCLUDE_EXECUTION_DATA: Shape = Shape::boolean();

pub(super) static INSTANCE_REQUIREMENTS: Shape = Shape::structure(&[
    Member::body("Architectures", &ARCHITECTURES_LIST),
    Member::body("AllowedInstanceTypes", &INSTANCE_TYPE_SET),
    Member::body("ExcludedInstanceTypes", &INSTANCE_TYPE_SET),
]);

static INSTANCE_TYPE_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9\.\*\-]+");
pub(super) static INSTANCE_TYPE: Shape =
    Shape::string().at_least(1).at_most(30).matching(&INSTANCE_TYPE_REGEX);

pub(super) static INSTANCE_TYPE_SET: Shape = Shape::list(&INSTANCE_TYPE).at_least(0).at_most(400);

pub(super) static INVOCATION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::header("InvocationType", "X-Amz-Invocation-Type", &INVOCATION_TYPE),
    Member::header("LogType", "X-Amz-Log-Type", &LOG_TYPE),
    Member::header("ClientContext", "X-Amz-Client-Context", &STRING),
    Member::header("DurableExecutionName", "X-Amz-Durable-Execution-Name", &DURABLE_EXECUTION_NAME),
    Member::payload("Payload", &BLOB),
    Member::header("TenantId", "X-Amz-Tenant-Id", &TENANT_ID),
]);

pub(super) static INVOCATION_TYPE: Shape = Shape::enumeration(&["DryRun", "RequestResponse", "Event"]);

pub(super) static INVOKE_ASYNC_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::payload("InvokeArgs", &BLOB_STREAM).required(),
]);

pub(super) static INVOKE_MODE: Shape = Shape::enumeration(&["BUFFERED", "RESPONSE_STREAM"]);

pub(super) static INVOKE_WITH_RESPONSE_STREAM_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::header("LogType", "X-Amz-Log-Type", &LOG_TYPE),
    Member::header("ClientContext", "X-Amz-Client-Context", &STRING),
    Member::payload("Payload", &BLOB),
    Member::header("TenantId", "X-Amz-Tenant-Id", &TENANT_ID),
    Member::header("InvocationType", "X-Amz-Invocation-Type", &RESPONSE_STREAMING_INVOCATION_TYPE),
]);

pub(super) static INVOKED_VIA_FUNCTION_URL: Shape = Shape::boolean();

pub(super) static ITEM_COUNT: Shape = Shape::integer().at_least(0).at_most(1000);

static KMS_KEY_ARN_REGEX: Pattern = Pattern::new(r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
pub(super) static KMS_KEY_ARN: Shape =
    Shape::string().at_least(0).at_most(10000).matching(&KMS_KEY_ARN_REGEX);

static KMS_KEY_ARN_NON_EMPTY_REGEX: Pattern = Pattern::new(r"arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*");
pub(super) static KMS_KEY_ARN_NON_EMPTY: Shape =
    Shape::string().at_least(0).at_most(10000).matching(&KMS_KEY_ARN_NON_EMPTY_REGEX);

pub(super) static KAFKA_EVENT_SOURCE_MAPPING_CONSUMPTION_MODE: Shape =
    Shape::enumeration(&["Stream", "Queue"]);

pub(super) static KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG: Shape =
    Shape::structure(&[Member::body("Type", &KAFKA_SCHEMA_REGISTRY_AUTH_TYPE), Member::body("URI", &ARN)]);

pub(super) static KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG_LIST: Shape =
    Shape::list(&KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG);

pub(super) static KAFKA_SCHEMA_REGISTRY_AUTH_TYPE: Shape = Shape::enumeration(&[
    "CLIENT_CERTIFICATE_TLS_AUTH",
    "OAUTHBEARER_AUTH",
    "BASIC_AUTH",
    "SERVER_ROOT_CA_CERTIFICATE",
]);

pub(super) static KAFKA_SCHEMA_REGISTRY_CONFIG: Shape = Shape::structure(&[
    Member::body("SchemaRegistryURI", &SCHEMA_REGISTRY_URI),
    Member::body("EventRecordFormat", &SCHEMA_REGISTRY_EVENT_RECORD_FORMAT),
    Member::body("AccessConfigs", &KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG_LIST),
    Member::body("SchemaValidationConfigs", &KAFKA_SCHEMA_VALIDATION_CONFIG_LIST),
]);

pub(super) static KAFKA_SCHEMA_VALIDATION_ATTRIBUTE: Shape = Shape::enumeration(&["VALUE", "KEY"]);

pub(super) static KAFKA_SCHEMA_VALIDATION_CONFIG: Shape =
    Shape::structure(&[Member::body("Attribute", &KAFKA_SCHEMA_VALIDATION_ATTRIBUTE)]);

pub(super) static KAFKA_SCHEMA_VALIDATION_CONFIG_LIST: Shape = Shape::list(&KAFKA_SCHEMA_VALIDATION_CONFIG);

pub(super) static LAMBDA_MANAGED_INSTANCES_CAPACITY_PROVIDER_CONFIG: Shape = Shape::structure(&[
    Member::body("CapacityProviderArn", &CAPACITY_PROVIDER_ARN).required(),
    Member::body("PerExecutionEnvironmentMaxConcurrency", &PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY),
    Member::body("ExecutionEnvironmentMemoryGiBPerVCpu", &EXECUTION_ENVIRONMENT_MEMORY_GIB_PER_VCPU),
]);

pub(super) static LAYER_LIST: Shape = Shape::list(&LAYER_VERSION_ARN);

static LAYER_NAME_OR_ARN_REGEX: Pattern = Pattern::new(
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})",
);
pub(super) static LAYER_NAME_OR_ARN: Shape =
    Shape::string().at_least(1).at_most(2048).matching(&LAYER_NAME_OR_ARN_REGEX);

static LAYER_PERMISSION_ALLOWED_ACTION_REGEX: Pattern = Pattern::new(r"lambda:GetLayerVersion");
pub(super) static LAYER_PERMISSION_ALLOWED_ACTION: Shape =
    Shape::string().at_least(0).at_most(22).matching(&LAYER_PERMISSION_ALLOWED_ACTION_REGEX);

static LAYER_PERMISSION_ALLOWED_PRINCIPAL_REGEX: Pattern =
    Pattern::new(r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root");
pub(super) static LAYER_PERMISSION_ALLOWED_PRINCIPAL: Shape =
    Shape::string().at_least(0).at_most(10000).matching(&LAYER_PERMISSION_ALLOWED_PRINCIPAL_REGEX);

static LAYER_VERSION_ARN_REGEX: Pattern = Pattern::new(
    r"((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))",
);
pub(super) static LAYER_VERSION_ARN: Shape =
    Shape::string().at_least(1).at_most(2048).matching(&LAYER_VERSION_ARN_REGEX);

pub(super) static LAYER_VERSION_CONTENT_INPUT: Shape = Shape::structure(&[
    Member::body("S3Bucket", &S3_BUCKET),
    Member::body("S3Key", &S3_KEY),
    Member::body("S3ObjectVersion", &S3_OBJECT_VERSION),
    Member::body("S3ObjectStorageMode", &S3_OBJECT_STORAGE_MODE),
    Member::body("ZipFile", &BLOB),
]);

pub(super) static LAYER_VERSION_NUMBER: Shape = Shape::long();

static LICENSE_INFO_REGEX: Pattern = Pattern::new(r".*");
pub(super) static LICENSE_INFO: Shape =
    Shape::string().at_least(0).at_most(512).matching(&LICENSE_INFO_REGEX);

pub(super) static LIST_ALIASES_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::query("FunctionVersion", "FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LIST_ITEMS),
]);

pub(super) static LIST_CAPACITY_PROVIDERS_REQUEST: Shape = Shape::structure(&[
    Member::query("State", "State", &CAPACITY_PROVIDER_STATE),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_FIFTY_LIST_ITEMS),
]);

pub(super) static LIST_CODE_SIGNING_CONFIGS_REQUEST: Shape = Shape::structure(&[
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LIST_ITEMS),
]);

pub(super) static LIST_DURABLE_EXECUTIONS_BY_FUNCTION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::query("DurableExecutionName", "DurableExecutionName", &DURABLE_EXECUTION_NAME),
    Member::query("Statuses", "Statuses", &EXECUTION_STATUS_LIST),
    Member::query("StartedAfter", "StartedAfter", &EXECUTION_TIMESTAMP),
    Member::query("StartedBefore", "StartedBefore", &EXECUTION_TIMESTAMP),
    Member::query("ReverseOrder", "ReverseOrder", &REVERSE_ORDER),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &ITEM_COUNT),
]);

pub(super) static LIST_EVENT_SOURCE_MAPPINGS_REQUEST: Shape = Shape::structure(&[
    Member::query("EventSourceArn", "EventSourceArn", &ARN),
    Member::query("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LIST_ITEMS),
]);

pub(super) static LIST_FUNCTION_EVENT_INVOKE_CONFIGS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_FUNCTION_EVENT_INVOKE_CONFIG_LIST_ITEMS),
]);

pub(super) static LIST_FUNCTION_URL_CONFIGS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_URL_FUNCTION_NAME).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_ITEMS),
]);

pub(super) static LIST_FUNCTION_VERSIONS_BY_CAPACITY_PROVIDER_REQUEST: Shape = Shape::structure(&[
    Member::label("CapacityProviderName", "CapacityProviderName", &CAPACITY_PROVIDER_NAME).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_FIFTY_LIST_ITEMS),
]);

pub(super) static LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::label("CodeSigningConfigArn", "CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LIST_ITEMS),
]);

pub(super) static LIST_FUNCTIONS_REQUEST: Shape = Shape::structure(&[
    Member::query("MasterRegion", "MasterRegion", &MASTER_REGION),
    Member::query("FunctionVersion", "FunctionVersion", &FUNCTION_VERSION),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LIST_ITEMS),
]);

pub(super) static LIST_LAYER_VERSIONS_REQUEST: Shape = Shape::structure(&[
    Member::query("CompatibleArchitecture", "CompatibleArchitecture", &ARCHITECTURE),
    Member::query("CompatibleRuntime", "CompatibleRuntime", &RUNTIME),
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LAYER_LIST_ITEMS),
]);

pub(super) static LIST_LAYERS_REQUEST: Shape = Shape::structure(&[
    Member::query("CompatibleArchitecture", "CompatibleArchitecture", &ARCHITECTURE),
    Member::query("CompatibleRuntime", "CompatibleRuntime", &RUNTIME),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LAYER_LIST_ITEMS),
]);

pub(super) static LIST_PROVISIONED_CONCURRENCY_CONFIGS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEMS),
]);

pub(super) static LIST_TAGS_REQUEST: Shape =
    Shape::structure(&[Member::label("Resource", "Resource", &TAGGABLE_RESOURCE).required()]);

pub(super) static LIST_VERSIONS_BY_FUNCTION_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::query("Marker", "Marker", &STRING),
    Member::query("MaxItems", "MaxItems", &MAX_LIST_ITEMS),
]);

static LOCAL_MOUNT_PATH_REGEX: Pattern = Pattern::new(r"/mnt/[a-zA-Z0-9-_.]+");
pub(super) static LOCAL_MOUNT_PATH: Shape =
    Shape::string().at_least(0).at_most(160).matching(&LOCAL_MOUNT_PATH_REGEX);

pub(super) static LOG_FORMAT: Shape = Shape::enumeration(&["JSON", "Text"]);

static LOG_GROUP_REGEX: Pattern = Pattern::new(r"[\.\-_/#A-Za-z0-9]+");
pub(super) static LOG_GROUP: Shape = Shape::string().at_least(1).at_most(512).matching(&LOG_GROUP_REGEX);

pub(super) static LOG_TYPE: Shape = Shape::enumeration(&["Tail", "None"]);

pub(super) static LOGGING_CONFIG: Shape = Shape::structure(&[
    Member::body("LogFormat", &LOG_FORMAT),
    Member::body("ApplicationLogLevel", &APPLICATION_LOG_LEVEL),
    Member::body("SystemLogLevel", &SYSTEM_LOG_LEVEL),
    Member::body("LogGroup", &LOG_GROUP),
]);

static MASTER_REGION_REGEX: Pattern =
    Pattern::new(r"ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}");
pub(super) static MASTER_REGION: Shape =
    Shape::string().at_least(1).at_most(50).matching(&MASTER_REGION_REGEX);

pub(super) static MAX_AGE: Shape = Shape::integer().at_least(0).at_most(86400);

pub(super) static MAX_FIFTY_LIST_ITEMS: Shape = Shape::integer().at_least(1).at_most(50);

pub(super) static MAX_FUNCTION_EVENT_INVOKE_CONFIG_LIST_ITEMS: Shape =
    Shape::integer().at_least(1).at_most(50);

pub(super) static MAX_ITEMS: Shape = Shape::integer().at_least(1).at_most(50);

pub(super) static MAX_LAYER_LIST_ITEMS: Shape = Shape::integer().at_least(1).at_most(50);

pub(super) static MAX_LIST_ITEMS: Shape = Shape::integer().at_least(1).at_most(10000);

pub(super) static MAX_PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEMS: Shape =
    Shape::integer().at_least(1).at_most(50);

pub(super) static MAXIMUM_BATCHING_WINDOW_IN_SECONDS: Shape = Shape::integer().at_least(0).at_most(300);

pub(super) static MAXIMUM_CONCURRENCY: Shape = Shape::integer().at_least(2).at_most(1000);

pub(super) static MAXIMUM_EVENT_AGE_IN_SECONDS: Shape = Shape::integer().at_least(60).at_most(21600);

pub(super) static MAXIMUM_NUMBER_OF_POLLERS: Shape = Shape::integer().at_least(1).at_most(10000);

pub(super) static MAXIMUM_RECORD_AGE_IN_SECONDS: Shape = Shape::integer().at_least(-1).at_most(604800);

pub(super) static MAXIMUM_RETRY_ATTEMPTS: Shape = Shape::integer().at_least(0).at_most(2);

pub(super) static MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING: Shape =
    Shape::integer().at_least(-1).at_most(10000);

pub(super) static MEMORY_SIZE: Shape = Shape::integer().at_least(128).at_most(32768);

static METHOD_REGEX: Pattern = Pattern::new(r".*");
pub(super) static METHOD: Shape = Shape::string().at_least(0).at_most(6).matching(&METHOD_REGEX);

pub(super) static METRIC_TARGET_VALUE: Shape = Shape::double().at_least(0).at_most(100);

pub(super) static MINIMUM_NUMBER_OF_POLLERS: Shape = Shape::integer().at_least(1).at_most(200);

static NAMESPACED_FUNCTION_NAME_REGEX: Pattern = Pattern::new(
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
);
pub(super) static NAMESPACED_FUNCTION_NAME: Shape =
    Shape::string().at_least(1).at_most(256).matching(&NAMESPACED_FUNCTION_NAME_REGEX).pattern_hides_length();

static NAMESPACED_STATEMENT_ID_REGEX: Pattern = Pattern::new(r"([a-zA-Z0-9-_.]+)");
pub(super) static NAMESPACED_STATEMENT_ID: Shape =
    Shape::string().at_least(1).at_most(100).matching(&NAMESPACED_STATEMENT_ID_REGEX);

pub(super) static NULLABLE_BOOLEAN: Shape = Shape::boolean();

static NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER_REGEX: Pattern =
    Pattern::new(r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+");
pub(super) static NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER: Shape =
    Shape::string().at_least(1).at_most(128).matching(&NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER_REGEX);

pub(super) static ON_FAILURE: Shape = Shape::structure(&[Member::body("Destination", &DESTINATION_ARN)]);

pub(super) static ON_SUCCESS: Shape = Shape::structure(&[Member::body("Destination", &DESTINATION_ARN)]);

pub(super) static OPERATION_ACTION: Shape =
    Shape::enumeration(&["SUCCEED", "CANCEL", "START", "RETRY", "FAIL"]);

static OPERATION_ID_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9-_]+");
pub(super) static OPERATION_ID: Shape = Shape::string().at_least(1).at_most(64).matching(&OPERATION_ID_REGEX);

static OPERATION_NAME_REGEX: Pattern = Pattern::new(r"[\x20-\x7E]+");
pub(super) static OPERATION_NAME: Shape =
    Shape::string().at_least(1).at_most(256).matching(&OPERATION_NAME_REGEX);

pub(super) static OPERATION_PAYLOAD: Shape = Shape::string().at_least(0).at_most(6291456).sensitive();

static OPERATION_SUB_TYPE_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9-_]+");
pub(super) static OPERATION_SUB_TYPE: Shape =
    Shape::string().at_least(1).at_most(32).matching(&OPERATION_SUB_TYPE_REGEX);

pub(super) static OPERATION_TYPE: Shape =
    Shape::enumeration(&["CALLBACK", "CHAINED_INVOKE", "EXECUTION", "STEP", "CONTEXT", "WAIT"]);

pub(super) static OPERATION_UPDATE: Shape = Shape::structure(&[
    Member::body("Id", &OPERATION_ID).required(),
    Member::body("ParentId", &OPERATION_ID),
    Member::body("Name", &OPERATION_NAME),
    Member::body("Type", &OPERATION_TYPE).required(),
    Member::body("SubType", &OPERATION_SUB_TYPE),
    Member::body("Action", &OPERATION_ACTION).required(),
    Member::body("Payload", &OPERATION_PAYLOAD),
    Member::body("Error", &ERROR_OBJECT),
    Member::body("ContextOptions", &CONTEXT_OPTIONS),
    Member::body("StepOptions", &STEP_OPTIONS),
    Member::body("WaitOptions", &WAIT_OPTIONS),
    Member::body("CallbackOptions", &CALLBACK_OPTIONS),
    Member::body("ChainedInvokeOptions", &CHAINED_INVOKE_OPTIONS),
]);

pub(super) static OPERATION_UPDATES: Shape = Shape::list(&OPERATION_UPDATE);

static ORGANIZATION_ID_REGEX: Pattern = Pattern::new(r"o-[a-z0-9]{10,32}");
pub(super) static ORGANIZATION_ID: Shape =
    Shape::string().at_least(0).at_most(34).matching(&ORGANIZATION_ID_REGEX);

static ORIGIN_REGEX: Pattern = Pattern::new(r".*");
pub(super) static ORIGIN: Shape = Shape::string().at_least(1).at_most(253).matching(&ORIGIN_REGEX);

pub(super) static PACKAGE_TYPE: Shape = Shape::enumeration(&["Zip", "Image"]);

pub(super) static PARALLELIZATION_FACTOR: Shape = Shape::integer().at_least(1).at_most(10);

static PATTERN_REGEX: Pattern = Pattern::new(r"[\s\S]*");
pub(super) static PATTERN: Shape = Shape::string().at_least(0).at_most(4096).matching(&PATTERN_REGEX);

pub(super) static PAUSE_DURABLE_EXECUTION_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::body("ClientToken", &CLIENT_TOKEN),
    Member::body("Reason", &PAUSE_REASON),
    Member::body("ExecutionTimeoutPaused", &EXECUTION_TIMEOUT_PAUSED),
]);

pub(super) static PAUSE_REASON: Shape = Shape::string().at_least(0).at_most(1024).sensitive();

pub(super) static PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY: Shape =
    Shape::integer().at_least(1).at_most(1600);

static POLICY_RESOURCE_ARN_REGEX: Pattern = Pattern::new(
    r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_])+)?|runtime/[a-zA-Z0-9-_./]+)",
);
pub(super) static POLICY_RESOURCE_ARN: Shape =
    Shape::string().at_least(0).at_most(512).matching(&POLICY_RESOURCE_ARN_REGEX);

pub(super) static POSITIVE_INTEGER: Shape = Shape::integer().at_least(1);

static PRINCIPAL_REGEX: Pattern = Pattern::new(r"[^\s]+");
pub(super) static PRINCIPAL: Shape = Shape::string().at_least(0).at_most(2048).matching(&PRINCIPAL_REGEX);

static PRINCIPAL_ORG_ID_REGEX: Pattern = Pattern::new(r"o-[a-z0-9]{10,32}");
pub(super) static PRINCIPAL_ORG_ID: Shape =
    Shape::string().at_least(12).at_most(34).matching(&PRINCIPAL_ORG_ID_REGEX);

pub(super) static PROPAGATE_TAGS: Shape = Shape::structure(&[
    Member::body("Mode", &PROPAGATE_TAGS_MODE),
    Member::body("ExplicitTags", &PROPAGATE_TAGS_EXPLICIT_TAGS_MAP),
]);

pub(super) static PROPAGATE_TAGS_EXPLICIT_TAGS_MAP: Shape =
    Shape::map(&TAG_KEY, &TAG_VALUE).at_least(0).at_most(40);

pub(super) static PROPAGATE_TAGS_MODE: Shape = Shape::enumeration(&["Explicit", "None"]);

pub(super) static PROVISIONED_POLLER_CONFIG: Shape = Shape::structure(&[
    Member::body("MinimumPollers", &MINIMUM_NUMBER_OF_POLLERS),
    Member::body("MaximumPollers", &MAXIMUM_NUMBER_OF_POLLERS),
    Member::body("PollerGroupName", &PROVISIONED_POLLER_GROUP_NAME),
]);

static PROVISIONED_POLLER_GROUP_NAME_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9-_]*");
pub(super) static PROVISIONED_POLLER_GROUP_NAME: Shape =
    Shape::string().at_least(0).at_most(128).matching(&PROVISIONED_POLLER_GROUP_NAME_REGEX);

pub(super) static PUBLISH_LAYER_VERSION_REQUEST: Shape = Shape::structure(&[
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::body("Description", &DESCRIPTION),
    Member::body("Content", &LAYER_VERSION_CONTENT_INPUT).required(),
    Member::body("CompatibleArchitectures", &COMPATIBLE_ARCHITECTURES),
    Member::body("CompatibleRuntimes", &COMPATIBLE_RUNTIMES),
    Member::body("LicenseInfo", &LICENSE_INFO),
]);

pub(super) static PUBLISH_VERSION_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::body("CodeSha256", &STRING),
    Member::body("Description", &DESCRIPTION),
    Member::body("RevisionId", &STRING),
    Member::body("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
]);

static PUBLISHED_FUNCTION_QUALIFIER_REGEX: Pattern = Pattern::new(r"(\$LATEST\.PUBLISHED|[0-9]+)");
pub(super) static PUBLISHED_FUNCTION_QUALIFIER: Shape =
    Shape::string().at_least(1).at_most(128).matching(&PUBLISHED_FUNCTION_QUALIFIER_REGEX);

pub(super) static PUT_FUNCTION_CODE_SIGNING_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::body("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).required(),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
]);

pub(super) static PUT_FUNCTION_CONCURRENCY_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::body("ReservedConcurrentExecutions", &RESERVED_CONCURRENT_EXECUTIONS).required(),
]);

pub(super) static PUT_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::body("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS),
    Member::body("MaximumEventAgeInSeconds", &MAXIMUM_EVENT_AGE_IN_SECONDS),
    Member::body("DestinationConfig", &DESTINATION_CONFIG),
]);

pub(super) static PUT_FUNCTION_RECURSION_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &UNQUALIFIED_FUNCTION_NAME).required(),
    Member::body("RecursiveLoop", &RECURSIVE_LOOP).required(),
]);

pub(super) static PUT_FUNCTION_SCALING_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &PUBLISHED_FUNCTION_QUALIFIER).required(),
    Member::label("FunctionName", "FunctionName", &UNQUALIFIED_FUNCTION_NAME).required(),
    Member::body("FunctionScalingConfig", &FUNCTION_SCALING_CONFIG),
]);

pub(super) static PUT_PROVISIONED_CONCURRENCY_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &QUALIFIER).required(),
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::body("ProvisionedConcurrentExecutions", &POSITIVE_INTEGER).required(),
]);

pub(super) static PUT_RESOURCE_POLICY_REQUEST: Shape = Shape::structure(&[
    Member::label("ResourceArn", "ResourceArn", &POLICY_RESOURCE_ARN).required(),
    Member::body("Policy", &RESOURCE_POLICY).required(),
    Member::body("RevisionId", &REVISION_ID),
]);

pub(super) static PUT_RUNTIME_MANAGEMENT_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::body("UpdateRuntimeOn", &UPDATE_RUNTIME_ON).required(),
    Member::body("RuntimeVersionArn", &RUNTIME_VERSION_ARN),
]);

static QUALIFIER_REGEX: Pattern = Pattern::new(r"(|[a-zA-Z0-9$_-]+)");
pub(super) static QUALIFIER: Shape = Shape::string().at_least(1).at_most(128).matching(&QUALIFIER_REGEX);

static QUEUE_REGEX: Pattern = Pattern::new(r"[\s\S]*");
pub(super) static QUEUE: Shape = Shape::string().at_least(1).at_most(1000).matching(&QUEUE_REGEX);

pub(super) static QUEUES: Shape = Shape::list(&QUEUE).at_least(1).at_most(1);

pub(super) static RECURSIVE_LOOP: Shape = Shape::enumeration(&["Terminate", "Allow"]);

pub(super) static REMOVE_LAYER_VERSION_PERMISSION_REQUEST: Shape = Shape::structure(&[
    Member::label("LayerName", "LayerName", &LAYER_NAME_OR_ARN).required(),
    Member::label("VersionNumber", "VersionNumber", &LAYER_VERSION_NUMBER).required(),
    Member::label("StatementId", "StatementId", &STATEMENT_ID).required(),
    Member::query("RevisionId", "RevisionId", &STRING),
]);

pub(super) static REMOVE_PERMISSION_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::label("StatementId", "StatementId", &NAMESPACED_STATEMENT_ID).required(),
    Member::query("RevisionId", "RevisionId", &STRING),
]);

pub(super) static REPLAY_CHILDREN: Shape = Shape::boolean();

pub(super) static RESERVED_CONCURRENT_EXECUTIONS: Shape = Shape::integer().at_least(0);

static RESOURCE_ARN_REGEX: Pattern = Pattern::new(r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
pub(super) static RESOURCE_ARN: Shape =
    Shape::string().at_least(0).at_most(10000).matching(&RESOURCE_ARN_REGEX);

static RESOURCE_POLICY_REGEX: Pattern = Pattern::new(r"[\s\S]+");
pub(super) static RESOURCE_POLICY: Shape =
    Shape::string().at_least(1).at_most(20480).matching(&RESOURCE_POLICY_REGEX);

pub(super) static RESPONSE_STREAMING_INVOCATION_TYPE: Shape =
    Shape::enumeration(&["DryRun", "RequestResponse"]);

pub(super) static RESUME_DURABLE_EXECUTION_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::body("ClientToken", &CLIENT_TOKEN),
    Member::body("Reason", &RESUME_REASON),
]);

pub(super) static RESUME_REASON: Shape = Shape::string().at_least(0).at_most(1024).sensitive();

pub(super) static RETENTION_PERIOD_IN_DAYS: Shape = Shape::integer().at_least(1).at_most(90);

pub(super) static REVERSE_ORDER: Shape = Shape::boolean();

static REVISION_ID_REGEX: Pattern =
    Pattern::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
pub(super) static REVISION_ID: Shape = Shape::string().at_least(36).at_most(36).matching(&REVISION_ID_REGEX);

static ROLE_ARN_REGEX: Pattern =
    Pattern::new(r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+");
pub(super) static ROLE_ARN: Shape = Shape::string().at_least(0).at_most(10000).matching(&ROLE_ARN_REGEX);

pub(super) static RUNTIME: Shape = Shape::enumeration_or_arn(
    &[
        "nodejs",
        "nodejs4.3",
        "nodejs6.10",
        "nodejs8.10",
        "nodejs10.x",
        "nodejs12.x",
        "nodejs14.x",
        "nodejs16.x",
        "nodejs18.x",
        "nodejs20.x",
        "nodejs22.x",
        "nodejs24.x",
        "java8",
        "java8.al2",
        "java11",
        "java17",
        "java21",
        "java25",
        "python2.7",
        "python3.6",
        "python3.7",
        "python3.8",
        "python3.9",
        "python3.10",
        "python3.11",
        "python3.12",
        "python3.13",
        "python3.14",
        "dotnetcore1.0",
        "dotnetcore2.0",
        "dotnetcore2.1",
        "dotnetcore3.1",
        "dotnet6",
        "dotnet8",
        "dotnet10",
        "nodejs4.3-edge",
        "go1.x",
        "ruby2.5",
        "ruby2.7",
        "ruby3.2",
        "ruby3.3",
        "ruby3.4",
        "ruby4.0",
        "provided",
        "provided.al2",
        "provided.al2023",
        "nodejs26.x",
        "python3.15",
        "java8.al2023",
        "java11.al2023",
        "java17.al2023",
        "custom",
    ],
    &[
        "nodejs20.x",
        "python3.14",
        "provided.al2023",
        "python3.15",
        "python3.12",
        "python3.13",
        "nodejs24.x",
        "nodejs22.x",
        "java17",
        "java25",
        "dotnet10",
        "nodejs26.x",
        "dotnet8",
        "python3.10",
        "java11",
        "python3.11",
        "java21",
        "provided.al2",
        "ruby3.3",
        "ruby3.4",
        "ruby4.0",
        "java8.al2",
        "ruby3.2",
    ],
);

static RUNTIME_VERSION_ARN_REGEX: Pattern = Pattern::new(
    r"((arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}::runtime:.+)|(arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:runtime/[A-Za-z0-9_.-]{1,128}/version/[A-Za-z0-9_.-]{1,128}))",
);
pub(super) static RUNTIME_VERSION_ARN: Shape =
    Shape::string().at_least(26).at_most(2048).matching(&RUNTIME_VERSION_ARN_REGEX);

static S3_BUCKET_REGEX: Pattern = Pattern::new(r"[0-9A-Za-z\.\-_]*(?<!\.)");
pub(super) static S3_BUCKET: Shape = Shape::string().at_least(3).at_most(63).matching(&S3_BUCKET_REGEX);

pub(super) static S3_FILES_CONFIG: Shape = Shape::structure(&[Member::body("DirectS3Read", &DIRECT_S3_READ)]);

static S3_KEY_REGEX: Pattern = Pattern::new(r".*");
pub(super) static S3_KEY: Shape = Shape::string().at_least(1).at_most(1024).matching(&S3_KEY_REGEX);

pub(super) static S3_OBJECT_STORAGE_MODE: Shape = Shape::enumeration(&["REFERENCE", "COPY"]);

static S3_OBJECT_VERSION_REGEX: Pattern = Pattern::new(r".*");
pub(super) static S3_OBJECT_VERSION: Shape =
    Shape::string().at_least(1).at_most(1024).matching(&S3_OBJECT_VERSION_REGEX);

pub(super) static SCALING_CONFIG: Shape =
    Shape::structure(&[Member::body("MaximumConcurrency", &MAXIMUM_CONCURRENCY)]);

pub(super) static SCHEMA_REGISTRY_EVENT_RECORD_FORMAT: Shape = Shape::enumeration(&["SOURCE", "JSON"]);

static SCHEMA_REGISTRY_URI_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9-\/*:_+=.@-]*");
pub(super) static SCHEMA_REGISTRY_URI: Shape =
    Shape::string().at_least(1).at_most(10000).matching(&SCHEMA_REGISTRY_URI_REGEX);

static SECURITY_GROUP_ID_REGEX: Pattern = Pattern::new(r"sg-[0-9a-zA-Z]*");
pub(super) static SECURITY_GROUP_ID: Shape =
    Shape::string().at_least(0).at_most(1024).matching(&SECURITY_GROUP_ID_REGEX);

pub(super) static SECURITY_GROUP_IDS: Shape = Shape::list(&SECURITY_GROUP_ID).at_least(0).at_most(5);

pub(super) static SELF_MANAGED_EVENT_SOURCE: Shape =
    Shape::structure(&[Member::body("Endpoints", &ENDPOINTS)]);

pub(super) static SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG: Shape = Shape::structure(&[
    Member::body("ConsumerGroupId", &URI),
    Member::body("SchemaRegistryConfig", &KAFKA_SCHEMA_REGISTRY_CONFIG),
    Member::body("ConsumptionMode", &KAFKA_EVENT_SOURCE_MAPPING_CONSUMPTION_MODE),
]);

pub(super) static SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_REQUEST: Shape = Shape::structure(&[
    Member::label("CallbackId", "CallbackId", &CALLBACK_ID).required(),
    Member::payload("Error", &ERROR_OBJECT),
]);

pub(super) static SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_REQUEST: Shape =
    Shape::structure(&[Member::label("CallbackId", "CallbackId", &CALLBACK_ID).required()]);

pub(super) static SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_REQUEST: Shape = Shape::structure(&[
    Member::label("CallbackId", "CallbackId", &CALLBACK_ID).required(),
    Member::payload("Result", &BINARY_OPERATION_PAYLOAD),
]);

pub(super) static SIGNING_PROFILE_VERSION_ARNS: Shape = Shape::list(&ARN).at_least(1).at_most(20);

pub(super) static SNAP_START: Shape = Shape::structure(&[Member::body("ApplyOn", &SNAP_START_APPLY_ON)]);

pub(super) static SNAP_START_APPLY_ON: Shape = Shape::enumeration(&["PublishedVersions", "None"]);

pub(super) static SOURCE_ACCESS_CONFIGURATION: Shape =
    Shape::structure(&[Member::body("Type", &SOURCE_ACCESS_TYPE), Member::body("URI", &URI)]);

pub(super) static SOURCE_ACCESS_CONFIGURATIONS: Shape =
    Shape::list(&SOURCE_ACCESS_CONFIGURATION).at_least(0).at_most(23);

pub(super) static SOURCE_ACCESS_TYPE: Shape = Shape::enumeration(&[
    "SASL_SCRAM_512_AUTH",
    "OAUTHBEARER_SCOPE",
    "OAUTHBEARER_AUDIENCE",
    "IAM_OAUTHBEARER_AUTH",
    "OAUTHBEARER_AUTH",
    "OAUTHBEARER_IDENTITY_POOL",
    "VPC_SECURITY_GROUP",
    "VPC_SUBNET",
    "SERVER_ROOT_CA_CERTIFICATE",
    "CLIENT_CERTIFICATE_TLS_AUTH",
    "OAUTHBEARER_LOGICAL_CLUSTER",
    "VIRTUAL_HOST",
    "IAM_AUTH",
    "SASL_SCRAM_256_AUTH",
    "BASIC_AUTH",
]);

static SOURCE_OWNER_REGEX: Pattern = Pattern::new(r"\d{12}");
pub(super) static SOURCE_OWNER: Shape = Shape::string().at_least(0).at_most(12).matching(&SOURCE_OWNER_REGEX);

pub(super) static STACK_TRACE_ENTRIES: Shape = Shape::list(&STACK_TRACE_ENTRY);

pub(super) static STACK_TRACE_ENTRY: Shape = Shape::string().sensitive();

static STATEMENT_ID_REGEX: Pattern = Pattern::new(r"([a-zA-Z0-9-_]+)");
pub(super) static STATEMENT_ID: Shape =
    Shape::string().at_least(1).at_most(100).matching(&STATEMENT_ID_REGEX);

pub(super) static STEP_OPTIONS: Shape = Shape::structure(&[Member::body(
    "NextAttemptDelaySeconds",
    &STEP_OPTIONS_NEXT_ATTEMPT_DELAY_SECONDS_INTEGER,
)]);

pub(super) static STEP_OPTIONS_NEXT_ATTEMPT_DELAY_SECONDS_INTEGER: Shape =
    Shape::integer().at_least(1).at_most(31622400);

pub(super) static STOP_DURABLE_EXECUTION_REQUEST: Shape = Shape::structure(&[
    Member::label("DurableExecutionArn", "DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
    Member::payload("Error", &ERROR_OBJECT),
]);

pub(super) static STRING: Shape = Shape::string();

pub(super) static STRING_LIST: Shape = Shape::list(&STRING).at_least(0).at_most(1500);

static SUBNET_ID_REGEX: Pattern = Pattern::new(r"subnet-[0-9a-z]*");
pub(super) static SUBNET_ID: Shape = Shape::string().at_least(0).at_most(1024).matching(&SUBNET_ID_REGEX);

pub(super) static SUBNET_IDS: Shape = Shape::list(&SUBNET_ID).at_least(0).at_most(16);

pub(super) static SYSTEM_LOG_LEVEL: Shape = Shape::enumeration(&["INFO", "DEBUG", "WARN"]);

static TAG_KEY_REGEX: Pattern = Pattern::new(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
pub(super) static TAG_KEY: Shape = Shape::string().at_least(1).at_most(128).matching(&TAG_KEY_REGEX);

pub(super) static TAG_KEY_LIST: Shape = Shape::list(&TAG_KEY);

pub(super) static TAG_RESOURCE_REQUEST: Shape = Shape::structure(&[
    Member::label("Resource", "Resource", &TAGGABLE_RESOURCE).required(),
    Member::body("Tags", &TAGS).required(),
]);

static TAG_VALUE_REGEX: Pattern = Pattern::new(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
pub(super) static TAG_VALUE: Shape = Shape::string().at_least(0).at_most(256).matching(&TAG_VALUE_REGEX);

static TAGGABLE_RESOURCE_REGEX: Pattern = Pattern::new(
    r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})",
);
pub(super) static TAGGABLE_RESOURCE: Shape =
    Shape::string().at_least(1).at_most(10000).matching(&TAGGABLE_RESOURCE_REGEX);

pub(super) static TAGS: Shape = Shape::map(&TAG_KEY, &TAG_VALUE);

pub(super) static TARGET_TRACKING_SCALING_POLICY: Shape = Shape::structure(&[
    Member::body("PredefinedMetricType", &CAPACITY_PROVIDER_PREDEFINED_METRIC_TYPE).required(),
    Member::body("TargetValue", &METRIC_TARGET_VALUE).required(),
]);

pub(super) static TENANCY_CONFIG: Shape =
    Shape::structure(&[Member::body("TenantIsolationMode", &TENANT_ISOLATION_MODE).required()]);

static TENANT_ID_REGEX: Pattern = Pattern::new(r"[a-zA-Z0-9\._:\/=+\-@ ]+");
pub(super) static TENANT_ID: Shape = Shape::string().at_least(1).at_most(256).matching(&TENANT_ID_REGEX);

pub(super) static TENANT_ISOLATION_MODE: Shape = Shape::enumeration(&["PER_TENANT"]);

pub(super) static TIMEOUT: Shape = Shape::integer().at_least(1).at_most(5400);

static TOPIC_REGEX: Pattern = Pattern::new(r"[^.]([a-zA-Z0-9\-_.]+)");
pub(super) static TOPIC: Shape = Shape::string().at_least(1).at_most(249).matching(&TOPIC_REGEX);

pub(super) static TOPICS: Shape = Shape::list(&TOPIC).at_least(1).at_most(1);

pub(super) static TRACING_CONFIG: Shape = Shape::structure(&[Member::body("Mode", &TRACING_MODE)]);

pub(super) static TRACING_MODE: Shape = Shape::enumeration(&["Active", "PassThrough"]);

pub(super) static TUMBLING_WINDOW_IN_SECONDS: Shape = Shape::integer().at_least(0).at_most(900);

static URI_REGEX: Pattern = Pattern::new(r"[ a-zA-Z0-9-\/*:_+=.@-]*");
pub(super) static URI: Shape = Shape::string().at_least(1).at_most(200).matching(&URI_REGEX);

pub(super) static UUID_STRING: Shape = Shape::string().at_least(36).at_most(36);

static UNQUALIFIED_FUNCTION_NAME_REGEX: Pattern = Pattern::new(
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)",
);
pub(super) static UNQUALIFIED_FUNCTION_NAME: Shape =
    Shape::string().at_least(1).at_most(140).matching(&UNQUALIFIED_FUNCTION_NAME_REGEX);

pub(super) static UNTAG_RESOURCE_REQUEST: Shape = Shape::structure(&[
    Member::label("Resource", "Resource", &TAGGABLE_RESOURCE).required(),
    Member::query("TagKeys", "tagKeys", &TAG_KEY_LIST).required(),
]);

pub(super) static UPDATE_ALIAS_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::label("Name", "Name", &ALIAS).required(),
    Member::body("FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED),
    Member::body("Description", &DESCRIPTION),
    Member::body("RoutingConfig", &ALIAS_ROUTING_CONFIGURATION),
    Member::body("RevisionId", &STRING),
]);

pub(super) static UPDATE_CAPACITY_PROVIDER_REQUEST: Shape = Shape::structure(&[
    Member::label("CapacityProviderName", "CapacityProviderName", &CAPACITY_PROVIDER_NAME).required(),
    Member::body("CapacityProviderScalingConfig", &CAPACITY_PROVIDER_SCALING_CONFIG),
    Member::body("PropagateTags", &PROPAGATE_TAGS),
    Member::body("TelemetryConfig", &CAPACITY_PROVIDER_TELEMETRY_CONFIG),
]);

pub(super) static UPDATE_CODE_SIGNING_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::label("CodeSigningConfigArn", "CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).required(),
    Member::body("Description", &DESCRIPTION),
    Member::body("AllowedPublishers", &ALLOWED_PUBLISHERS),
    Member::body("CodeSigningPolicies", &CODE_SIGNING_POLICIES),
]);

pub(super) static UPDATE_EVENT_SOURCE_MAPPING_REQUEST: Shape = Shape::structure(&[
    Member::label("UUID", "UUID", &UUID_STRING).required(),
    Member::body("FunctionName", &NAMESPACED_FUNCTION_NAME),
    Member::body("Enabled", &ENABLED),
    Member::body("BatchSize", &BATCH_SIZE),
    Member::body("FilterCriteria", &FILTER_CRITERIA),
    Member::body("KMSKeyArn", &KMS_KEY_ARN),
    Member::body("MetricsConfig", &EVENT_SOURCE_MAPPING_METRICS_CONFIG),
    Member::body("LoggingConfig", &EVENT_SOURCE_MAPPING_LOGGING_CONFIG),
    Member::body("ScalingConfig", &SCALING_CONFIG),
    Member::body("MaximumBatchingWindowInSeconds", &MAXIMUM_BATCHING_WINDOW_IN_SECONDS),
    Member::body("ParallelizationFactor", &PARALLELIZATION_FACTOR),
    Member::body("DestinationConfig", &DESTINATION_CONFIG),
    Member::body("MaximumRecordAgeInSeconds", &MAXIMUM_RECORD_AGE_IN_SECONDS),
    Member::body("BisectBatchOnFunctionError", &BISECT_BATCH_ON_FUNCTION_ERROR),
    Member::body("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING),
    Member::body("TumblingWindowInSeconds", &TUMBLING_WINDOW_IN_SECONDS),
    Member::body("SourceAccessConfigurations", &SOURCE_ACCESS_CONFIGURATIONS),
    Member::body("FunctionResponseTypes", &FUNCTION_RESPONSE_TYPE_LIST),
    Member::body("AmazonManagedKafkaEventSourceConfig", &AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
    Member::body("SelfManagedKafkaEventSourceConfig", &SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
    Member::body("DocumentDBEventSourceConfig", &DOCUMENT_DB_EVENT_SOURCE_CONFIG),
    Member::body("ProvisionedPollerConfig", &PROVISIONED_POLLER_CONFIG),
]);

pub(super) static UPDATE_FUNCTION_CODE_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::body("ZipFile", &BLOB),
    Member::body("S3Bucket", &S3_BUCKET),
    Member::body("S3Key", &S3_KEY),
    Member::body("S3ObjectVersion", &S3_OBJECT_VERSION),
    Member::body("S3ObjectStorageMode", &S3_OBJECT_STORAGE_MODE),
    Member::body("ImageUri", &STRING),
    Member::body("Architectures", &ARCHITECTURES_LIST),
    Member::body("Publish", &BOOLEAN),
    Member::body("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
    Member::body("DryRun", &BOOLEAN),
    Member::body("RevisionId", &STRING),
    Member::body("SourceKMSKeyArn", &KMS_KEY_ARN),
]);

pub(super) static UPDATE_FUNCTION_CONFIGURATION_REQUEST: Shape = Shape::structure(&[
    Member::label("FunctionName", "FunctionName", &FUNCTION_NAME).required(),
    Member::body("Role", &ROLE_ARN),
    Member::body("Handler", &HANDLER),
    Member::body("Description", &DESCRIPTION),
    Member::body("Timeout", &TIMEOUT),
    Member::body("MemorySize", &MEMORY_SIZE),
    Member::body("VpcConfig", &VPC_CONFIG),
    Member::body("Environment", &ENVIRONMENT),
    Member::body("Runtime", &RUNTIME),
    Member::body("DeadLetterConfig", &DEAD_LETTER_CONFIG),
    Member::body("KMSKeyArn", &KMS_KEY_ARN),
    Member::body("TracingConfig", &TRACING_CONFIG),
    Member::body("RevisionId", &STRING),
    Member::body("Layers", &LAYER_LIST),
    Member::body("FileSystemConfigs", &FILE_SYSTEM_CONFIG_LIST),
    Member::body("ImageConfig", &IMAGE_CONFIG),
    Member::body("EphemeralStorage", &EPHEMERAL_STORAGE),
    Member::body("SnapStart", &SNAP_START),
    Member::body("LoggingConfig", &LOGGING_CONFIG),
    Member::body("CapacityProviderConfig", &CAPACITY_PROVIDER_CONFIG),
    Member::body("DurableConfig", &DURABLE_CONFIG),
    Member::body("RuntimeConfig", &FUNCTION_RUNTIME_CONFIG),
    Member::body("AcceleratorConfig", &ACCELERATOR_CONFIG),
]);

pub(super) static UPDATE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
    Member::body("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS),
    Member::body("MaximumEventAgeInSeconds", &MAXIMUM_EVENT_AGE_IN_SECONDS),
    Member::body("DestinationConfig", &DESTINATION_CONFIG),
]);

pub(super) static UPDATE_FUNCTION_URL_CONFIG_REQUEST: Shape = Shape::structure(&[
    Member::query("Qualifier", "Qualifier", &FUNCTION_URL_QUALIFIER),
    Member::label("FunctionName", "FunctionName", &FUNCTION_URL_FUNCTION_NAME).required(),
    Member::body("AuthType", &FUNCTION_URL_AUTH_TYPE),
    Member::body("Cors", &CORS),
    Member::body("InvokeMode", &INVOKE_MODE),
]);

pub(super) static UPDATE_RUNTIME_ON: Shape = Shape::enumeration(&["Auto", "Manual", "FunctionUpdate"]);

static VERSION_WITH_LATEST_PUBLISHED_REGEX: Pattern = Pattern::new(r"(\$LATEST(\.PUBLISHED)?|[0-9]+)");
pub(super) static VERSION_WITH_LATEST_PUBLISHED: Shape =
    Shape::string().at_least(1).at_most(1024).matching(&VERSION_WITH_LATEST_PUBLISHED_REGEX);

pub(super) static VPC_CONFIG: Shape = Shape::structure(&[
    Member::body("SubnetIds", &SUBNET_IDS),
    Member::body("SecurityGroupIds", &SECURITY_GROUP_IDS),
    Member::body("Ipv6AllowedForDualStack", &NULLABLE_BOOLEAN),
]);

pub(super) static WAIT_OPTIONS: Shape =
    Shape::structure(&[Member::body("WaitSeconds", &WAIT_OPTIONS_WAIT_SECONDS_INTEGER)]);

pub(super) static WAIT_OPTIONS_WAIT_SECONDS_INTEGER: Shape = Shape::integer().at_least(1).at_most(31622400);

pub(super) static WEIGHT: Shape = Shape::double().at_least(0).at_most(1);

pub(super) static WORKING_DIRECTORY: Shape = Shape::string().at_least(0).at_most(1000);

pub(super) static X_AMZN_TRACE_ID: Shape = Shape::string().at_least(0).at_most(8192);

#[cfg(test)]
pub(crate) static TOPS: &[&Shape] = &[
    &ADD_LAYER_VERSION_PERMISSION_REQUEST,
    &ADD_PERMISSION_REQUEST,
    &CHECKPOINT_DURABLE_EXECUTION_REQUEST,
    &CREATE_ALIAS_REQUEST,
    &CREATE_CAPACITY_PROVIDER_REQUEST,
    &CREATE_CODE_SIGNING_CONFIG_REQUEST,
    &CREATE_EVENT_SOURCE_MAPPING_REQUEST,
    &CREATE_FUNCTION_REQUEST,
    &CREATE_FUNCTION_URL_CONFIG_REQUEST,
    &DELETE_ALIAS_REQUEST,
    &DELETE_CAPACITY_PROVIDER_REQUEST,
    &DELETE_CODE_SIGNING_CONFIG_REQUEST,
    &DELETE_DURABLE_EXECUTION_REQUEST,
    &DELETE_EVENT_SOURCE_MAPPING_REQUEST,
    &DELETE_FUNCTION_CODE_SIGNING_CONFIG_REQUEST,
    &DELETE_FUNCTION_CONCURRENCY_REQUEST,
    &DELETE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST,
    &DELETE_FUNCTION_REQUEST,
    &DELETE_FUNCTION_URL_CONFIG_REQUEST,
    &DELETE_LAYER_VERSION_REQUEST,
    &DELETE_PROVISIONED_CONCURRENCY_CONFIG_REQUEST,
    &DELETE_RESOURCE_POLICY_REQUEST,
    &GET_ACCOUNT_SETTINGS_REQUEST,
    &GET_ALIAS_REQUEST,
    &GET_CAPACITY_PROVIDER_REQUEST,
    &GET_CODE_SIGNING_CONFIG_REQUEST,
    &GET_DURABLE_EXECUTION_HISTORY_REQUEST,
    &GET_DURABLE_EXECUTION_REQUEST,
    &GET_DURABLE_EXECUTION_STATE_REQUEST,
    &GET_EVENT_SOURCE_MAPPING_REQUEST,
    &GET_FUNCTION_CODE_SIGNING_CONFIG_REQUEST,
    &GET_FUNCTION_CONCURRENCY_REQUEST,
    &GET_FUNCTION_CONFIGURATION_REQUEST,
    &GET_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST,
    &GET_FUNCTION_RECURSION_CONFIG_REQUEST,
    &GET_FUNCTION_REQUEST,
    &GET_FUNCTION_SCALING_CONFIG_REQUEST,
    &GET_FUNCTION_URL_CONFIG_REQUEST,
    &GET_LAYER_VERSION_BY_ARN_REQUEST,
    &GET_LAYER_VERSION_POLICY_REQUEST,
    &GET_LAYER_VERSION_REQUEST,
    &GET_POLICY_REQUEST,
    &GET_PROVISIONED_CONCURRENCY_CONFIG_REQUEST,
    &GET_RESOURCE_POLICY_REQUEST,
    &GET_RUNTIME_MANAGEMENT_CONFIG_REQUEST,
    &INVOCATION_REQUEST,
    &INVOKE_ASYNC_REQUEST,
    &INVOKE_WITH_RESPONSE_STREAM_REQUEST,
    &LIST_ALIASES_REQUEST,
    &LIST_CAPACITY_PROVIDERS_REQUEST,
    &LIST_CODE_SIGNING_CONFIGS_REQUEST,
    &LIST_DURABLE_EXECUTIONS_BY_FUNCTION_REQUEST,
    &LIST_EVENT_SOURCE_MAPPINGS_REQUEST,
    &LIST_FUNCTION_EVENT_INVOKE_CONFIGS_REQUEST,
    &LIST_FUNCTION_URL_CONFIGS_REQUEST,
    &LIST_FUNCTION_VERSIONS_BY_CAPACITY_PROVIDER_REQUEST,
    &LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_REQUEST,
    &LIST_FUNCTIONS_REQUEST,
    &LIST_LAYER_VERSIONS_REQUEST,
    &LIST_LAYERS_REQUEST,
    &LIST_PROVISIONED_CONCURRENCY_CONFIGS_REQUEST,
    &LIST_TAGS_REQUEST,
    &LIST_VERSIONS_BY_FUNCTION_REQUEST,
    &PAUSE_DURABLE_EXECUTION_REQUEST,
    &PUBLISH_LAYER_VERSION_REQUEST,
    &PUBLISH_VERSION_REQUEST,
    &PUT_FUNCTION_CODE_SIGNING_CONFIG_REQUEST,
    &PUT_FUNCTION_CONCURRENCY_REQUEST,
    &PUT_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST,
    &PUT_FUNCTION_RECURSION_CONFIG_REQUEST,
    &PUT_FUNCTION_SCALING_CONFIG_REQUEST,
    &PUT_PROVISIONED_CONCURRENCY_CONFIG_REQUEST,
    &PUT_RESOURCE_POLICY_REQUEST,
    &PUT_RUNTIME_MANAGEMENT_CONFIG_REQUEST,
    &REMOVE_LAYER_VERSION_PERMISSION_REQUEST,
    &REMOVE_PERMISSION_REQUEST,
    &RESUME_DURABLE_EXECUTION_REQUEST,
    &SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_REQUEST,
    &SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_REQUEST,
    &SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_REQUEST,
    &STOP_DURABLE_EXECUTION_REQUEST,
    &TAG_RESOURCE_REQUEST,
    &UNTAG_RESOURCE_REQUEST,
    &UPDATE_ALIAS_REQUEST,
    &UPDATE_CAPACITY_PROVIDER_REQUEST,
    &UPDATE_CODE_SIGNING_CONFIG_REQUEST,
    &UPDATE_EVENT_SOURCE_MAPPING_REQUEST,
    &UPDATE_FUNCTION_CODE_REQUEST,
    &UPDATE_FUNCTION_CONFIGURATION_REQUEST,
    &UPDATE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST,
    &UPDATE_FUNCTION_URL_CONFIG_REQUEST,
];
