//! The made-up company: its projects, and the services that report.

use super::script::{self, Flow};

/// A project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Project {
    /// The web shop and its front end.
    Shop,
    /// Invoices and payments.
    Billing,
    /// Accounts and sign-in.
    Identity,
    /// The app on phones, and what it talks to.
    Mobile,
}

/// All of them, in the order in which they are made.
pub(crate) const PROJECTS: [Project; 4] =
    [Project::Shop, Project::Billing, Project::Identity, Project::Mobile];

impl Project {
    /// Its slug.
    pub(crate) const fn slug(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Billing => "billing",
            Self::Identity => "identity",
            Self::Mobile => "mobile",
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Shop => "Shop",
            Self::Billing => "Billing",
            Self::Identity => "Identity",
            Self::Mobile => "Mobile",
        }
    }

    /// Where its front end is served, for projects that have one.
    pub(crate) const fn origin(self) -> Option<&'static str> {
        match self {
            Self::Shop => Some("https://shop.example.com"),
            Self::Mobile => Some("https://app.example.com"),
            Self::Billing | Self::Identity => None,
        }
    }
}

/// Who uses a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crowd {
    /// Many customers.
    Customers,
    /// A few employees.
    Staff,
    /// Programs.
    Machines,
}

/// What one service reports from one environment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    pub(super) project: Project,
    pub(super) service: &'static str,
    pub(super) environment: &'static str,
    /// Its part of all events.
    pub(super) share: f64,
    pub(super) crowd: Crowd,
    /// What is done there; empty for front ends, which see what their backend does.
    pub(super) flows: &'static [Flow],
    /// For front ends: the place of their backend in [`STREAMS`].
    pub(super) backend: Option<usize>,
}

impl Stream {
    pub(super) fn source(&self) -> &'static str {
        if self.backend.is_some() { "browser" } else { "backend" }
    }
}

/// Place of the shop's backend.
pub(super) const SHOP_API: usize = 0;
/// Place of sign-in.
pub(super) const IDENTITY_API: usize = 5;
/// Place of the administration of accounts.
pub(super) const IDENTITY_ADMIN: usize = 6;
/// Place of billing.
pub(super) const BILLING_API: usize = 3;

const PRODUCTION: &str = "production";

/// All services; a backend stands before its front end.
pub(super) const STREAMS: [Stream; 9] = [
    backend(Project::Shop, "shop-api", 0.30, Crowd::Customers, &script::SHOP),
    front(Project::Shop, "shop-web", 0.20, SHOP_API),
    Stream {
        environment: "staging",
        ..backend(Project::Shop, "shop-api", 0.04, Crowd::Staff, &script::SHOP)
    },
    backend(Project::Billing, "billing-api", 0.09, Crowd::Staff, &script::BILLING),
    backend(Project::Billing, "invoice-worker", 0.05, Crowd::Machines, &script::WORKER),
    backend(Project::Identity, "identity-api", 0.11, Crowd::Customers, &script::IDENTITY),
    backend(Project::Identity, "identity-admin", 0.04, Crowd::Staff, &script::ADMIN),
    backend(Project::Mobile, "mobile-backend", 0.10, Crowd::Customers, &script::MOBILE),
    front(Project::Mobile, "mobile-app", 0.07, 7),
];

const fn backend(
    project: Project,
    service: &'static str,
    share: f64,
    crowd: Crowd,
    flows: &'static [Flow],
) -> Stream {
    Stream { project, service, environment: PRODUCTION, share, crowd, flows, backend: None }
}

const fn front(project: Project, service: &'static str, share: f64, backend: usize) -> Stream {
    Stream {
        project,
        service,
        environment: PRODUCTION,
        share,
        crowd: Crowd::Customers,
        flows: &[],
        backend: Some(backend),
    }
}
