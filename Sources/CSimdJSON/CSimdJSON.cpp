#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

namespace dom = simdjson::dom;

struct csimdjson_parser {
    dom::parser parser;
    size_t max_depth;
    // A copy of what is being parsed, followed by the padding that simdjson reads beyond the end.
    std::unique_ptr<uint8_t[]> input;
    size_t input_capacity = 0;
};

struct csimdjson_document {
    dom::document document;
};

namespace {

// simdjson's elements and iterators are a pointer to the document and an index on its tape, and can be copied
// byte for byte. So a C struct of the same two words carries them across without an allocation.
template <typename Inner> Inner to_cpp(csimdjson_value value) noexcept {
    static_assert(sizeof(Inner) == sizeof(csimdjson_value), "simdjson's layout has changed");
    static_assert(std::is_trivially_copyable<Inner>::value, "simdjson's layout has changed");
    Inner inner;
    std::memcpy(static_cast<void *>(&inner), &value, sizeof value);
    return inner;
}

template <typename Inner> csimdjson_value to_c(const Inner &inner) noexcept {
    static_assert(sizeof(Inner) == sizeof(csimdjson_value), "simdjson's layout has changed");
    csimdjson_value value;
    std::memcpy(&value, static_cast<const void *>(&inner), sizeof value);
    return value;
}

csimdjson_string to_c(std::string_view text) noexcept {
    return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

// Iterators have no default constructor that is public in every version, so they are rebuilt in place.
template <typename Iterator> struct iterator_storage {
    alignas(Iterator) unsigned char bytes[sizeof(Iterator)];
    explicit iterator_storage(csimdjson_value value) noexcept {
        static_assert(sizeof(Iterator) == sizeof(csimdjson_value), "simdjson's layout has changed");
        std::memcpy(bytes, &value, sizeof value);
    }
    Iterator &iterator() noexcept { return *reinterpret_cast<Iterator *>(bytes); }
};

template <typename Collection> csimdjson_cursor cursor_over(csimdjson_value value) noexcept {
    Collection collection;
    if (to_cpp<dom::element>(value).get(collection)) {
        return {{nullptr, 0}, {nullptr, 0}};
    }
    return {to_c(collection.begin()), to_c(collection.end())};
}

// Owned by the parser; NULL when memory is short.
const uint8_t *copy_with_padding(csimdjson_parser *parser, const uint8_t *bytes, size_t count) noexcept {
    if (!parser->input || parser->input_capacity < count) {
        const size_t capacity = parser->parser.capacity();
        parser->input.reset(new (std::nothrow) uint8_t[capacity + simdjson::SIMDJSON_PADDING]());
        parser->input_capacity = parser->input ? capacity : 0;
    }
    if (parser->input) {
        std::memcpy(parser->input.get(), bytes, count);
    }
    return parser->input.get();
}

bool at_end(const csimdjson_cursor *cursor) noexcept {
    return cursor->position.document == nullptr || cursor->position.index >= cursor->end.index;
}

}  // namespace

extern "C" {

csimdjson_parser *csimdjson_parser_create(size_t max_depth) {
    auto parser = new (std::nothrow) csimdjson_parser;
    if (parser) {
        parser->max_depth = max_depth;
    }
    return parser;
}

void csimdjson_parser_destroy(csimdjson_parser *parser) {
    delete parser;
}

csimdjson_document *csimdjson_document_create(void) {
    return new (std::nothrow) csimdjson_document;
}

void csimdjson_document_destroy(csimdjson_document *document) {
    delete document;
}

size_t csimdjson_padding(void) {
    return simdjson::SIMDJSON_PADDING;
}

int csimdjson_parse(
    csimdjson_parser *parser, csimdjson_document *document, const uint8_t *bytes, size_t count, bool has_padding,
    csimdjson_value *root) {
    if (parser->parser.capacity() < count || parser->parser.max_depth() != parser->max_depth) {
        // Grown by doubling, so that a run of ever larger documents does not allocate for each.
        size_t capacity = parser->parser.capacity() * 2;
        if (capacity < count) {
            capacity = count;
        }
        if (capacity < 4096) {
            capacity = 4096;
        }
        if (auto error = parser->parser.allocate(capacity, parser->max_depth)) {
            return error;
        }
    }
    const uint8_t *padded = bytes;
    if (!has_padding) {
        padded = copy_with_padding(parser, bytes, count);
        if (!padded) {
            return simdjson::MEMALLOC;
        }
    }
    dom::element element;
    if (auto error = parser->parser.parse_into_document(document->document, padded, count, false).get(element)) {
        return error;
    }
    *root = to_c(element);
    return simdjson::SUCCESS;
}

size_t csimdjson_count_values(const uint8_t *bytes, size_t count) {
    // Every value but the first follows one of these, or begins with one. Of what is no JSON, the count means nothing.
    size_t values = 1;
    bool in_string = false;
    for (size_t index = 0; index < count; ++index) {
        const uint8_t byte = bytes[index];
        if (byte == '\\') {
            // As for simdjson, it takes the next byte's meaning away outside strings too.
            ++index;
        } else if (byte == '"') {
            in_string = !in_string;
        } else if (!in_string) {
            values += byte == ',' || byte == ':' || byte == '[' || byte == '{';
        }
    }
    return values;
}

const char *csimdjson_error_text(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}

csimdjson_kind csimdjson_value_kind(csimdjson_value value) {
    switch (to_cpp<dom::element>(value).type()) {
    case dom::element_type::ARRAY:
        return csimdjson_array;
    case dom::element_type::OBJECT:
        return csimdjson_object;
    case dom::element_type::STRING:
        return csimdjson_text;
    case dom::element_type::BOOL:
        return csimdjson_bool;
    case dom::element_type::NULL_VALUE:
        return csimdjson_null;
    default:
        return csimdjson_number;
    }
}

bool csimdjson_value_text(csimdjson_value value, csimdjson_string *result) {
    std::string_view text;
    if (to_cpp<dom::element>(value).get(text)) {
        return false;
    }
    *result = to_c(text);
    return true;
}

bool csimdjson_value_bool(csimdjson_value value, bool *result) {
    bool truth = false;
    if (to_cpp<dom::element>(value).get(truth)) {
        return false;
    }
    *result = truth;
    return true;
}

bool csimdjson_value_int64(csimdjson_value value, int64_t *result) {
    int64_t number = 0;
    if (to_cpp<dom::element>(value).get(number)) {
        return false;
    }
    *result = number;
    return true;
}

bool csimdjson_object_member(
    csimdjson_value object, const uint8_t *name, size_t name_count, csimdjson_value *result) {
    dom::object members;
    if (to_cpp<dom::element>(object).get(members)) {
        return false;
    }
    const std::string_view wanted(reinterpret_cast<const char *>(name), name_count);
    bool found = false;
    const auto end = members.end();
    for (auto member = members.begin(); member != end; ++member) {
        if (member.key_equals(wanted)) {
            *result = to_c(member.value());
            found = true;
        }
    }
    return found;
}

csimdjson_cursor csimdjson_array_cursor(csimdjson_value array) {
    return cursor_over<dom::array>(array);
}

size_t csimdjson_array_count(csimdjson_value array) {
    dom::array elements;
    return to_cpp<dom::element>(array).get(elements) ? 0 : elements.size();
}

csimdjson_cursor csimdjson_object_cursor(csimdjson_value object) {
    return cursor_over<dom::object>(object);
}

bool csimdjson_array_next(csimdjson_cursor *cursor, csimdjson_value *element) {
    if (at_end(cursor)) {
        return false;
    }
    iterator_storage<dom::array::iterator> storage(cursor->position);
    *element = to_c(*storage.iterator());
    ++storage.iterator();
    cursor->position = to_c(storage.iterator());
    return true;
}

bool csimdjson_object_next(csimdjson_cursor *cursor, csimdjson_string *name, csimdjson_value *member) {
    if (at_end(cursor)) {
        return false;
    }
    iterator_storage<dom::object::iterator> storage(cursor->position);
    *name = to_c(storage.iterator().key());
    *member = to_c(storage.iterator().value());
    ++storage.iterator();
    cursor->position = to_c(storage.iterator());
    return true;
}

}  // extern "C"
