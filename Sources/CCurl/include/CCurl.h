#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libcurl's setters and getters take variable arguments, which Swift cannot call. One function per type of value.
// The parentheses keep curl's type-checking macros out: here the option is no constant.

static inline CURLcode azimuth_easy_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode azimuth_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// libcurl copies the text. NULL brings back libcurl's default, which for some options is "none".
static inline CURLcode azimuth_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// libcurl keeps the pointer: what it points to must outlive the transfer.
static inline CURLcode azimuth_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// libcurl copies the bytes.
static inline CURLcode azimuth_easy_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return (curl_easy_setopt)(easy, option, &blob);
}

/// libcurl keeps the list: it must outlive the transfer.
static inline CURLcode azimuth_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode azimuth_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode azimuth_easy_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode azimuth_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode azimuth_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

/// Makes `easy` a POST of `count` bytes that `read` hands out; `seek` goes back when libcurl has to start anew.
static inline CURLcode azimuth_easy_set_upload(
    CURL *easy, curl_read_callback read, curl_seek_callback seek, void *context, curl_off_t count
) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_POST, 1L);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_POSTFIELDSIZE_LARGE, count);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_READFUNCTION, read);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_READDATA, context);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, seek);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_SEEKDATA, context);
    return code;
}

/// Lets `easy` trust the authorities in `folder` and in `bundle`, without reading all of them.
///
/// libcurl reads the bundle for every connection: some 140 certificates, 6 MB and 15 ms. Here the authority of a server is
/// looked up in the folder by its hash, and the bundle is read only when it is not there: an authority that stands in one of
/// them alone is trusted as well. `bundle` must live as long as the process: a server may have itself verified again at any
/// time. Only for a libcurl that uses OpenSSL.
CURLcode azimuth_easy_trust(CURL *easy, const char *folder, const char *bundle);

/// Zero bytes that stand behind a body.
#define AZIMUTH_BODY_PADDING 64

/// Why a body was refused.
enum azimuth_body_problem {
    AZIMUTH_BODY_FINE,
    /// More than `limit` bytes after decompression.
    AZIMUTH_BODY_TOO_LARGE,
    /// It says it is gzip and is not, or ends in the middle.
    AZIMUTH_BODY_DAMAGED,
    /// Compressed in a way that was not asked for.
    AZIMUTH_BODY_UNKNOWN_ENCODING,
    /// The header fields are over `AZIMUTH_HEADER_LIMIT`.
    AZIMUTH_BODY_HEADERS_TOO_LARGE,
    /// The connection closed before the header fields were over; libcurl takes what came for an answer without body.
    AZIMUTH_BODY_HEADERS_CUT_OFF,
    AZIMUTH_BODY_NO_MEMORY,
    /// The large bodies that are under way together leave no room in the allowance.
    AZIMUTH_BODY_NO_ALLOWANCE,
};

/// What all bodies that are coming in share, so that many large ones at a time do not add up. Of one thread.
struct azimuth_allowance {
    size_t used;
    size_t limit;
};

/// Bytes of each body, compressed and decompressed together, that the allowance does not count: ordinary answers never lack
/// room because of others.
#define AZIMUTH_BODY_FREE_BYTES (4 * 1024 * 1024)

/// Most bytes of header fields in all answers of one transfer, interim ones included.
#define AZIMUTH_HEADER_LIMIT (256 * 1024)

/// The body of an answer: as it comes in, and decompressed once it is whole.
///
/// libcurl could decompress, but takes a gzip stream that ends early for a whole one, and zlib takes three times as long as
/// libdeflate, which wants all of it at once.
struct azimuth_body {
    /// From malloc, with `AZIMUTH_BODY_PADDING` zero bytes behind `count` once finished; NULL while empty.
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    /// Most bytes of content.
    size_t limit;
    /// Most bytes that may come in: a compressed body that does not compress is a little larger than its content.
    size_t most_bytes;
    struct azimuth_allowance *allowance;
    /// What it has taken of the allowance.
    size_t taken;
    size_t header_bytes;
    /// Whether the empty line behind the header fields has come.
    bool has_headers;
    enum azimuth_body_problem problem;
    CURL *easy;
    /// Whether the first piece has come, so that the encoding is known.
    bool has_started;
    bool is_gzip;
};

/// Lets `easy` write the body of its answer to `body`, which must outlive the transfer. Frees nothing old.
CURLcode azimuth_body_attach(
    struct azimuth_body *body, CURL *easy, size_t limit, struct azimuth_allowance *allowance);
/// Checks that the body is whole, decompresses it and sets the padding. The block then has no slack.
void azimuth_body_finish(struct azimuth_body *body);
/// Frees what is left, and gives back what it took of the allowance. Set `bytes` to NULL before to keep the block.
void azimuth_body_free(struct azimuth_body *body);
