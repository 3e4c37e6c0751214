#include "CCurl.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

static size_t refuse(struct azimuth_body *body, enum azimuth_body_problem problem) {
    body->problem = problem;
    return 0;
}

/// Takes what a block of `capacity` bytes needs of the allowance.
static bool take_allowance(struct azimuth_body *body, size_t capacity) {
    size_t wanted = capacity > AZIMUTH_BODY_FREE_BYTES ? capacity - AZIMUTH_BODY_FREE_BYTES : 0;
    size_t others = body->allowance->used - body->taken;
    if (wanted > 0 && (others > body->allowance->limit || wanted > body->allowance->limit - others)) return false;
    body->allowance->used = others + wanted;
    body->taken = wanted;
    return true;
}

/// Makes room for `wanted` bytes (at most one above the limit, which shows that there are more) and the padding.
/// Returns what is in the way.
static enum azimuth_body_problem reserve(struct azimuth_body *body, size_t wanted) {
    if (wanted <= body->capacity) return AZIMUTH_BODY_FINE;
    size_t capacity = body->capacity == 0 ? 16 * 1024 : body->capacity * 2;
    if (capacity > body->limit + 1) capacity = body->limit + 1;
    if (capacity < wanted) capacity = wanted;
    if (!take_allowance(body, capacity)) return AZIMUTH_BODY_NO_ALLOWANCE;
    uint8_t *bytes = realloc(body->bytes, capacity + AZIMUTH_BODY_PADDING);
    if (bytes == NULL) return AZIMUTH_BODY_NO_MEMORY;
    body->bytes = bytes;
    body->capacity = capacity;
    return AZIMUTH_BODY_FINE;
}

static size_t append(struct azimuth_body *body, const char *piece, size_t count) {
    if (count > body->limit - body->count) return refuse(body, AZIMUTH_BODY_TOO_LARGE);
    enum azimuth_body_problem problem = reserve(body, body->count + count);
    if (problem != AZIMUTH_BODY_FINE) return refuse(body, problem);
    memcpy(body->bytes + body->count, piece, count);
    body->count += count;
    return count;
}

/// Inflates into the room that is left. Returns zlib's code.
static int inflate_some(struct azimuth_body *body) {
    z_stream *inflater = body->inflater;
    size_t room = body->capacity - body->count;
    if (room > UINT_MAX) room = UINT_MAX;
    inflater->next_out = body->bytes + body->count;
    inflater->avail_out = (uInt)room;
    int code = inflate(inflater, Z_NO_FLUSH);
    body->count += room - inflater->avail_out;
    return code;
}

static size_t append_inflated(struct azimuth_body *body, const char *piece, size_t count) {
    z_stream *inflater = body->inflater;
    inflater->next_in = (Bytef *)piece;
    inflater->avail_in = (uInt)count;
    do {
        // More bytes behind the end of a stream: gzip allows several, one after the other.
        if (body->has_ended && inflateReset(inflater) != Z_OK) return refuse(body, AZIMUTH_BODY_DAMAGED);
        body->has_ended = false;
        enum azimuth_body_problem problem = reserve(body, body->count + 1);
        if (problem != AZIMUTH_BODY_FINE) return refuse(body, problem);
        int code = inflate_some(body);
        if (body->count > body->limit) return refuse(body, AZIMUTH_BODY_TOO_LARGE);
        if (code == Z_MEM_ERROR) return refuse(body, AZIMUTH_BODY_NO_MEMORY);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return refuse(body, AZIMUTH_BODY_DAMAGED);
        body->has_ended = code == Z_STREAM_END;
        // A full block may hide output that zlib still holds back.
    } while (inflater->avail_in > 0 || (inflater->avail_out == 0 && !body->has_ended));
    return count;
}

/// Reads the encoding of the answer and prepares for it.
static bool start(struct azimuth_body *body) {
    struct curl_header *field = NULL;
    body->has_started = true;
    if (curl_easy_header(body->easy, "Content-Encoding", 0, CURLH_HEADER, -1, &field) != CURLHE_OK) return true;
    bool is_gzip = strcasecmp(field->value, "gzip") == 0 || strcasecmp(field->value, "x-gzip") == 0;
    bool is_plain = strcasecmp(field->value, "identity") == 0 || field->value[0] == '\0';
    if (field->amount > 1 || !(is_gzip || is_plain)) {
        refuse(body, AZIMUTH_BODY_UNKNOWN_ENCODING);
        return false;
    }
    if (is_plain) return true;
    body->inflater = calloc(1, sizeof *body->inflater);
    if (!body->has_headers) body->problem = AZIMUTH_BODY_HEADERS_CUT_OFF;
    if (body->inflater != NULL && inflateInit2(body->inflater, 16 + MAX_WBITS) == Z_OK) return true;
    free(body->inflater);
    body->inflater = NULL;
    refuse(body, AZIMUTH_BODY_NO_MEMORY);
    return false;
}

static size_t on_body(char *piece, size_t size, size_t count, void *context) {
    struct azimuth_body *body = context;
    size_t bytes = size * count;
    if (bytes == 0) return 0;
    if (!body->has_started && !start(body)) return 0;
    return body->inflater == NULL ? append(body, piece, bytes) : append_inflated(body, piece, bytes);
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
    struct azimuth_body *body = context;
    size_t bytes = size * count;
    body->header_bytes += bytes;
    if (body->header_bytes > AZIMUTH_HEADER_LIMIT) return refuse(body, AZIMUTH_BODY_HEADERS_TOO_LARGE);
    // An interim answer is followed by another status line; trailing fields have no empty line of their own.
    if (bytes >= 5 && memcmp(line, "HTTP/", 5) == 0) body->has_headers = false;
    if (bytes > 0 && (line[0] == '\r' || line[0] == '\n')) body->has_headers = true;
    return bytes;
}

CURLcode azimuth_body_attach(
    struct azimuth_body *body, CURL *easy, size_t limit, struct azimuth_allowance *allowance) {
    *body = (struct azimuth_body){.easy = easy, .limit = limit, .allowance = allowance};
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, on_body);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, body);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, on_header);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, body);
    return code;
}

void azimuth_body_finish(struct azimuth_body *body) {
    if (!body->has_headers) body->problem = AZIMUTH_BODY_HEADERS_CUT_OFF;
    if (body->inflater != NULL && !body->has_ended) body->problem = AZIMUTH_BODY_DAMAGED;
    if (body->bytes == NULL) return;
    uint8_t *bytes = realloc(body->bytes, body->count + AZIMUTH_BODY_PADDING);
    if (bytes != NULL) body->bytes = bytes;
    body->capacity = body->count;
    memset(body->bytes + body->count, 0, AZIMUTH_BODY_PADDING);
}

void azimuth_body_free(struct azimuth_body *body) {
    if (body->inflater != NULL) inflateEnd(body->inflater);
    free(body->inflater);
    free(body->bytes);
    if (body->allowance != NULL) body->allowance->used -= body->taken;
    *body = (struct azimuth_body){0};
}
