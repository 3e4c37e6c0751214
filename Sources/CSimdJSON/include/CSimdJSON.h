// Azure's JSON answers, read with simdjson On-Demand into flat arrays.
//
// Fields may come in any order; unknown ones are skipped; `null` is the same as absent. A damaged or truncated
// document is an error as a whole. No C++ exception leaves these functions.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Unescaped UTF-8, not terminated; `bytes` is NULL when the field was absent. Lives as long as its document.
typedef struct {
    const char *bytes;
    size_t count;
} csj_text;

/// One resource's part of an answer: the whole of a single-resource answer.
typedef struct {
    csj_text region, interval;
    size_t first_metric, metric_count;
} csj_resource;

typedef struct {
    csj_text name, unit, error_code, error_message;
    size_t first_series, series_count;
} csj_metric;

typedef struct {
    size_t first_dimension, dimension_count;
    size_t first_point, point_count;
} csj_series;

typedef struct {
    csj_text name, value;
} csj_dimension;

/// The flat arrays of a metrics answer. Of the five aggregations only the asked ones have a column.
typedef struct {
    const csj_resource *resources;
    size_t resource_count;
    const csj_metric *metrics;
    size_t metric_count;
    const csj_series *series;
    size_t series_count;
    const csj_dimension *dimensions;
    size_t dimension_count;
    /// Start of the bucket in seconds since 1970, per point.
    const int64_t *times;
    /// Which aggregations have a value, per point: bit 0 average, 1 minimum, 2 maximum, 3 total, 4 count.
    const uint8_t *present;
    size_t point_count;
    /// `width` values per point, one for each asked aggregation in the order of their bits; 0 where none is present.
    const double *values;
    size_t width;
} csj_metrics_answer;

/// One metric of a resource type. Its texts lie in the answer's `texts`.
typedef struct {
    csj_text name, description, unit, metric_namespace, category, primary_aggregation;
    size_t first_aggregation, aggregation_count;
    size_t first_dimension, dimension_count;
    /// ISO 8601, as answered.
    size_t first_grain, grain_count;
} csj_definition;

/// The flat arrays of a metric definitions answer: one page of the list.
typedef struct {
    const csj_definition *definitions;
    size_t definition_count;
    const csj_text *texts;
    size_t text_count;
    csj_text next_link;
} csj_definitions_answer;

typedef struct {
    /// Not escaped: `Microsoft.Storage/storageAccounts`.
    csj_text name;
    csj_text classification;
} csj_namespace;

typedef struct {
    const csj_namespace *namespaces;
    size_t namespace_count;
    csj_text next_link;
} csj_namespaces_answer;

/// What a token endpoint answers, well or badly.
typedef struct {
    csj_text access_token;
    /// Seconds; -1 when absent. Numbers and strings of digits are both understood.
    int64_t expires_in;
    /// Seconds since 1970; -1 when absent.
    int64_t expires_on;
    csj_text error, error_description;
    /// The first of `error_codes`; 0 when there is none.
    int64_t error_code;
} csj_token_answer;

/// `{"code":…,"message":…}`, bare or wrapped in `{"error":…}`.
typedef struct {
    csj_text code, message;
} csj_error_answer;

/// A parser and what it has read. One thread at a time.
typedef struct csj_document csj_document;

/// The readable bytes that must follow the text that is parsed.
size_t csj_padding(void);

/// NULL when there is no memory.
csj_document *csj_document_new(void);
void csj_document_free(csj_document *document);

// Each of these reads `count` bytes at `json`, behind which `csj_padding()` more must be readable, and fills `answer`,
// whose pointers live until the document is read into again or freed. They return NULL, or what is wrong in plain words
// (static storage); then `answer` is not to be used.

/// `asked` has one bit per aggregation, as in `csj_metrics_answer.present`.
const char *csj_read_metrics(csj_document *document, const char *json, size_t count, uint8_t asked,
                             csj_metrics_answer *answer);
/// Definitions without a name are left out, and so are aggregations, dimensions and grains without one.
const char *csj_read_definitions(csj_document *document, const char *json, size_t count,
                                 csj_definitions_answer *answer);
/// Namespaces without a name are left out.
const char *csj_read_namespaces(csj_document *document, const char *json, size_t count, csj_namespaces_answer *answer);
const char *csj_read_token(csj_document *document, const char *json, size_t count, csj_token_answer *answer);
const char *csj_read_error(csj_document *document, const char *json, size_t count, csj_error_answer *answer);

#ifdef __cplusplus
}
#endif
