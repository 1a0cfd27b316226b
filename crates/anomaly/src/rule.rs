//! What may be asked of a service's events: six kinds of rules and their parameters. Pure.

use std::fmt;
use std::str::FromStr;

/// What a rule watches. The names are the original's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Far more events in a minute than in the hour before it.
    VolumeSpike,
    /// Too large a share of errors.
    ErrorRate,
    /// Too many refused logins of one identifier.
    BruteForce,
    /// Too many deletions.
    MassDelete,
    /// No events of a service that used to send some.
    SilentService,
    /// Too large a share of errors on one method and route.
    ErrorRateByRoute,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::VolumeSpike,
        Self::ErrorRate,
        Self::BruteForce,
        Self::MassDelete,
        Self::SilentService,
        Self::ErrorRateByRoute,
    ];

    /// The name in the API, in alerts and in the control store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VolumeSpike => "volume_spike",
            Self::ErrorRate => "error_rate",
            Self::BruteForce => "brute_force",
            Self::MassDelete => "mass_delete",
            Self::SilentService => "silent_service",
            Self::ErrorRateByRoute => "error_rate_by_route",
        }
    }

    /// What a project starts with, and what is taken where a client leaves a parameter out.
    #[must_use]
    pub const fn defaults(self) -> Parameters {
        let (threshold, window_seconds, cooldown_seconds) = match self {
            Self::VolumeSpike => (3.0, 60, 300),
            Self::ErrorRate => (20.0, 300, 300),
            Self::BruteForce => (10.0, 300, 300),
            Self::MassDelete => (50.0, 300, 300),
            Self::SilentService => (15.0, 60, 300),
            Self::ErrorRateByRoute => (10.0, 300, 600),
        };
        Parameters { threshold, window_seconds, cooldown_seconds, min_events: 10 }
    }

    /// What the threshold of this kind may be, in words.
    #[must_use]
    pub const fn threshold_range(self) -> (f64, f64, &'static str) {
        match self {
            Self::VolumeSpike => (0.5, 100.0, "must be 0.5 to 100 standard deviations"),
            Self::ErrorRate | Self::ErrorRateByRoute => (0.1, 100.0, "must be 0.1 to 100 percent"),
            Self::BruteForce | Self::MassDelete => (1.0, 1_000_000.0, "must be 1 to 1000000 events"),
            Self::SilentService => (1.0, 10_080.0, "must be 1 to 10080 minutes"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(())
    }
}

/// How a rule judges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// Standard deviations, percent, events or minutes, as the kind has it.
    pub threshold: f64,
    /// How far back events are counted, in seconds. Shares are counted in whole minutes, rounded up;
    /// a spike and a silence know no window.
    pub window_seconds: u32,
    /// For how long after it last held the same rule tells nothing new of the same service.
    pub cooldown_seconds: u32,
    /// Of how many events in the window a share says something; rules that know no share leave it unread. With the
    /// original's 10, one error among ten is 10 percent: a route that is seldom asked is judged by more, or by a longer
    /// window.
    pub min_events: u32,
}

impl Parameters {
    /// What is wrong with them for a rule of this kind, by field.
    #[must_use]
    pub fn problem(&self, kind: Kind) -> Option<(&'static str, &'static str)> {
        let (least, most, words) = kind.threshold_range();
        if !(least..=most).contains(&self.threshold) {
            return Some(("threshold", words));
        }
        if !(60..=86_400).contains(&self.window_seconds) {
            return Some(("window_seconds", "must be 60 to 86400"));
        }
        if self.cooldown_seconds > 604_800 {
            return Some(("cooldown_seconds", "must be 0 to 604800"));
        }
        if !(1..=1_000_000).contains(&self.min_events) {
            return Some(("min_events", "must be 1 to 1000000"));
        }
        None
    }

    /// The window in whole minutes, rounded up.
    #[must_use]
    pub fn window_minutes(&self) -> i64 {
        i64::from(self.window_seconds.div_ceil(60)).max(1)
    }

    /// The cooldown in whole minutes, rounded up.
    #[must_use]
    pub fn cooldown_minutes(&self) -> i64 {
        i64::from(self.cooldown_seconds.div_ceil(60))
    }
}

/// A rule of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// UUID.
    pub id: String,
    /// Whose events it judges.
    pub project_id: String,
    /// What it watches.
    pub kind: Kind,
    /// How it judges.
    pub parameters: Parameters,
    /// Only this service; every one, each for itself, when absent.
    pub service_name: Option<String>,
    /// Only this environment; every one, each for itself, when absent.
    pub environment: Option<String>,
}

impl Rule {
    /// Whether it judges this service in this environment.
    #[must_use]
    pub fn covers(&self, service_name: &str, environment: &str) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        is(&self.service_name, service_name) && is(&self.environment, environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written_and_defaults_are_valid() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(kind.defaults().problem(kind), None);
        }
        assert_eq!("volume".parse::<Kind>(), Err(()));
    }

    #[test]
    fn unusable_parameters_are_named() {
        let good = Kind::ErrorRate.defaults();
        let of = |parameters: Parameters| parameters.problem(Kind::ErrorRate).map(|(field, _)| field);
        assert_eq!(of(Parameters { threshold: 0.0, ..good }), Some("threshold"));
        assert_eq!(of(Parameters { threshold: f64::NAN, ..good }), Some("threshold"));
        assert_eq!(of(Parameters { window_seconds: 59, ..good }), Some("window_seconds"));
        assert_eq!(of(Parameters { cooldown_seconds: 700_000, ..good }), Some("cooldown_seconds"));
        assert_eq!(of(Parameters { min_events: 0, ..good }), Some("min_events"));
    }
}
