#include "Document.hpp"
#include <new>

size_t csj_padding(void) { return simdjson::SIMDJSON_PADDING; }

csj_document *csj_document_new(void) {
    try {
        return new csj_document;
    } catch (...) {
        return nullptr;
    }
}

void csj_document_free(csj_document *document) { delete document; }

namespace csj {

csj_text text_of(od::field &field) {
    if (field.value().is_null()) return {nullptr, 0};
    std::string_view text = field.value().get_string();
    return {text.data(), text.size()};
}

csj_text localizable(od::value value) {
    csj_text text{nullptr, 0};
    if (value.is_null()) return text;
    for_each_field(value.get_object(), [&](std::string_view name, od::field &part) {
        if (name == "value") text = text_of(part);
    });
    return text;
}

static int64_t number_in(std::string_view digits) {
    if (digits.empty() || digits.size() > 18) throw unexpected{"a number of seconds is not one"};
    int64_t value = 0;
    for (char digit : digits) {
        if (digit < '0' || digit > '9') throw unexpected{"a number of seconds is not one"};
        value = value * 10 + (digit - '0');
    }
    return value;
}

int64_t seconds_of(od::field &field) {
    od::value value = field.value();
    if (value.is_null()) return -1;
    if (value.type() == od::json_type::string) return number_in(value.get_string());
    double seconds = value.get_double();
    if (!(seconds >= 0 && seconds < 1e15)) throw unexpected{"a number of seconds is out of range"};
    return int64_t(seconds);
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, whose years repeat every 400.
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day) {
    if (month <= 2) year--;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t time_of(std::string_view text) {
    const unexpected no_time{"a timeStamp is not a UTC time"};
    const char pattern[] = "dddd-dd-ddTdd:dd:dd";
    const size_t length = sizeof(pattern) - 1;
    if (text.size() < length) throw no_time;
    for (size_t i = 0; i < length; i++) {
        bool fits = pattern[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == pattern[i];
        if (!fits) throw no_time;
    }
    auto two = [&](size_t at) { return int64_t(text[at] - '0') * 10 + (text[at + 1] - '0'); };
    int64_t year = two(0) * 100 + two(2), month = two(5), day = two(8);
    int64_t hour = two(11), minute = two(14), second = two(17);
    // Azure answers about 93 days. A time that far off would not fit into nanoseconds since 1970 once it is reckoned with.
    if (year < 1970 || year > 2200) throw no_time;
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) throw no_time;
    size_t rest = length;
    if (rest < text.size() && text[rest] == '.') {
        rest++;
        while (rest < text.size() && text[rest] >= '0' && text[rest] <= '9') rest++;
    }
    std::string_view zone = text.substr(rest);
    if (!(zone.empty() || zone == "Z" || zone == "+00:00")) throw no_time;
    return days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

} // namespace csj
