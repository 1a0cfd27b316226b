//! What people do at each service: flows of steps, as a session walks them.

use super::bodies::Body;

/// A request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) method: &'static str,
    /// With `{order}`, `{product}`, `{invoice}`, `{customer}`, `{device}` in place of ids.
    pub(super) path: &'static str,
    /// Typical response time, in milliseconds.
    pub(super) millis: u32,
    pub(super) body: Body,
    /// How it fails, when it does; a step that is taken all the time never does, so that one failure is not already a
    /// large share of its route.
    pub(super) failures: &'static [u16],
}

/// Steps in their order, and how often they are walked compared with the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    pub(super) weight: u32,
    pub(super) steps: &'static [Step],
}

const fn step(
    method: &'static str,
    path: &'static str,
    millis: u32,
    body: Body,
    failures: &'static [u16],
) -> Step {
    Step { method, path, millis, body, failures }
}

const fn flow(weight: u32, steps: &'static [Step]) -> Flow {
    Flow { weight, steps }
}

const SEARCH: Step = step("GET", "/api/products", 38, Body::Search, &[]);
const PRODUCT: Step = step("GET", "/api/products/{product}", 21, Body::Product, &[]);
const CART: Step = step("GET", "/api/cart", 17, Body::Nothing, &[]);
const ADD: Step = step("POST", "/api/cart/items", 44, Body::Item, &[409, 422]);
const PAY: Step = step("POST", "/api/payments", 310, Body::Card, &[402, 402, 422, 503]);
const ORDER: Step = step("POST", "/api/orders", 150, Body::Order, &[422, 500]);

/// The web shop.
pub(super) const SHOP: [Flow; 4] = [
    flow(5, &[SEARCH, PRODUCT, PRODUCT, SEARCH, PRODUCT]),
    flow(
        3,
        &[
            SEARCH,
            PRODUCT,
            ADD,
            CART,
            step("POST", "/api/checkout", 95, Body::Nothing, &[409]),
            ORDER,
            PAY,
            step("GET", "/api/orders/{order}", 26, Body::OrderState, &[404]),
        ],
    ),
    flow(
        1,
        &[
            step("GET", "/api/me", 14, Body::Nothing, &[401]),
            step("PUT", "/api/me/address", 52, Body::Address, &[422]),
            step("PATCH", "/api/me", 48, Body::Profile, &[422]),
            step("GET", "/api/orders", 63, Body::Nothing, &[]),
        ],
    ),
    flow(
        1,
        &[
            PRODUCT,
            step("POST", "/api/products/{product}/reviews", 71, Body::Review, &[422]),
            step("DELETE", "/api/cart/items/{product}", 29, Body::Nothing, &[404]),
        ],
    ),
];

/// Invoices and payments.
pub(super) const BILLING: [Flow; 3] = [
    flow(
        4,
        &[
            step("GET", "/v2/invoices", 84, Body::Nothing, &[]),
            step("GET", "/v2/invoices/{invoice}", 33, Body::Invoice, &[404]),
            step("POST", "/v2/invoices/{invoice}/send", 210, Body::Nothing, &[409, 502]),
        ],
    ),
    flow(
        2,
        &[
            step("GET", "/v2/customers/{customer}", 28, Body::Nothing, &[404]),
            step("PATCH", "/v2/customers/{customer}", 66, Body::CreditLimit, &[403, 422]),
        ],
    ),
    flow(
        1,
        &[
            step("POST", "/v2/refunds", 420, Body::Refund, &[422, 504]),
            step("GET", "/v2/reports/revenue", 900, Body::Nothing, &[]),
        ],
    ),
];

/// What works through the night.
pub(super) const WORKER: [Flow; 1] = [flow(
    1,
    &[
        step("JOB", "/jobs/collect-usage", 1_800, Body::Nothing, &[]),
        step("JOB", "/jobs/render-invoice/{invoice}", 640, Body::Invoice, &[]),
        step("JOB", "/jobs/dunning", 350, Body::Nothing, &[500]),
    ],
)];

/// Sign-in.
pub(super) const IDENTITY: [Flow; 3] = [
    flow(
        5,
        &[
            step("POST", "/login", 120, Body::Login, &[401, 401, 429]),
            step("GET", "/userinfo", 12, Body::Nothing, &[]),
            step("POST", "/token/refresh", 22, Body::Refresh, &[]),
            step("GET", "/userinfo", 12, Body::Nothing, &[]),
            step("POST", "/logout", 15, Body::Nothing, &[]),
        ],
    ),
    flow(
        1,
        &[
            step("POST", "/password/forgot", 80, Body::Forgot, &[]),
            step("POST", "/password/reset", 130, Body::NewPassword, &[410, 422]),
            step("POST", "/login", 120, Body::Login, &[]),
        ],
    ),
    flow(
        1,
        &[
            step("POST", "/login", 120, Body::Login, &[401]),
            step("POST", "/mfa/verify", 35, Body::Code, &[401]),
            step("GET", "/userinfo", 12, Body::Nothing, &[]),
        ],
    ),
];

/// Administration of accounts.
pub(super) const ADMIN: [Flow; 2] = [
    flow(
        3,
        &[
            step("GET", "/admin/users", 70, Body::Nothing, &[]),
            step("GET", "/admin/users/{customer}", 25, Body::Nothing, &[404]),
            step("PUT", "/admin/users/{customer}/roles", 58, Body::Roles, &[403, 409]),
        ],
    ),
    flow(
        1,
        &[
            step("GET", "/admin/users", 70, Body::Nothing, &[]),
            step("POST", "/admin/users/{customer}/lock", 45, Body::Nothing, &[409]),
            step("DELETE", "/admin/users/{customer}", 90, Body::Nothing, &[403]),
        ],
    ),
];

/// The app on phones.
pub(super) const MOBILE: [Flow; 3] = [
    flow(
        4,
        &[
            step("GET", "/m/v3/home", 55, Body::Nothing, &[]),
            step("GET", "/m/v3/products/{product}", 30, Body::Product, &[]),
            step("POST", "/m/v3/favourites", 40, Body::Item, &[409]),
        ],
    ),
    flow(
        2,
        &[
            step("PUT", "/m/v3/devices/{device}", 35, Body::Device, &[422]),
            step("GET", "/m/v3/home", 55, Body::Nothing, &[]),
            step("POST", "/m/v3/events", 18, Body::Nothing, &[]),
        ],
    ),
    flow(
        1,
        &[
            step("GET", "/m/v3/home", 55, Body::Nothing, &[]),
            step("POST", "/m/v3/orders", 170, Body::Order, &[422, 500]),
            step("GET", "/m/v3/orders/{order}", 28, Body::OrderState, &[404]),
        ],
    ),
];
