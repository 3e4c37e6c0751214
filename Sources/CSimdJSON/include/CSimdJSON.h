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

/// One series of a table.
typedef struct {
    size_t first_dimension, dimension_count;
    size_t first_point, point_count;
} csj_series;

typedef struct {
    csj_text name, value;
} csj_dimension;

/// What a table is asked for: every metric of every resource. Ids and names compare ignoring ASCII case; ids also
/// without a leading slash.
typedef struct {
    const csj_text *resources;
    size_t resource_count;
    const csj_text *metrics;
    size_t metric_count;
    /// One bit per aggregation, as in `csj_table_answer.present`.
    uint8_t aggregations;
    /// `{"values":[entry, …]}`; else the answer is one entry, of the first resource.
    uint8_t is_batch;
} csj_question;

/// What was said about one asked resource.
typedef struct {
    csj_text region, interval;
    uint8_t is_answered;
} csj_entry;

enum { csj_cell_missing = 0, csj_cell_answered = 1, csj_cell_failed = 2 };

/// What was said about one asked metric of one asked resource.
typedef struct {
    uint32_t first_series, series_count;
    /// In the answer's `units`, of which the first is the absent one.
    int32_t unit;
    int32_t state;
} csj_cell;

typedef struct {
    size_t cell;
    csj_text code, message;
} csj_failure;

/// A metrics answer in the order of the question. What was not asked for is left out; of what stands twice the first counts.
typedef struct {
    /// One per asked resource.
    const csj_entry *entries;
    /// `metric_count` of them per asked resource.
    const csj_cell *cells;
    const csj_text *units;
    size_t unit_count;
    const csj_failure *failures;
    size_t failure_count;
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
} csj_table_answer;

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

/// One row of a question to Azure Resource Graph.
typedef struct {
    csj_text id, type, location, kind;
    /// The name of the sku, or its tier where it has none.
    csj_text sku;
    size_t first_tag, tag_count;
} csj_graph_resource;

/// One page of an answer of Azure Resource Graph.
typedef struct {
    const csj_graph_resource *resources;
    size_t resource_count;
    const csj_dimension *tags;
    size_t tag_count;
    csj_text skip_token;
    /// Rows of this page, those without an id included.
    int64_t row_count;
    /// Rows of all pages; -1 when it was not said.
    int64_t total_records;
    uint8_t is_truncated;
} csj_graph_answer;

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
    /// The code of the first of its `details`.
    csj_text detail_code;
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

/// `question` has at least one resource and one metric.
const char *csj_read_table(csj_document *document, const char *json, size_t count, const csj_question *question,
                           csj_table_answer *answer);
/// Definitions without a name are left out, and so are aggregations, dimensions and grains without one.
const char *csj_read_definitions(csj_document *document, const char *json, size_t count,
                                 csj_definitions_answer *answer);
/// Namespaces without a name are left out.
const char *csj_read_namespaces(csj_document *document, const char *json, size_t count, csj_namespaces_answer *answer);
/// Rows without an id are left out.
const char *csj_read_graph(csj_document *document, const char *json, size_t count, csj_graph_answer *answer);
const char *csj_read_token(csj_document *document, const char *json, size_t count, csj_token_answer *answer);
const char *csj_read_error(csj_document *document, const char *json, size_t count, csj_error_answer *answer);

#ifdef __cplusplus
}
#endif
