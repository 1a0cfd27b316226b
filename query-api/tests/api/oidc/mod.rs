//! Signing in at an OpenID provider: at a real one, and at one that lies.

mod browser;
mod forged;
mod real;
