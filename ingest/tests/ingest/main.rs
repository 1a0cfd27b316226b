//! Ingest over HTTP: through `App::handle` with publishers in memory, over real sockets, and against
//! real and mocked Kafka.

#[cfg(test)]
mod access_topic;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod broker;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod service;
#[cfg(test)]
mod single;
#[cfg(test)]
mod sockets;
#[cfg(test)]
mod support;
#[cfg(test)]
mod traces;
