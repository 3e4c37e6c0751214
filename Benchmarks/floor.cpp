// The least that an agent can do with these bytes: inflates each answer, reads every field and number of it with simdjson,
// and deflates each request, at level 1. Prints the seconds of CPU of the three, with zlib, and of inflating and deflating
// with libdeflate, as the agent does.
//
//     floor answer.json.gz … request.otlp.gz …
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <libdeflate.h>
#include <simdjson.h>
#include <string>
#include <vector>
#include <zlib.h>

using namespace simdjson;

static double now() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static std::string read_file(const char *path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

static const int gzip_window = 15 + 16;

/// Into `output`, which keeps its memory; returns the size.
static size_t inflate_all(const std::string &input, std::string &output) {
    z_stream stream{};
    inflateInit2(&stream, gzip_window);
    stream.next_in = (Bytef *)input.data();
    stream.avail_in = input.size();
    size_t size = 0;
    int code = Z_OK;
    while (code == Z_OK) {
        if (output.size() < size + (1 << 16) + SIMDJSON_PADDING) output.resize(output.size() * 2 + (1 << 17));
        stream.next_out = (Bytef *)&output[size];
        const size_t room = output.size() - size - SIMDJSON_PADDING;
        stream.avail_out = room;
        code = inflate(&stream, Z_NO_FLUSH);
        size += room - stream.avail_out;
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END) throw std::runtime_error("an answer that is not whole");
    return size;
}

static size_t deflate_all(const std::string &input, std::string &output) {
    z_stream stream{};
    deflateInit2(&stream, 1, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
    output.resize(deflateBound(&stream, input.size()));
    stream.next_in = (Bytef *)input.data();
    stream.avail_in = input.size();
    stream.next_out = (Bytef *)&output[0];
    stream.avail_out = output.size();
    deflate(&stream, Z_FINISH);
    const size_t size = output.size() - stream.avail_out;
    deflateEnd(&stream);
    return size;
}

/// The same with libdeflate, into an `output` that is large enough; returns the seconds.
static double inflate_again(const std::string &input, std::string &output) {
    const double begin = now();
    auto *decompressor = libdeflate_alloc_decompressor();
    size_t size = 0;
    if (libdeflate_gzip_decompress(decompressor, input.data(), input.size(), &output[0], output.size(), &size))
        throw std::runtime_error("an answer that is not whole");
    libdeflate_free_decompressor(decompressor);
    return now() - begin;
}

static double deflate_again(const std::string &input, std::string &output) {
    const double begin = now();
    auto *compressor = libdeflate_alloc_compressor(1);
    output.resize(libdeflate_gzip_compress_bound(compressor, input.size()));
    libdeflate_gzip_compress(compressor, input.data(), input.size(), &output[0], output.size());
    libdeflate_free_compressor(compressor);
    return now() - begin;
}

static double sum = 0;

static void walk(ondemand::value value) {
    switch (value.type()) {
    case ondemand::json_type::object:
        for (auto field : value.get_object()) {
            const char *key = field.key().value().raw();
            sum += *key;
            walk(field.value());
        }
        break;
    case ondemand::json_type::array:
        for (auto element : value.get_array()) walk(element.value());
        break;
    case ondemand::json_type::number: sum += double(value.get_double()); break;
    case ondemand::json_type::string: sum += std::string_view(value.get_string()).size(); break;
    default: break;
    }
}

int main(int count, char **paths) {
    double inflating = 0, parsing = 0, deflating = 0, inflating_again = 0, deflating_again = 0;
    ondemand::parser parser;
    std::string scratch, output;
    for (int i = 1; i < count; i++) {
        const std::string input = read_file(paths[i]);
        const double begin = now();
        const size_t size = inflate_all(input, scratch);
        const double inflated = now();
        if (std::string(paths[i]).find(".json.gz") != std::string::npos) {
            auto document = parser.iterate(scratch.data(), size, scratch.size());
            walk(document.value());
            parsing += now() - inflated;
            inflating += inflated - begin;
            inflating_again += inflate_again(input, scratch);
        } else {
            const std::string body(scratch.data(), size);
            const double start = now();
            deflate_all(body, output);
            deflating += now() - start;
            deflating_again += deflate_again(body, output);
        }
    }
    std::cout << inflating << " " << parsing << " " << deflating << " " << inflating_again << " " << deflating_again << "\n";
    return sum == 0.5;
}
