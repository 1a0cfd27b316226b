//! What a screen asks for: a project and an environment, within what it may show.

use bataudit_event::environment;
use utoipa::IntoParams;

use crate::audit::filter::{Field, Filter, Values};
use crate::auth::{Scope, Screen};
use crate::error::ApiResult;
use crate::input::Params;

/// Which part of what the screen shows.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct WallboardQuery {
    /// One project; for a screen of one project only that one.
    project_id: Option<String>,
    /// One environment.
    #[param(example = "production")]
    environment: Option<String>,
}

/// Which project.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct WallboardProject {
    /// One project; for a screen of one project only that one.
    project_id: Option<String>,
}

/// What is read.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) scope: Scope,
    /// Nothing but an environment.
    pub(super) filter: Filter,
}

impl Asked {
    pub(super) fn take(screen: &Screen, mut params: Params) -> ApiResult<Self> {
        let (project_id, environment) = (params.text("project_id")?, params.text("environment")?);
        params.finish()?;
        let scope = screen.scope(project_id.as_deref())?;
        let filter = environment.map_or_else(Filter::default, |text| {
            let name = environment::canonical(&text).into_owned();
            Filter::default().with(Values::Texts(Field::Environment, vec![name]))
        });
        Ok(Self { scope, filter })
    }

    /// Only the projects: what is shown knows no environment.
    pub(super) fn scope(screen: &Screen, mut params: Params) -> ApiResult<Scope> {
        let project_id = params.text("project_id")?;
        params.finish()?;
        screen.scope(project_id.as_deref())
    }
}
