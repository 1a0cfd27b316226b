//! The formats of an export: what ClickHouse calls them, and what clients do.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::super::statement::export::{Cells, Columns};

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// With a header line.
    Csv,
    /// One array.
    Json,
    /// One object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

/// How ClickHouse runs an export: for as long as it takes, within bounded memory.
const SETTINGS: [(&str, &str); 11] = [
    ("wait_end_of_query", "0"),
    ("max_execution_time", "14400"),
    ("max_result_rows", "0"),
    // Rows are read in the order of the table. Several readers, or blocks that are read ahead, would take memory by the
    // number of rows: 72 MiB in place of 18 for 400,000.
    ("max_threads", "1"),
    ("read_in_order_use_buffering", "0"),
    ("max_block_size", "8192"),
    ("max_bytes_before_external_sort", "200000000"),
    ("output_format_json_quote_64bit_integers", "0"),
    ("output_format_parquet_row_group_size", "50000"),
    ("output_format_parallel_formatting", "0"),
    ("output_format_csv_crlf_end_of_line", "0"),
];

impl Format {
    /// The format as ClickHouse names it.
    pub(super) const fn clickhouse(self) -> &'static str {
        match self {
            Self::Csv => "CSVWithNames",
            Self::Json | Self::Ndjson => "JSONEachRow",
            Self::Parquet => "Parquet",
        }
    }

    /// How ClickHouse runs the query.
    pub(super) fn settings(self) -> Vec<(&'static str, &'static str)> {
        let array = if self == Self::Json { "1" } else { "0" };
        SETTINGS.into_iter().chain([("output_format_json_array_of_rows", array)]).collect()
    }

    pub(super) const fn cells(self) -> Cells {
        match self {
            Self::Csv => Cells::Sheet,
            Self::Json | Self::Ndjson => Cells::Text,
            Self::Parquet => Cells::Typed,
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Csv, Self::Json, Self::Ndjson, Self::Parquet];
        all.into_iter().find(|format| format.extension() == text).ok_or(())
    }
}

impl FromStr for Columns {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "summary" => Ok(Self::Summary),
            "all" => Ok(Self::All),
            _ => Err(()),
        }
    }
}
