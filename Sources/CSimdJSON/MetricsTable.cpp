// Answers about many metrics of one resource or of many, put into the places in which they were asked.
#include "Document.hpp"
#include <cstring>

using namespace csj;

namespace {

const std::string_view aggregations[] = {"average", "minimum", "maximum", "total", "count"};

unsigned char lower(char byte) {
    unsigned char code = static_cast<unsigned char>(byte);
    return code >= 'A' && code <= 'Z' ? code | 0x20 : code;
}

/// Azure's own comparison of names and ids, which are ASCII.
bool same(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    // The ends differ sooner than the beginnings: ids share their subscription.
    for (size_t i = left.size(); i > 0; i--) {
        if (left[i - 1] != right[i - 1] && lower(left[i - 1]) != lower(right[i - 1])) return false;
    }
    return true;
}

std::string_view view(csj_text text) { return text.bytes ? std::string_view(text.bytes, text.count) : ""; }

/// An id without its leading slash, which some answers lack.
std::string_view path(csj_text id) {
    std::string_view text = view(id);
    if (!text.empty() && text[0] == '/') text.remove_prefix(1);
    return text;
}

/// The resource's part of a metric's id; empty when it has none.
csj_text resource_of(csj_text metric_id) {
    const std::string_view end = "/providers/microsoft.insights/metrics/";
    std::string_view text = view(metric_id);
    for (size_t at = text.size() < end.size() ? 0 : text.size() - end.size() + 1; at > 0; at--) {
        if (same(text.substr(at - 1, end.size()), end)) return {text.data(), at - 1};
    }
    return {nullptr, 0};
}

/// What one entry says about one of the asked metrics.
struct found_metric {
    size_t metric;
    csj_text unit, error_code, error_message;
    size_t first_series, series_count;
};

struct table_reader {
    csj_document &to;
    const csj_question &asked;
    size_t width = 0;
    /// The column of each aggregation, by its bit.
    size_t columns[5];
    bool is_readable = true;
    csj_text metric_id{nullptr, 0};
    std::vector<found_metric> found;
    /// Which metric stood at this place of the entry before: Azure's order is not ours, but always the same.
    std::vector<size_t> guesses;
    size_t next_resource = 0;
    /// Texts of times repeat from series to series.
    struct recent_time { char text[20]; int64_t time; };
    recent_time recent[64] = {};

    table_reader(csj_document &document, const csj_question &question) : to(document), asked(question) {
        for (int bit = 0; bit < 5; bit++) {
            columns[bit] = width;
            if (asked.aggregations >> bit & 1) width++;
        }
        to.entries.assign(asked.resource_count, csj_entry{});
        to.cells.assign(asked.resource_count * asked.metric_count, csj_cell{});
        to.units.assign(1, csj_text{nullptr, 0});
        to.failures.clear();
        // The usual answer: a series of three or four buckets for each metric.
        to.series.reserve(to.cells.size());
        to.times.reserve(to.cells.size() * 4);
        to.present.reserve(to.cells.size() * 4);
        to.values.reserve(to.cells.size() * 4 * width);
        back_to({0, 0, 0});
    }

    /// How much has been kept.
    struct mark { size_t series, dimensions, points; };
    mark here() const { return {to.series.size(), to.dimensions.size(), to.times.size()}; }
    void back_to(mark mark) {
        to.series.resize(mark.series);
        to.dimensions.resize(mark.dimensions);
        to.times.resize(mark.points);
        to.present.resize(mark.points);
        to.values.resize(mark.points * width);
    }

    /// Where a time of 20 bytes stands when it was read before.
    recent_time &place_of_time(const char *text) {
        return recent[(text[11] * 10 + text[12] + text[14] * 10 + text[15]) & 63];
    }

    int64_t time(od::value value) {
        // In its quotation marks as it stands; what stood so before needs no copy and no reckoning.
        const std::string_view token = value.raw_json_token();
        if (token.size() >= 22 && token[21] == '"') {
            const recent_time &known = place_of_time(&token[1]);
            if (memcmp(known.text, &token[1], sizeof known.text) == 0) return known.time;
        }
        const std::string_view text = value.get_string();
        const int64_t time = time_of(text);
        if (text.size() == sizeof recent[0].text) {
            recent_time &slot = place_of_time(text.data());
            slot.time = time;
            memcpy(slot.text, text.data(), text.size());
        }
        return time;
    }

