#include "CDeflate.h"

/// Each bit of deflate makes at most 129 bytes: a length of 258 takes two bits.
static const size_t most_bytes_of_one = 1032;
/// Of the size that stands at the end of a member.
static const size_t size_bytes = 4;

/// The size that the last member declares, as far as the input can hold so much.
static size_t declared_size(const uint8_t *input, size_t count, size_t limit) {
    if (count < size_bytes) return 1;
    const uint8_t *last = input + count - size_bytes;
    size_t size = (size_t)last[0] | (size_t)last[1] << 8 | (size_t)last[2] << 16 | (size_t)last[3] << 24;
    if (size / most_bytes_of_one > count) size = count * most_bytes_of_one;
    if (size > limit) size = limit;
    return size > 0 ? size : 1;
}

/// `limit`, unless there is still room below to double `capacity`.
static size_t next_capacity(size_t capacity, size_t limit) {
    size_t least = 64 * 1024;
    if (capacity < least / 2) return least < limit ? least : limit;
    return capacity < limit / 2 ? capacity * 2 : limit;
}

static enum azimuth_gunzip_result inflate_members(
    struct libdeflate_decompressor *decompressor, const uint8_t *input, size_t input_count, size_t limit,
    azimuth_gunzip_room *room, void *context, size_t *count) {
    size_t capacity = declared_size(input, input_count, limit);
    uint8_t *output = room(context, capacity);
    *count = 0;
    do {
        if (output == NULL) return AZIMUTH_GUNZIP_NO_ROOM;
        size_t taken = 0, made = 0;
        size_t free_bytes = (capacity < limit ? capacity : limit) - *count;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            decompressor, input, input_count, output + *count, free_bytes, &taken, &made);
        if (result == LIBDEFLATE_SUCCESS) {
            input += taken;
            input_count -= taken;
            *count += made;
        } else if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
            return AZIMUTH_GUNZIP_DAMAGED;
        } else if (capacity >= limit) {
            return AZIMUTH_GUNZIP_TOO_LARGE;
        } else {
            capacity = next_capacity(capacity, limit);
            output = room(context, capacity);
        }
    } while (input_count > 0);
    return AZIMUTH_GUNZIP_FINE;
}

enum azimuth_gunzip_result azimuth_gunzip(
    const uint8_t *input, size_t input_count, size_t limit, azimuth_gunzip_room *room, void *context, size_t *count) {
    if (input_count == 0) return AZIMUTH_GUNZIP_DAMAGED;
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL) return AZIMUTH_GUNZIP_NO_ROOM;
    enum azimuth_gunzip_result result =
        inflate_members(decompressor, input, input_count, limit, room, context, count);
    libdeflate_free_decompressor(decompressor);
    return result;
}
