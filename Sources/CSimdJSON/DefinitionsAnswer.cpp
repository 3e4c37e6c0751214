// `{"value":[{"name":{"value":…},"metricAvailabilities":[{"timeGrain":…}]}]}`, and the list of namespaces.
#include "Document.hpp"

using namespace csj;

namespace {

struct reader {
    csj_document &to;

    explicit reader(csj_document &document) : to(document) {
        to.definitions.clear();
        to.namespaces.clear();
        to.texts.clear();
    }

    void keep(csj_text text) {
        if (text.bytes && text.count > 0) to.texts.push_back(text);
    }

    /// Strings; null is an empty array, and a null in it is nothing.
    void strings(od::value value) {
        if (value.is_null()) return;
        od::array array = value.get_array();
        for (od::value element : array) {
            if (element.is_null()) continue;
            std::string_view text = element.get_string();
            keep({text.data(), text.size()});
        }
    }

    void grains(od::value value) {
        for_each_object(value, [&](od::object availability) {
            for_each_field(availability, [&](std::string_view name, od::field &field) {
                if (name == "timeGrain") keep(text_of(field));
            });
        });
    }

    void dimensions(od::value value) {
        if (value.is_null()) return;
        od::array array = value.get_array();
        for (od::value element : array) keep(localizable(element));
    }

    /// The texts that `body` adds.
    template <typename Body> void list(size_t &first, size_t &count, Body body) {
        first = to.texts.size();
        body();
        count = to.texts.size() - first;
    }

    void definition(od::object object) {
        csj_definition item{};
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "name") item.name = localizable(field.value());
            else if (name == "displayDescription") item.description = text_of(field);
            else if (name == "unit") item.unit = text_of(field);
            else if (name == "namespace") item.metric_namespace = text_of(field);
            else if (name == "category") item.category = text_of(field);
            else if (name == "primaryAggregationType") item.primary_aggregation = text_of(field);
            else if (name == "supportedAggregationTypes")
                list(item.first_aggregation, item.aggregation_count, [&] { strings(field.value()); });
            else if (name == "dimensions")
                list(item.first_dimension, item.dimension_count, [&] { dimensions(field.value()); });
            else if (name == "metricAvailabilities")
                list(item.first_grain, item.grain_count, [&] { grains(field.value()); });
        });
        if (item.name.bytes && item.name.count > 0) to.definitions.push_back(item);
    }

    void name_space(od::object object) {
        csj_namespace item{};
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "classification") item.classification = text_of(field);
            else if (name == "properties" && !field.value().is_null())
                for_each_field(field.value().get_object(), [&](std::string_view inner, od::field &part) {
                    if (inner == "metricNamespaceName") item.name = text_of(part);
                });
        });
        if (item.name.bytes && item.name.count > 0) to.namespaces.push_back(item);
    }

    /// The root of a list; `element` takes each of its objects.
    template <typename Element> csj_text page(od::object root, const char *missing, Element element) {
        csj_text next_link{nullptr, 0};
        bool has_value = false;
        for_each_field(root, [&](std::string_view name, od::field &field) {
            if (name == "value") {
                od::array items = field.value().get_array();
                for (od::object item : items) element(item);
                has_value = true;
            } else if (name == "nextLink") {
                next_link = text_of(field);
            }
        });
        if (!has_value) throw unexpected{missing};
        return next_link;
    }
};

} // namespace

const char *csj_read_definitions(csj_document *document, const char *json, size_t count,
                                 csj_definitions_answer *answer) {
    return read(document, json, count, [&](od::object root) {
        reader into(*document);
        csj_text next = into.page(root, "the answer has no list of metric definitions (value)",
                                  [&](od::object item) { into.definition(item); });
        *answer = {document->definitions.data(), document->definitions.size(), document->texts.data(),
                   document->texts.size(), next};
    });
}

const char *csj_read_namespaces(csj_document *document, const char *json, size_t count, csj_namespaces_answer *answer) {
    return read(document, json, count, [&](od::object root) {
        reader into(*document);
        csj_text next = into.page(root, "the answer has no list of metric namespaces (value)",
                                  [&](od::object item) { into.name_space(item); });
        *answer = {document->namespaces.data(), document->namespaces.size(), next};
    });
}
