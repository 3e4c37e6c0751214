#include "CCurl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "CDeflate.h"

static size_t refuse(struct azimuth_body *body, enum azimuth_body_problem problem) {
    body->problem = problem;
    return 0;
}

/// Takes what blocks of `bytes` together need of the allowance.
static bool take_allowance(struct azimuth_body *body, size_t bytes) {
    size_t wanted = bytes > AZIMUTH_BODY_FREE_BYTES ? bytes - AZIMUTH_BODY_FREE_BYTES : 0;
    size_t others = body->allowance->used - body->taken;
    if (wanted > 0 && (others > body->allowance->limit || wanted > body->allowance->limit - others)) return false;
    body->allowance->used = others + wanted;
    body->taken = wanted;
    return true;
}

/// Makes room for `wanted` bytes and the padding. Returns what is in the way.
static enum azimuth_body_problem reserve(struct azimuth_body *body, size_t wanted) {
    if (wanted <= body->capacity) return AZIMUTH_BODY_FINE;
    size_t capacity = body->capacity * 2;
    if (capacity < 16 * 1024) capacity = 16 * 1024;
    if (capacity > body->most_bytes) capacity = body->most_bytes;
    if (capacity < wanted) capacity = wanted;
    if (!take_allowance(body, capacity)) return AZIMUTH_BODY_NO_ALLOWANCE;
    uint8_t *bytes = realloc(body->bytes, capacity + AZIMUTH_BODY_PADDING);
    if (bytes == NULL) return AZIMUTH_BODY_NO_MEMORY;
    body->bytes = bytes;
    body->capacity = capacity;
    return AZIMUTH_BODY_FINE;
}

static size_t append(struct azimuth_body *body, const char *piece, size_t count) {
    if (count > body->most_bytes - body->count) return refuse(body, AZIMUTH_BODY_TOO_LARGE);
    enum azimuth_body_problem problem = reserve(body, body->count + count);
    if (problem != AZIMUTH_BODY_FINE) return refuse(body, problem);
    memcpy(body->bytes + body->count, piece, count);
    body->count += count;
    return count;
}

/// Whether the body may fit, by the length that its headers declare; makes room for an ordinary one.
static bool declares_to_fit(struct azimuth_body *body) {
    curl_off_t length = -1;
    (curl_easy_getinfo)(body->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length <= 0) return true;
    enum azimuth_body_problem problem = AZIMUTH_BODY_FINE;
    if ((unsigned long long)length > body->most_bytes) problem = AZIMUTH_BODY_TOO_LARGE;
    // A server may promise more than it sends: beyond this only for what has come.
    else if (length <= 1024 * 1024) problem = reserve(body, (size_t)length);
    if (problem == AZIMUTH_BODY_FINE) return true;
    refuse(body, problem);
    return false;
}

/// Reads the encoding of the answer and prepares for it.
static bool start(struct azimuth_body *body) {
    struct curl_header *field = NULL;
    body->has_started = true;
    if (curl_easy_header(body->easy, "Content-Encoding", 0, CURLH_HEADER, -1, &field) != CURLHE_OK) {
        return declares_to_fit(body);
    }
    bool is_gzip = strcasecmp(field->value, "gzip") == 0 || strcasecmp(field->value, "x-gzip") == 0;
    bool is_plain = strcasecmp(field->value, "identity") == 0 || field->value[0] == '\0';
    if (field->amount > 1 || !(is_gzip || is_plain)) {
        refuse(body, AZIMUTH_BODY_UNKNOWN_ENCODING);
        return false;
    }
    if (is_gzip) {
        body->is_gzip = true;
        // What does not compress becomes a little larger.
        body->most_bytes += body->limit / 1024 + 1024;
    }
    return declares_to_fit(body);
}

static size_t on_body(char *piece, size_t size, size_t count, void *context) {
    struct azimuth_body *body = context;
    size_t bytes = size * count;
    if (bytes == 0) return 0;
    if (!body->has_started && !start(body)) return 0;
    return append(body, piece, bytes);
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
    *body = (struct azimuth_body){.easy = easy, .limit = limit, .most_bytes = limit, .allowance = allowance};
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, on_body);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, body);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, on_header);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, body);
    return code;
}

/// The decompressed body while it grows.
struct inflated {
    struct azimuth_body *body;
    uint8_t *bytes;
    enum azimuth_body_problem problem;
};

static uint8_t *make_room(void *context, size_t capacity) {
    struct inflated *inflated = context;
    inflated->problem = AZIMUTH_BODY_NO_ALLOWANCE;
    if (!take_allowance(inflated->body, inflated->body->capacity + capacity)) return NULL;
    inflated->problem = AZIMUTH_BODY_NO_MEMORY;
    uint8_t *bytes = realloc(inflated->bytes, capacity + AZIMUTH_BODY_PADDING);
    if (bytes != NULL) inflated->bytes = bytes;
    return bytes;
}

/// Puts what the compressed body holds in its place.
static enum azimuth_body_problem inflate_whole(struct azimuth_body *body) {
    // While both are there, each byte counts.
    uint8_t *fitting = realloc(body->bytes, body->count > 0 ? body->count : 1);
    if (fitting != NULL) body->bytes = fitting;
    body->capacity = body->count;
    struct inflated inflated = {.body = body, .problem = AZIMUTH_BODY_NO_MEMORY};
    size_t count = 0;
    enum azimuth_gunzip_result result =
        azimuth_gunzip(body->bytes, body->count, body->limit, make_room, &inflated, &count);
    if (result != AZIMUTH_GUNZIP_FINE) free(inflated.bytes);
    switch (result) {
    case AZIMUTH_GUNZIP_FINE: break;
    case AZIMUTH_GUNZIP_DAMAGED: return AZIMUTH_BODY_DAMAGED;
    case AZIMUTH_GUNZIP_TOO_LARGE: return AZIMUTH_BODY_TOO_LARGE;
    case AZIMUTH_GUNZIP_NO_ROOM: return inflated.problem;
    }
    free(body->bytes);
    body->bytes = inflated.bytes;
    body->count = count;
    return AZIMUTH_BODY_FINE;
}

void azimuth_body_finish(struct azimuth_body *body) {
    if (!body->has_headers) body->problem = AZIMUTH_BODY_HEADERS_CUT_OFF;
    if (body->problem != AZIMUTH_BODY_FINE) return;
    if (body->is_gzip) body->problem = inflate_whole(body);
    if (body->problem != AZIMUTH_BODY_FINE || body->bytes == NULL) return;
    uint8_t *bytes = realloc(body->bytes, body->count + AZIMUTH_BODY_PADDING);
    if (bytes != NULL) body->bytes = bytes;
    body->capacity = body->count;
    memset(body->bytes + body->count, 0, AZIMUTH_BODY_PADDING);
}

void azimuth_body_free(struct azimuth_body *body) {
    free(body->bytes);
    if (body->allowance != NULL) body->allowance->used -= body->taken;
    *body = (struct azimuth_body){0};
}
