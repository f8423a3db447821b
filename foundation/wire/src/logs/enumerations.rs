// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use crate::enumeration::string_enum;

string_enum! {
    pub enum DataProtectionStatus {
        Activated => "ACTIVATED",
        Deleted => "DELETED",
        Archived => "ARCHIVED",
        Disabled => "DISABLED",
    }
}

string_enum! {
    pub enum EntityRejectionErrorType {
        InvalidEntity => "InvalidEntity",
        InvalidTypeValue => "InvalidTypeValue",
        InvalidKeyAttributes => "InvalidKeyAttributes",
        InvalidAttributes => "InvalidAttributes",
        EntitySizeTooLarge => "EntitySizeTooLarge",
        UnsupportedLogGroupType => "UnsupportedLogGroupType",
        MissingRequiredFields => "MissingRequiredFields",
    }
}

string_enum! {
    pub enum InheritedProperty {
        AccountDataProtection => "ACCOUNT_DATA_PROTECTION",
    }
}

string_enum! {
    pub enum LogGroupClass {
        Standard => "STANDARD",
        InfrequentAccess => "INFREQUENT_ACCESS",
        Delivery => "DELIVERY",
        Essentials => "ESSENTIALS",
    }
}

string_enum! {
    pub enum OrderBy {
        LogStreamName => "LogStreamName",
        LastEventTime => "LastEventTime",
    }
}
