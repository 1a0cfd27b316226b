//! The routes, and who may call each. Dispatch reads this table, so it cannot differ from the truth.

use bataudit_event::access::KeyScope;
use hyper::Method;
use hyper::header::HeaderValue;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Anybody.
    Anyone,
    /// Holders of an API key with one of these scopes.
    Keys(&'static [KeyScope]),
}

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Tells how the service is.
    Health,
    /// Takes one event.
    WriteEvent,
    /// Takes many events.
    WriteBatch,
}

/// One route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Method; `GET` includes `HEAD`, and every route answers `OPTIONS`.
    pub method: &'static str,
    /// Path; one slash more at its end changes nothing.
    pub path: &'static str,
    /// Who may call it.
    pub callers: Callers,
    /// What it does.
    pub action: Action,
}

const WRITERS: Callers = Callers::Keys(&[KeyScope::Project, KeyScope::Instance, KeyScope::Browser]);

/// All routes. Each path has one method.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/health", callers: Callers::Anyone, action: Action::Health },
    Route { method: "POST", path: "/v1/audit", callers: WRITERS, action: Action::WriteEvent },
    Route { method: "POST", path: "/v1/audit/batch", callers: WRITERS, action: Action::WriteBatch },
];

impl Route {
    /// The route of a path.
    pub(crate) fn find(path: &str) -> Option<&'static Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        ROUTES.iter().find(|route| route.path == path)
    }

    /// Whether it takes this method.
    pub(crate) fn takes(&self, method: &Method) -> bool {
        method.as_str() == self.method || (self.method == "GET" && method == Method::HEAD)
    }

    /// The methods it takes, as a header.
    pub(crate) fn allow(&self) -> HeaderValue {
        HeaderValue::from_static(match self.method {
            "GET" => "GET, HEAD, OPTIONS",
            _ => "POST, OPTIONS",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(Route::find("/v1/audit/").map(|route| route.action), Some(Action::WriteEvent));
        assert_eq!(Route::find("/v1/audit/batch").map(|route| route.action), Some(Action::WriteBatch));
        assert_eq!(Route::find("/v1/audit//"), None);
        assert_eq!(Route::find("/"), None);
    }
}
