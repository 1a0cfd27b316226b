//! Texts that would do harm where somebody forgot to escape them. For tests: a page that runs one of them sets
//! `window.__xss`.

use serde_json::{Value, json};

use super::event::DemoEvent;

/// Fits into every field of free text.
pub(crate) const TEXT: &str = "\"><img src=x onerror=window.__xss=1>'";

/// Makes an event hostile in every field that lets it be.
pub(super) fn spoil(event: &mut DemoEvent) {
    event.path = format!("/{TEXT}?next=javascript:window.__xss=1&{{{{7*7}}}}=${{7*7}}");
    event.identifier = TEXT.to_owned();
    event.user_name = TEXT.to_owned();
    event.user_email = "\"<svg/onload=window.__xss=1>\"@example.com".to_owned();
    event.user_type = TEXT.into();
    event.user_roles = json!([TEXT]);
    event.tenant_id = TEXT.into();
    event.user_agent = TEXT.into();
    event.error_message = format!("{TEXT}<script>window.__xss=1</script>\n</pre>\u{202e}").into();
    event.environment = TEXT;
    event.session_id = TEXT.to_owned();
    event.request_id = format!("{TEXT}{}", event.request_id.chars().take(40).collect::<String>());
    for body in
        [&mut event.request_body, &mut event.response_body, &mut event.query_params, &mut event.path_params]
    {
        let kept = std::mem::replace(body, Value::Null);
        *body = json!({TEXT: TEXT, "__proto__": {"admin": true}, "kept": kept});
    }
}
