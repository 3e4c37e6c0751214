// Token answers and error bodies.
#include "Document.hpp"

using namespace csj;

const char *csj_read_token(csj_document *document, const char *json, size_t count, csj_token_answer *answer) {
    *answer = {{nullptr, 0}, -1, -1, {nullptr, 0}, {nullptr, 0}, 0};
    return read(document, json, count, [&](od::object root) {
        for_each_field(root, [&](std::string_view name, od::field &field) {
            if (name == "access_token") answer->access_token = text_of(field);
            else if (name == "expires_in") answer->expires_in = seconds_of(field);
            else if (name == "expires_on") answer->expires_on = seconds_of(field);
            else if (name == "error" && field.value().type() != od::json_type::object) answer->error = text_of(field);
            else if (name == "error_description") answer->error_description = text_of(field);
            else if (name == "error_codes" && !field.value().is_null()) {
                for (int64_t code : field.value().get_array()) {
                    if (answer->error_code == 0) answer->error_code = code;
                }
            }
        });
    });
}

/// The first code in a list of details.
static csj_text detail_code(od::array details) {
    csj_text code{nullptr, 0};
    for (od::value detail : details) {
        if (detail.type() != od::json_type::object) continue;
        for_each_field(detail.get_object(), [&](std::string_view name, od::field &field) {
            if (name == "code" && !code.bytes) code = text_of(field);
        });
    }
    return code;
}

static void read_error_fields(od::object object, csj_error_answer *answer) {
    for_each_field(object, [&](std::string_view name, od::field &field) {
        if (name == "code") answer->code = text_of(field);
        else if (name == "message") answer->message = text_of(field);
        else if (name == "error" && field.value().type() == od::json_type::object)
            read_error_fields(field.value().get_object(), answer);
        else if (name == "details" && field.value().type() == od::json_type::array)
            answer->detail_code = detail_code(field.value().get_array());
    });
}

const char *csj_read_error(csj_document *document, const char *json, size_t count, csj_error_answer *answer) {
    *answer = {};
    return read(document, json, count, [&](od::object root) { read_error_fields(root, answer); });
}
