//! The filters as parameters of the API's document.

use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{RefOr, Required};

use super::{Field, Filter};

const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

impl IntoParams for Filter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let once = ObjectBuilder::new().schema_type(Type::String).build();
        let mut all =
            vec![parameter("project_id", "One project; without it, all the caller may see.", once.clone())];
        let text = "Free text: events that hold all of these words, in any letter case, in path, error, identifier, \
                    e-mail or bodies. Words are whole: `declin` does not find `declined`.";
        all.push(with_example(parameter("q", text, once), json!("card declined")));
        for field in Field::ALL {
            let (description, example) = about(field);
            all.extend(pair(
                field.name(),
                description,
                &ObjectBuilder::new().schema_type(Type::String).build(),
                example,
            ));
        }
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        all.extend(pair("path_prefix", "What the path begins with.", &text, json!("/api/")));
        let code =
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(100)).maximum(Some(599)).build();
        all.extend(pair("status_code", "The status code.", &code, json!(500)));
        let class = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(CLASSES)).build();
        all.extend(pair("status_class", "Class of the status code.", &class, json!("5xx")));
        let about = "The user's address; IPv4-mapped IPv6 counts as IPv4.";
        all.extend(pair("ip", about, &text, json!("203.0.113.7")));
        all
    }
}

fn about(field: Field) -> (&'static str, Value) {
    match field {
        Field::ServiceName => ("The service that reported.", json!("my-api")),
        Field::Identifier => ("The user who acted.", json!("user-123")),
        Field::Method => ("HTTP method or other verb, in any letter case.", json!("GET")),
        Field::Path => ("The path as sent.", json!("/api/users/42")),
        Field::Route => ("The path with its ids replaced.", json!("/api/users/:id")),
        Field::Environment => {
            ("The environment; aliases such as `prod` count as their long form.", json!("production"))
        }
        Field::EventType => ("Kind of event.", json!("http")),
        Field::Source => ("`backend` or `browser`.", json!("backend")),
        Field::TenantId => ("The application's tenant.", json!("acme")),
        Field::UserEmail => ("The user's e-mail.", json!("ana@example.com")),
        Field::RequestId => {
            ("Id shared by the browser's and the backend's event of one request.", json!("bat-1"))
        }
        Field::SessionId => ("The application's session.", json!("s-1")),
    }
}

/// The parameter, and the one that is its opposite.
fn pair(name: &str, description: &str, item: &Object, example: Value) -> [Parameter; 2] {
    let either = || {
        let several = ArrayBuilder::new().items(item.clone()).build();
        OneOfBuilder::new().item(item.clone()).item(several).build()
    };
    let positive = format!("{description} Given several times: any of the values.");
    let negative = format!("The opposite of `{name}`: events that have none of the values.");
    let positive = with_example(parameter(name, &positive, either()), example);
    [positive, parameter(&format!("{name}!"), &negative, either())]
}

fn parameter(name: &str, description: &str, schema: impl Into<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .style(Some(ParameterStyle::Form))
        .explode(Some(true))
        .schema(Some(RefOr::T(schema.into())))
        .build()
}

fn with_example(parameter: Parameter, example: Value) -> Parameter {
    ParameterBuilder::from(parameter).example(Some(example)).build()
}
