//! What the generator says of a model, and what follows from it.

/// Implements [`Object`](super::Object) for a model, and serde's traits by it. For each field it
/// wants the kind, the name in Rust, the name in JSON, and further names under which it is read:
///
/// | kind | where it is absent or does not fit | written |
/// |---|---|---|
/// | `strict` | there is no item | always |
/// | `strict_list` | there is no item; `null` is an empty list | always |
/// | `optional` | `None` | where it is there |
/// | `list` | empty | where it is not empty |
/// | `defaulted` | the default of its type | always |
macro_rules! object {
    ($model:ident: $($kind:ident $field:ident $name:literal $(| $alias:literal)*;)*) => {
        impl $model {
            /// The fields whose values did not fit, by their names in JSON. Each is absent here;
            /// its value, as it was received, is in `extra` under the same name. Objects inside
            /// it tell of their own fields.
            pub fn undecodable_fields(&self) -> impl Iterator<Item = &'static str> {
                $crate::decode::Object::undecodable_fields(self)
            }
        }

        impl $crate::decode::Object for $model {
            const FIELDS: &'static [&'static str] = &[$($name),*];

            const CAN_LACK: bool = false $(|| $crate::decode::object!(@is_strict $kind))*;

            fn of_entries<'de, A: ::serde::de::MapAccess<'de>>(
                mut entries: A,
                lists: $crate::decode::Lists,
            ) -> ::std::result::Result<Self, A::Error> {
                use $crate::decode::{Key, Keys};

                #[allow(non_camel_case_types, reason = "they have the names of the fields")]
                enum Known {
                    $($field),*
                }

                fn known(key: &str) -> ::std::option::Option<Known> {
                    Some(match key {
                        $($name $(| $alias)* => Known::$field,)*
                        _ => return None,
                    })
                }

                $(let mut $field = None;)*
                let mut extra = ::serde_json::Map::new();
                while let Some(key) = entries.next_key_seed(Keys(known))? {
                    match key {
                        $(Key::Known(Known::$field) => {
                            $crate::decode::object!(
                                @read $kind $field $name entries lists extra
                            );
                        })*
                        Key::Unknown(key) => {
                            extra.insert(key, entries.next_value()?);
                        }
                    }
                }
                Ok(Self {
                    $($field: $crate::decode::object!(@take $kind $field $name A),)*
                    extra,
                })
            }

            fn extra(&self) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
                &self.extra
            }
        }

        impl $crate::decode::Field for $model {
            fn of_object<'de, A: ::serde::de::MapAccess<'de>>(
                object: A,
                lists: $crate::decode::Lists,
            ) -> ::std::result::Result<$crate::decode::Received<Self>, A::Error> {
                $crate::decode::object_field(object, lists)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $model {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::decode::object(deserializer, $crate::decode::Lists::Apart)
            }
        }

        impl ::serde::Serialize for $model {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;

                let mut entries = serializer.serialize_map(None)?;
                $(if $crate::decode::object!(@is_written $kind self.$field) {
                    entries.serialize_entry($name, &self.$field)?;
                })*
                for (key, value) in &self.extra {
                    // A field that was set since takes the place of the value that did not fit.
                    let is_written = match key.as_str() {
                        $($name => $crate::decode::object!(@is_written $kind self.$field),)*
                        _ => false,
                    };
                    if !is_written {
                        entries.serialize_entry(key, value)?;
                    }
                }
                entries.end()
            }
        }
    };

    (@is_strict strict) => { true };
    (@is_strict strict_list) => { true };
    (@is_strict $kind:ident) => { false };

    (@read strict $field:ident $name:literal $entries:ident $lists:ident $extra:ident) => {
        $crate::decode::strict(&mut $entries, $name, &mut $field)?
    };
    (@read strict_list $field:ident $name:literal $entries:ident $lists:ident $extra:ident) => {
        $crate::decode::strict_list(&mut $entries, $name, $lists, &mut $field)?
    };
    (@read $kind:ident $field:ident $name:literal $entries:ident $lists:ident $extra:ident) => {
        $field = $crate::decode::tolerant(&mut $entries, $name, $lists, &mut $extra)?
    };

    (@take optional $field:ident $name:literal $access:ident) => { $field };
    (@take list $field:ident $name:literal $access:ident) => { $field.unwrap_or_default() };
    (@take defaulted $field:ident $name:literal $access:ident) => { $field.unwrap_or_default() };
    (@take $kind:ident $field:ident $name:literal $access:ident) => {
        $field.ok_or_else(|| <$access::Error as ::serde::de::Error>::missing_field($name))?
    };

    (@is_written optional $self:ident.$field:ident) => { $self.$field.is_some() };
    (@is_written list $self:ident.$field:ident) => { !$self.$field.is_empty() };
    (@is_written $kind:ident $self:ident.$field:ident) => { true };
}

pub(crate) use object;
