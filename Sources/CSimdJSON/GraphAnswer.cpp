// `{"totalRecords":2,"resultTruncated":"false","$skipToken":…,"data":[{"id":…,"type":…,"tags":{…}}]}`
#include "Document.hpp"

using namespace csj;

namespace {

struct graph_reader {
    csj_document &to;

    explicit graph_reader(csj_document &document) : to(document) {
        to.graph.clear();
        to.dimensions.clear();
    }

    /// A string; what is none (null, a number) is absent.
    static csj_text string(od::field &field) {
        if (field.value().type() != od::json_type::string) return {nullptr, 0};
        return text_of(field);
    }

    void tags(od::value value) {
        if (value.type() != od::json_type::object) return;
        for_each_field(value.get_object(), [&](std::string_view name, od::field &field) {
            csj_text text = string(field);
            to.dimensions.push_back({{name.data(), name.size()}, text.bytes ? text : csj_text{"", 0}});
        });
    }

    /// The name of a `{"name":…,"tier":…}`, or the tier, or a string.
    static csj_text sku(od::field &field) {
        csj_text name{nullptr, 0}, tier{nullptr, 0};
        if (field.value().type() != od::json_type::object) return string(field);
        for_each_field(field.value().get_object(), [&](std::string_view key, od::field &part) {
            if (key == "name") name = string(part);
            else if (key == "tier") tier = string(part);
        });
        return name.bytes ? name : tier;
    }

    void resource(od::object object) {
        csj_graph_resource item{};
        item.first_tag = to.dimensions.size();
        for_each_field(object, [&](std::string_view name, od::field &field) {
            if (name == "id") item.id = string(field);
            else if (name == "type") item.type = string(field);
            else if (name == "location") item.location = string(field);
            else if (name == "kind") item.kind = string(field);
            else if (name == "sku") item.sku = sku(field);
            else if (name == "tags") tags(field.value());
        });
        item.tag_count = to.dimensions.size() - item.first_tag;
        if (item.id.bytes && item.id.count > 0) to.graph.push_back(item);
    }

    void page(od::object root, csj_graph_answer &answer) {
        bool has_data = false;
        for_each_field(root, [&](std::string_view name, od::field &field) {
            if (name == "data") {
                od::array rows = field.value().get_array();
                for (od::object row : rows) resource(row), answer.row_count++;
                has_data = true;
            } else if (name == "$skipToken") {
                answer.skip_token = string(field);
            } else if (name == "totalRecords" && field.value().type() == od::json_type::number) {
                answer.total_records = field.value().get_int64().value();
            } else if (name == "resultTruncated") {
                // Documented as a string, which a boolean would be expected to be.
                if (field.value().type() == od::json_type::boolean) answer.is_truncated = field.value().get_bool().value();
                else {
                    csj_text text = string(field);
                    answer.is_truncated = text.bytes && std::string_view(text.bytes, text.count) == "true";
                }
            }
        });
        if (!has_data) throw unexpected{"the answer has no list of resources (data)"};
    }
};

} // namespace

const char *csj_read_graph(csj_document *document, const char *json, size_t count, csj_graph_answer *answer) {
    *answer = {};
    answer->total_records = -1;
    return read(document, json, count, [&](od::object root) {
        graph_reader into(*document);
        into.page(root, *answer);
        answer->resources = document->graph.data();
        answer->resource_count = document->graph.size();
        answer->tags = document->dimensions.data();
        answer->tag_count = document->dimensions.size();
    });
}
