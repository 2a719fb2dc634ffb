//! JSON Schemas of the hand-written types, for the feature `schemars`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{ClusterName, ExportStateReason, Id, IdKind, ItemCount, PageSize, TolerantList};

impl<K: IdKind> JsonSchema for Id<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        K::TYPE.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": format!("The id of {}.", K::NAME),
            "pattern": "^[a-f0-9]{24}$",
            "minLength": 24,
            "maxLength": 24,
        })
    }
}

impl JsonSchema for ClusterName {
    fn schema_name() -> Cow<'static, str> {
        "ClusterName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-zA-Z0-9][a-zA-Z0-9-]*$",
            "minLength": 1,
            "maxLength": 64,
        })
    }
}

impl JsonSchema for ExportStateReason {
    fn schema_name() -> Cow<'static, str> {
        "ExportStateReason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Why a job is in its state. Version 2 only.",
            "properties": {
                "errorCode": { "type": ["string", "null"] },
                "message": { "type": ["string", "null"] },
            },
            "additionalProperties": true,
        })
    }
}

impl JsonSchema for PageSize {
    fn schema_name() -> Cow<'static, str> {
        "PageSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 500, "default": 100 })
    }
}

impl JsonSchema for ItemCount {
    fn schema_name() -> Cow<'static, str> {
        "ItemCount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "null"], "minimum": 0 })
    }
}

impl<T: JsonSchema> JsonSchema for TolerantList<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // A list that is `null` is read as one that is empty.
        json_schema!({ "type": ["array", "null"], "items": generator.subschema_for::<T>() })
    }
}

macro_rules! open_enum_schemas {
    ($($name:ident)*) => {$(
        impl ::schemars::JsonSchema for $crate::$name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                // The known values are examples: the set may grow.
                ::schemars::json_schema!({ "type": "string", "examples": $crate::$name::KNOWN })
            }
        }
    )*};
}

crate::vocabulary::each_open_enum!(open_enum_schemas);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExportJobState, ProjectId};

    #[test]
    fn a_list_of_ids_describes_itself() {
        let schema = schemars::schema_for!(TolerantList<ProjectId>);
        assert_eq!(schema.as_value()["items"]["pattern"], "^[a-f0-9]{24}$");
    }

    #[test]
    fn an_open_enumeration_stays_open() {
        let schema = schemars::schema_for!(ExportJobState);
        assert!(schema.as_value().get("enum").is_none());
        assert_eq!(schema.as_value()["examples"][0], "Queued");
    }
}
