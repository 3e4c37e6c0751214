// `{"value":[{"name":…,"timeseries":[{"metadatavalues":[…],"data":[…]}]}]}`
#include "Document.hpp"

using namespace csj;

namespace {

const std::string_view aggregations[] = {"average", "minimum", "maximum", "total", "count"};

/// The bit of an aggregation; -1 when the name is none.
int bit_of(std::string_view name) {
    for (int bit = 0; bit < 5; bit++) {
        if (name == aggregations[bit]) return bit;
    }
    return -1;
}

struct reader {
    csj_document &to;
    uint8_t asked;
    size_t width;
    /// The column of each aggregation, by its bit.
    size_t columns[5];

    reader(csj_document &document, uint8_t asked_bits) : to(document), asked(asked_bits & 31), width(0) {
        for (int bit = 0; bit < 5; bit++) {
            columns[bit] = width;
            if (asked >> bit & 1) width++;
        }
        to.resources.clear();
        to.metrics.clear();
        to.series.clear();
        to.dimensions.clear();
        to.times.clear();
        to.present.clear();
        to.values.clear();
    }

    void point(od::object object) {
        const size_t first_value = to.values.size();
        to.values.resize(first_value + width);
        uint8_t present = 0;
        bool has_time = false;
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "timeStamp") {
                std::string_view text = field.value().get_string();
                to.times.push_back(time_of(text));
                if (has_time) throw unexpected{"a point has two timeStamps"};
                has_time = true;
                return;
            }
            int bit = bit_of(name);
            if (bit < 0 || !(asked >> bit & 1) || field.value().is_null()) return;
            to.values[first_value + columns[bit]] = field.value().get_double();
            present |= uint8_t(1u << bit);
        });
        if (!has_time) throw unexpected{"a point has no timeStamp"};
        to.present.push_back(present);
    }

    void dimension(od::object object) {
        csj_dimension dimension{};
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "name") dimension.name = localizable(field.value());
            else if (name == "value") dimension.value = text_of(field);
        });
        if (!dimension.name.bytes) throw unexpected{"a dimension has no name"};
        to.dimensions.push_back(dimension);
    }

    void series(od::object object) {
        csj_series series{};
        series.first_dimension = to.dimensions.size();
        series.first_point = to.times.size();
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "metadatavalues") {
                for_each_object(field.value(), [&](od::object element) { dimension(element); });
            } else if (name == "data") {
                for_each_object(field.value(), [&](od::object element) { point(element); });
            }
        });
        series.dimension_count = to.dimensions.size() - series.first_dimension;
        series.point_count = to.times.size() - series.first_point;
        to.series.push_back(series);
    }

    void metric(od::object object) {
        csj_metric metric{};
        metric.first_series = to.series.size();
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "name") metric.name = localizable(field.value());
            else if (name == "unit") metric.unit = text_of(field);
            else if (name == "errorCode") metric.error_code = text_of(field);
            else if (name == "errorMessage") metric.error_message = text_of(field);
            else if (name == "timeseries")
                for_each_object(field.value(), [&](od::object element) { series(element); });
        });
        if (!metric.name.bytes) throw unexpected{"a metric has no name"};
        metric.series_count = to.series.size() - metric.first_series;
        to.metrics.push_back(metric);
    }

    void resource(od::object object) {
        csj_resource resource{};
        bool has_value = false;
        resource.first_metric = to.metrics.size();
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "value") {
                od::array metrics = field.value().get_array();
                for (od::object element : metrics) metric(element);
                has_value = true;
            } else if (name == "resourceregion") {
                resource.region = text_of(field);
            } else if (name == "interval") {
                resource.interval = text_of(field);
            }
        });
        if (!has_value) throw unexpected{"the answer has no list of metrics (value)"};
        resource.metric_count = to.metrics.size() - resource.first_metric;
        to.resources.push_back(resource);
    }
};

} // namespace

const char *csj_read_metrics(csj_document *document, const char *json, size_t count, uint8_t asked,
                             csj_metrics_answer *answer) {
    return read(document, json, count, [&](od::object root) {
        reader into(*document, asked);
        into.resource(root);
        *answer = {
            document->resources.data(),  document->resources.size(),
            document->metrics.data(),    document->metrics.size(),
            document->series.data(),     document->series.size(),
            document->dimensions.data(), document->dimensions.size(),
            document->times.data(),      document->present.data(),
            document->times.size(),      document->values.data(),
            into.width,
        };
    });
}
