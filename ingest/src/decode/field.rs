//! The fields of an event as clients spell them.

macro_rules! fields {
    ($($name:ident $json:literal)*) => {
        /// A field of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Field { $(
            #[doc = $json]
            $name,
        )* }

        impl Field {
            /// All fields, in the order of the original's structure, which errors are listed in.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in JSON.
            pub(crate) const fn json_name(self) -> &'static str {
                match self { $(Self::$name => $json),* }
            }

            /// The original's own name, which its clients find in validation errors.
            pub(crate) const fn original_name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// Reads a JSON key: in its exact spelling, or in any letter case as the original did.
            pub(crate) fn from_key(key: &str) -> Option<Self> {
                match key {
                    $($json => Some(Self::$name),)*
                    other => Self::ALL.iter().copied().find(|f| f.json_name().eq_ignore_ascii_case(other)),
                }
            }
        }
    };
}

fields! {
    ID "id"
    EventType "event_type"
    Method "method"
    Path "path"
    StatusCode "status_code"
    ResponseTime "response_time"
    Identifier "identifier"
    UserEmail "user_email"
    UserName "user_name"
    UserRoles "user_roles"
    UserType "user_type"
    TenantID "tenant_id"
    IP "ip"
    UserAgent "user_agent"
    RequestID "request_id"
    QueryParams "query_params"
    PathParams "path_params"
    RequestBody "request_body"
    ResponseBody "response_body"
    ErrorMessage "error_message"
    Source "source"
    ServiceName "service_name"
    Environment "environment"
    Timestamp "timestamp"
    ProjectID "project_id"
    SessionID "session_id"
}

/// How many fields there are.
pub(crate) const COUNT: usize = Field::ALL.len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_any_letter_case() {
        assert_eq!(Field::from_key("tenant_id"), Some(Field::TenantID));
        assert_eq!(Field::from_key("PATH"), Some(Field::Path));
        assert_eq!(Field::from_key("colour"), None);
        assert_eq!(Field::TenantID.original_name(), "TenantID");
        assert_eq!(COUNT, 26);
    }
}
