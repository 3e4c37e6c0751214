// What the readers of the single answers share.
#pragma once
#include "CSimdJSON.h"
#include <simdjson.h>
#include <string_view>
#include <vector>

struct csj_document {
    simdjson::ondemand::parser parser;
    std::vector<csj_series> series;
    std::vector<csj_dimension> dimensions;
    std::vector<int64_t> times;
    std::vector<uint8_t> present;
    std::vector<double> values;
    std::vector<csj_entry> entries;
    std::vector<csj_cell> cells;
    std::vector<csj_text> units;
    std::vector<csj_failure> failures;
    std::vector<csj_graph_resource> graph;
    std::vector<csj_definition> definitions;
    std::vector<csj_namespace> namespaces;
    std::vector<csj_text> texts;
};

namespace csj {

namespace od = simdjson::ondemand;

/// What is wrong with a document that is JSON but not the answer expected. `words` has static storage.
struct unexpected {
    const char *words;
};

/// The name of a field, unescaped. Here, because it is asked for several times a point.
inline std::string_view name_of(od::field &field) {
    const char *start = field.key().raw();
    const char *end = start;
    // Strings are known to be closed once the parser has accepted the document.
    for (; *end != '"'; end++) {
        if (*end == '\\') return field.unescaped_key();
    }
    return {start, size_t(end - start)};
}
/// The text of a field; absent when it is null.
csj_text text_of(od::field &field);
/// The `value` of a `{"value":…,"localizedValue":…}` name; absent when it is null or has none.
csj_text localizable(od::value value);
/// Whole seconds, written as a number or as a string of digits; -1 when it is null.
int64_t seconds_of(od::field &field);
/// `2031-02-03T04:05:06Z` as seconds since 1970; a fraction is cut off, a missing zone is UTC.
int64_t time_of(std::string_view text);

inline od::field field_of(simdjson::simdjson_result<od::field> result) {
    od::field field;
    auto error = std::move(result).get(field);
    if (error) throw simdjson::simdjson_error(error);
    return field;
}

/// Calls `body(name, field)` for each field of `object`, in the order in which they stand.
template <typename Body> void for_each_field(od::object object, Body body) {
    for (auto result : object) {
        od::field field = field_of(std::move(result));
        body(name_of(field), field);
    }
}

/// Calls `body(element)` for each object of the array `value`; null is an empty array.
template <typename Body> void for_each_object(od::value value, Body body) {
    if (value.is_null()) return;
    od::array array = value.get_array();
    for (od::object element : array) body(element);
}

/// Hands the root object of a document to `body` and turns every exception into words.
template <typename Body>
const char *read(csj_document *document, const char *json, size_t count, Body body) noexcept {
    try {
        if (count == 0) return "the body is empty";
        od::document root = document->parser.iterate(json, count, count + simdjson::SIMDJSON_PADDING);
        if (root.type() != od::json_type::object) return "the body is not a JSON object";
        body(root.get_object().value());
        // There is no current location exactly when all has been read.
        if (root.current_location().error() != simdjson::OUT_OF_BOUNDS) return "something follows the JSON object";
        return nullptr;
    } catch (const unexpected &problem) {
        return problem.words;
    } catch (const simdjson::simdjson_error &error) {
        return simdjson::error_message(error.error());
    } catch (const std::bad_alloc &) {
        return "there is no memory to read it";
    } catch (...) {
        return "the JSON could not be read";
    }
}

} // namespace csj
