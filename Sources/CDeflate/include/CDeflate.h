#pragma once
#include <libdeflate.h>
#include <stddef.h>
#include <stdint.h>

/// How decompressing ended.
enum azimuth_gunzip_result {
    AZIMUTH_GUNZIP_FINE,
    /// Not gzip, cut short, or changed on the way.
    AZIMUTH_GUNZIP_DAMAGED,
    /// More than `limit` bytes.
    AZIMUTH_GUNZIP_TOO_LARGE,
    /// No block, or no memory for the decompressor.
    AZIMUTH_GUNZIP_NO_ROOM,
};

/// Gives a block of `capacity` bytes, at least 1, that begins with what the last one held; NULL when there is none.
typedef uint8_t *azimuth_gunzip_room(void *context, size_t capacity);

/// Decompresses the gzip members in `input`, one behind the other, to one block.
///
/// `limit`: the most bytes that may come out. A bomb costs no more memory than that, and, when it understates its size, twice
/// the time.
/// `room`: is asked for the first block, of the size that the input declares, and again only when that is too small.
/// `count`: receives how many bytes came out; of use after AZIMUTH_GUNZIP_FINE only.
enum azimuth_gunzip_result azimuth_gunzip(
    const uint8_t *input, size_t input_count, size_t limit, azimuth_gunzip_room *room, void *context, size_t *count);
