//! The API's document: committed, complete, and in step with the route table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bataudit_query_api::openapi;
use bataudit_query_api::routes::{ROUTES, Who};
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&openapi::json()).unwrap()
}

#[test]
fn the_committed_document_is_the_codes() {
    let committed = include_str!("../../openapi.json");
    assert!(
        committed == openapi::json(),
        "query-api/openapi.json is out of date. Run: cargo run -p bataudit-query-api -- openapi > query-api/openapi.json"
    );
}

/// Public routes that judge what the caller proves with the request itself.
const PROVING: [&str; 3] = ["/v1/auth/login", "/v1/wallboard/activate", "/v1/wallboard/refresh"];

#[test]
fn every_documented_route_is_in_the_table() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let found =
                ROUTES.iter().find(|route| route.path == path && route.method.eq_ignore_ascii_case(method));
            assert!(found.is_some(), "{method} {path} has no entry in ROUTES");
        }
    }
    for route in
        ROUTES.iter().filter(|route| route.path.starts_with("/v1/") && route.path != "/v1/openapi.json")
    {
        let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
        assert!(operation.is_object(), "{} {} is not documented", route.method, route.path);
        let description = operation["description"].as_str().unwrap();
        assert!(description.contains(route.who.describe()), "{description}");
        assert_eq!(
            operation["responses"].get("401").is_some(),
            route.who != Who::Public || PROVING.contains(&route.path),
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[test]
fn no_route_is_in_the_table_twice() {
    for (n, route) in ROUTES.iter().enumerate() {
        assert!(!ROUTES[..n].iter().any(|other| (other.method, other.path) == (route.method, route.path)));
    }
}

/// Of two types of one name the document would keep one, and give its fields for the other.
#[test]
fn no_two_schemas_have_one_name() {
    let mut names = BTreeMap::new();
    for file in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = fs::read_to_string(&file).unwrap();
        // What is derived stands before the type.
        for derived in text.split("ToSchema").skip(1).filter(|rest| rest.starts_with([')', ','])) {
            let words = || derived.split_whitespace();
            let kind = words().position(|word| matches!(word, "struct" | "enum")).unwrap();
            let name = words().nth(kind + 1).unwrap().trim_end_matches(['{', '(', ';']).to_owned();
            let name = name.split(['<', '(']).next().unwrap().to_owned();
            let other = names.insert(name.clone(), file.clone());
            assert_eq!(other, None, "{name} is also in {}", file.display());
        }
    }
    assert!(names.len() > 100, "{}", names.len());
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
