//! Spans to the collector, over OTLP/HTTP as protobuf. In: ended spans. Out: taken, or dropped and counted; nothing is
//! kept for another try. What the collector says is not shown: only its status.

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use prost::Message as _;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode, Url};

use crate::config::Target;
use crate::metrics;

/// Longest answer that is read.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Why spans were not taken. Says nothing of them.
#[derive(Debug, thiserror::Error)]
enum Untaken {
    #[error("it answers {0}")]
    Refused(StatusCode),
    #[error("{0}")]
    Unreachable(reqwest::Error),
}

impl Untaken {
    fn reason(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Unreachable(_) => "unreachable",
        }
    }
}

/// The way to the collector.
pub(crate) struct Exporter {
    http: Client,
    endpoint: Url,
    resource: ResourceAttributesWithSchema,
    /// Whether it took the last spans.
    is_well: bool,
}

impl Exporter {
    /// The way to the collector of this target, for the spans of `resource`.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub(crate) fn new(target: &Target, resource: &Resource) -> Result<Self, reqwest::Error> {
        let mut headers = target.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        let http = Client::builder()
            .timeout(target.timeout)
            .connect_timeout(target.timeout)
            .default_headers(headers)
            // Headers with a password must not follow to another place.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(1)
            .build()?;
        Ok(Self { http, endpoint: target.endpoint.clone(), resource: resource.into(), is_well: true })
    }

    /// Sends spans once.
    pub(crate) async fn export(&mut self, spans: Vec<SpanData>) {
        let count = spans.len();
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        match self.send(request.encode_to_vec()).await {
            Ok(rejected) => {
                let rejected = rejected.min(count);
                metrics::exported(count - rejected);
                if rejected > 0 {
                    metrics::dropped("refused", rejected);
                }
                if !self.is_well {
                    tracing::info!("The collector takes spans again.");
                }
                self.is_well = true;
            }
            Err(why) => {
                metrics::dropped(why.reason(), count);
                // An outage is logged when it begins and when it ends.
                if self.is_well {
                    tracing::warn!(%why, "The collector does not take spans; they are dropped and counted.");
                }
                self.is_well = false;
            }
        }
    }

    /// How many of the spans the collector rejected although it took the rest.
    async fn send(&self, body: Vec<u8>) -> Result<usize, Untaken> {
        let unreachable = |error: reqwest::Error| Untaken::Unreachable(error.without_url());
        let answer = self.http.post(self.endpoint.clone()).body(body).send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(Untaken::Refused(answer.status()));
        }
        if answer.content_length().is_none_or(|length| length > LONGEST_ANSWER) {
            return Ok(0);
        }
        let body = answer.bytes().await.map_err(unreachable)?;
        let partial = ExportTraceServiceResponse::decode(body).ok().and_then(|answer| answer.partial_success);
        Ok(partial.map_or(0, |partial| usize::try_from(partial.rejected_spans).unwrap_or_default()))
    }
}
