//! `/v1/pipeline`: how the line is doing, from what sentinel left in the control store and what ClickHouse knows of its
//! own tables. Each answer says how old it is. What concerns every project, only who looks after the installation sees.

pub(crate) mod books;
pub(crate) mod hours;
pub(crate) mod losses;
pub(crate) mod state;
pub(crate) mod storage;

use utoipa::IntoParams;

/// Whose figures.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct PipelineQuery {
    /// One project; without it, all the caller may see.
    #[param(nullable = false)]
    project_id: Option<String>,
}
