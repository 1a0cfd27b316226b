//! Where alerts are sent, and what was sent: channels of projects, and a queue that outlives every process.

pub mod channels;
pub mod deliveries;
pub mod subscriptions;
pub mod vapid;

pub use channels::{Change, Channel, NewChannel};
pub use deliveries::{Delivery, Outcome, Pending};
pub use vapid::Vapid;
