// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use crate::error::error_codes;

error_codes! {
    AccessDenied => "AccessDeniedException" 400 "Message" Unstated,
    DataAlreadyAccepted => "DataAlreadyAcceptedException" 400 "message" Unstated,
    InvalidParameter => "InvalidParameterException" 400 "message" Unstated,
    InvalidSequenceToken => "InvalidSequenceTokenException" 400 "message" Unstated,
    LimitExceeded => "LimitExceededException" 400 "message" Unstated,
    OperationAborted => "OperationAbortedException" 400 "message" Unstated,
    ResourceAlreadyExists => "ResourceAlreadyExistsException" 400 "message" Unstated,
    ResourceNotFound => "ResourceNotFoundException" 400 "message" Unstated,
    Serialization => "SerializationException" 400 "Message" Unstated,
    ServiceUnavailable => "ServiceUnavailableException" 500 "message" Unstated,
    TooManyTags => "TooManyTagsException" 400 "message" Unstated,
    UnknownOperation => "UnknownOperationException" 400 "message" Unstated,
    UnrecognizedClient => "UnrecognizedClientException" 400 "message" Unstated,
    Validation => "ValidationException" 400 "message" Unstated,
}