    void point(od::object object) {
        const size_t first_value = to.values.size();
        to.values.resize(first_value + width);
        uint8_t present = 0;
        int times = 0;
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "timeStamp") {
                if (field.value().type() != od::json_type::string) return;
                try {
                    to.times.push_back(time(field.value()));
                    times++;
                } catch (const unexpected &) {
                    // counted below as a point without a time
                }
                return;
            }
            for (int bit = 0; bit < 5; bit++) {
                if (name != aggregations[bit]) continue;
                // What is no number (null, "NaN") is no value.
                if (!(asked.aggregations >> bit & 1) || field.value().type() != od::json_type::number) return;
                to.values[first_value + columns[bit]] = field.value().get_double();
                present |= uint8_t(1u << bit);
                return;
            }
        });
        to.present.push_back(present);
        if (times == 1) return;
        // Which bucket it is cannot be told. To leave it out would make its bucket look empty.
        is_readable = false;
        to.times.resize(to.present.size());
    }

    void dimension(od::object object) {
        csj_dimension dimension{};
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "name") dimension.name = localizable(field.value());
            else if (name == "value") dimension.value = text_of(field);
        });
        if (!dimension.name.bytes) is_readable = false;
        to.dimensions.push_back(dimension);
    }

    void series(od::object object) {
        csj_series series{to.dimensions.size(), 0, to.times.size(), 0};
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "metadatavalues") for_each_object(field.value(), [&](od::object element) { dimension(element); });
            else if (name == "data") for_each_object(field.value(), [&](od::object element) { point(element); });
        });
        series.dimension_count = to.dimensions.size() - series.first_dimension;
        series.point_count = to.times.size() - series.first_point;
        to.series.push_back(series);
    }

    /// Where `name` was asked for; `metric_count` when it was not.
    size_t place_of(csj_text name, size_t position) {
        if (position >= guesses.size()) guesses.push_back(position);
        size_t &guess = guesses[position];
        if (guess < asked.metric_count && same(view(name), view(asked.metrics[guess]))) return guess;
        for (size_t i = 0; i < asked.metric_count; i++) {
            if (same(view(name), view(asked.metrics[i]))) return guess = i;
        }
        return asked.metric_count;
    }

    void metric(od::object object, size_t position, bool needs_id) {
        const mark start = here();
        csj_text name{nullptr, 0};
        found_metric item{};
        item.first_series = start.series;
        is_readable = true;
        for_each_field(object, [&](std::string_view key, od::field &field) {
            if (key == "name") name = localizable(field.value());
            else if (key == "unit") item.unit = text_of(field);
            else if (key == "errorCode") item.error_code = text_of(field);
            else if (key == "errorMessage") item.error_message = text_of(field);
            else if (key == "timeseries")
                for_each_object(field.value(), [&](od::object element) { series(element); });
            else if (key == "id" && needs_id && !metric_id.bytes) metric_id = text_of(field);
        });
        item.metric = place_of(name, position);
        std::string_view code = view(item.error_code);
        if (code.empty() || same(code, "success")) {
            item.error_code = {nullptr, 0};
            if (!is_readable) {
                const std::string_view words = "a point or a dimension of its answer cannot be read";
                item.error_code = {"UnreadableSeries", 16};
                item.error_message = {words.data(), words.size()};
            }
        }
        if (item.error_code.bytes || item.metric == asked.metric_count) back_to(start);
        item.series_count = to.series.size() - item.first_series;
        if (item.metric < asked.metric_count) found.push_back(item);
    }

    int32_t unit_index(csj_text unit) {
        for (size_t i = 0; i < to.units.size(); i++) {
            if (view(to.units[i]) == view(unit)) return int32_t(i);
        }
        to.units.push_back(unit);
        return int32_t(to.units.size() - 1);
    }

    /// Where `id` was asked for; `resource_count` when it was not.
    size_t place_of(csj_text id) {
        const std::string_view wanted = path(id);
        if (wanted.empty()) return asked.resource_count;
        for (size_t i = 0; i < asked.resource_count; i++) {
            size_t place = (next_resource + i) % asked.resource_count;
            if (same(wanted, path(asked.resources[place]))) return place;
        }
        return asked.resource_count;
    }

    void keep(const found_metric &item, size_t resource) {
        const size_t place = resource * asked.metric_count + item.metric;
        csj_cell &cell = to.cells[place];
        if (cell.state != csj_cell_missing) return;
        cell = {uint32_t(item.first_series), uint32_t(item.series_count), unit_index(item.unit), csj_cell_answered};
        if (!item.error_code.bytes) return;
        cell.state = csj_cell_failed;
        to.failures.push_back({place, item.error_code, item.error_message});
    }

    /// One resource's part. Returns whether it has a list of metrics.
    bool entry(od::object object, bool is_only_one) {
        const mark start = here();
        csj_text id{nullptr, 0};
        csj_entry entry{};
        found.clear();
        metric_id = {nullptr, 0};
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "value") {
                if (field.value().is_null()) return;
                size_t position = 0;
                od::array metrics = field.value().get_array();
                for (od::object element : metrics) metric(element, position++, !is_only_one && !id.bytes);
                entry.is_answered = 1;
            } else if (name == "resourceregion") {
                entry.region = text_of(field);
            } else if (name == "interval") {
                entry.interval = text_of(field);
            } else if (name == "resourceid" && !is_only_one) {
                id = text_of(field);
            }
        });
        if (!entry.is_answered) return false;
        const size_t resource = is_only_one ? 0 : place_of(id.bytes ? id : resource_of(metric_id));
        // Nobody asked for it, or it has been answered already.
        if (resource == asked.resource_count || to.entries[resource].is_answered) {
            back_to(start);
            return true;
        }
        next_resource = (resource + 1) % asked.resource_count;
        to.entries[resource] = entry;
        for (const found_metric &item : found) keep(item, resource);
        return true;
    }

    void batch(od::object root) {
        bool has_values = false;
        for_each_field(root, [&](std::string_view name, od::field &field) {
            if (name != "values") return;
            od::array entries = field.value().get_array();
            for (od::object element : entries) entry(element, false);
            has_values = true;
        });
        if (!has_values) throw unexpected{"the answer has no list of resources (values)"};
    }
};

} // namespace

const char *csj_read_table(csj_document *document, const char *json, size_t count, const csj_question *question,
                           csj_table_answer *answer) {
    return read(document, json, count, [&](od::object root) {
        table_reader into(*document, *question);
        if (question->is_batch) into.batch(root);
        else if (!into.entry(root, true)) throw unexpected{"the answer has no list of metrics (value)"};
        *answer = {
            document->entries.data(),    document->cells.data(),    document->units.data(),
            document->units.size(),      document->failures.data(), document->failures.size(),
            document->series.data(),     document->series.size(),   document->dimensions.data(),
            document->dimensions.size(), document->times.data(),    document->present.data(),
            document->times.size(),      document->values.data(),   into.width,
        };
    });
}
