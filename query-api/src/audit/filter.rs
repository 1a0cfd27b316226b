//! Which events a list, a total or a stream is about. Enters the query string, leaves a [`Filter`];
//! knows nothing of SQL.

use std::net::IpAddr;
use std::str::FromStr;

use bataudit_event::environment;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// Class of a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum StatusClass {
    /// 200–299.
    #[serde(rename = "2xx")]
    Success,
    /// 300–399.
    #[serde(rename = "3xx")]
    Redirection,
    /// 400–499.
    #[serde(rename = "4xx")]
    ClientError,
    /// 500 and above.
    #[serde(rename = "5xx")]
    ServerError,
}

impl FromStr for StatusClass {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "2xx" => Ok(Self::Success),
            "3xx" => Ok(Self::Redirection),
            "4xx" => Ok(Self::ClientError),
            "5xx" => Ok(Self::ServerError),
            _ => Err(()),
        }
    }
}

/// Filters on fields of an event; all must match. Texts match exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// One project; without it, all the caller may see.
    pub(crate) project_id: Option<String>,
    /// The service that reported.
    #[param(example = "my-api")]
    pub(crate) service_name: Option<String>,
    /// The user who acted.
    #[param(example = "user-123")]
    pub(crate) identifier: Option<String>,
    /// HTTP method or other verb, in any letter case.
    #[param(example = "GET")]
    pub(crate) method: Option<String>,
    /// The path as sent.
    #[param(example = "/api/users")]
    pub(crate) path: Option<String>,
    /// The status code.
    #[param(minimum = 100, maximum = 599)]
    pub(crate) status_code: Option<u16>,
    /// Class of the status code.
    #[param(inline)]
    pub(crate) status_class: Option<StatusClass>,
    /// The environment; aliases such as `prod` count as their long form.
    #[param(example = "production")]
    pub(crate) environment: Option<String>,
    /// Kind of event.
    #[param(example = "http")]
    pub(crate) event_type: Option<String>,
    /// `backend` or `browser`.
    pub(crate) source: Option<String>,
    /// The application's tenant.
    pub(crate) tenant_id: Option<String>,
    /// The user's e-mail.
    pub(crate) user_email: Option<String>,
    /// Id shared by the browser's and the backend's event of one request.
    pub(crate) request_id: Option<String>,
    /// The application's session.
    pub(crate) session_id: Option<String>,
    /// The user's address; IPv4-mapped IPv6 counts as IPv4.
    #[param(value_type = Option<String>, example = "203.0.113.7")]
    pub(crate) ip: Option<IpAddr>,
}

impl Filter {
    /// Takes its parameters.
    pub(crate) fn take(params: &mut Params) -> ApiResult<Self> {
        let source = params.text("source")?;
        if source.as_deref().is_some_and(|source| !matches!(source, "backend" | "browser")) {
            return Err(ApiError::parameter("source", "must be backend or browser"));
        }
        let status_code = params.number("status_code", 100..=599)?;
        Ok(Self {
            project_id: params.text("project_id")?,
            service_name: params.text("service_name")?,
            identifier: params.text("identifier")?,
            method: params.text("method")?.map(|method| method.to_ascii_uppercase()),
            path: params.text("path")?,
            status_code: status_code.and_then(|code| u16::try_from(code).ok()),
            status_class: params.choice("status_class", "must be 2xx, 3xx, 4xx or 5xx")?,
            environment: params.text("environment")?.map(|name| environment::canonical(&name).into_owned()),
            event_type: params.text("event_type")?,
            source,
            tenant_id: params.text("tenant_id")?,
            user_email: params.text("user_email")?,
            request_id: params.text("request_id")?,
            session_id: params.text("session_id")?,
            ip: params.choice("ip", "must be an IPv4 or IPv6 address")?,
        })
    }

    /// The part of the filter that rollups can answer; `None` when it asks for more than they hold.
    pub(crate) fn for_rollups(&self) -> Option<RollupFilter<'_>> {
        let Self { project_id: _, service_name, environment, source, status_class, .. } = self;
        let asked = Self {
            project_id: self.project_id.clone(),
            service_name: service_name.clone(),
            environment: environment.clone(),
            source: source.clone(),
            status_class: *status_class,
            ..Self::default()
        };
        let (service_name, environment) = (service_name.as_deref(), environment.as_deref());
        (asked == *self).then_some(RollupFilter { service_name, environment, source: source.as_deref() })
    }
}

/// What rollups can be filtered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RollupFilter<'a> {
    pub(crate) service_name: Option<&'a str>,
    pub(crate) environment: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(query: &str) -> ApiResult<Filter> {
        let mut params = Params::parse(query)?;
        let filter = Filter::take(&mut params)?;
        params.finish()?;
        Ok(filter)
    }

    #[test]
    fn reads_and_normalises() {
        let read = filter("method=get&environment=PROD&status_class=5xx&ip=::ffff:10.0.0.1&path=").unwrap();
        assert_eq!(read.method.as_deref(), Some("GET"));
        assert_eq!(read.environment.as_deref(), Some("production"));
        assert_eq!(read.status_class, Some(StatusClass::ServerError));
        assert_eq!(read.path, None);
    }

    #[test]
    fn refuses_with_a_reason() {
        for (query, message) in [
            ("status_code=42", "status_code must be a whole number from 100 to 599"),
            ("status_class=6xx", "status_class must be 2xx, 3xx, 4xx or 5xx"),
            ("source=tv", "source must be backend or browser"),
            ("ip=10.0.0", "ip must be an IPv4 or IPv6 address"),
            ("user=1", "user is not a parameter of this request"),
        ] {
            assert_eq!(filter(query).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn rollups_answer_only_what_they_hold() {
        let answers = |query| filter(query).unwrap().for_rollups().is_some();
        assert!(
            answers("")
                && answers("project_id=p&service_name=s&environment=e&source=backend&status_class=4xx")
        );
        for query in ["path=x", "identifier=x", "method=GET", "event_type=http", "status_code=200", "ip=::1"]
        {
            assert!(!answers(query), "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_passes_through_or_is_refused(name in "[a-z_]{1,20}", value in ".{0,40}") {
            let query: String = form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            if let Ok(read) = filter(&query)
                && name == "identifier" && !value.is_empty()
            {
                prop_assert_eq!(read.identifier, Some(value));
            }
        }
    }
}
