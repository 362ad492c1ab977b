// simdjson's document model for Swift: parse, then read. Nothing here writes to a parsed document.
//
// Ownership: a parser and a document belong to whoever created them and are destroyed once. Values, strings
// and cursors point into their document: they are good until it is destroyed or parsed into again.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csimdjson_parser csimdjson_parser;
typedef struct csimdjson_document csimdjson_document;

/// A value on a document's tape.
typedef struct {
    const void *document;
    size_t index;
} csimdjson_value;

/// UTF-8 inside the document, not ended by a NUL.
typedef struct {
    const uint8_t *bytes;
    size_t count;
} csimdjson_string;

/// A place in an array or in an object.
typedef struct {
    csimdjson_value position;
    csimdjson_value end;
} csimdjson_cursor;

typedef enum {
    csimdjson_null,
    csimdjson_bool,
    csimdjson_number,
    csimdjson_text,
    csimdjson_array,
    csimdjson_object
} csimdjson_kind;

/// NULL when memory is short. Documents nested deeper than `max_depth` are refused.
csimdjson_parser *csimdjson_parser_create(size_t max_depth);
void csimdjson_parser_destroy(csimdjson_parser *parser);
csimdjson_document *csimdjson_document_create(void);
void csimdjson_document_destroy(csimdjson_document *document);

/// How many bytes simdjson reads beyond the end of a text; whatever is there has no meaning.
size_t csimdjson_padding(void);
/// Parses `count` bytes, which are not needed afterwards. `has_padding` says that csimdjson_padding() bytes behind them
/// may be read; otherwise they are copied first. Returns 0, or a code for csimdjson_error_text.
int csimdjson_parse(
    csimdjson_parser *parser, csimdjson_document *document, const uint8_t *bytes, size_t count, bool has_padding,
    csimdjson_value *root);
/// How many values a text holds at most, names of members included, without parsing it.
size_t csimdjson_count_values(const uint8_t *bytes, size_t count);
const char *csimdjson_error_text(int code);

csimdjson_kind csimdjson_value_kind(csimdjson_value value);
/// Each returns false, and leaves `result` alone, when the value is of another kind.
bool csimdjson_value_text(csimdjson_value value, csimdjson_string *result);
bool csimdjson_value_bool(csimdjson_value value, bool *result);
bool csimdjson_value_int64(csimdjson_value value, int64_t *result);

/// The member of that name; of several the last, as Go's encoding/json and so the API server take it.
bool csimdjson_object_member(
    csimdjson_value object, const uint8_t *name, size_t name_count, csimdjson_value *result);

/// A cursor before the first element or member; an empty one when the value is of another kind.
csimdjson_cursor csimdjson_array_cursor(csimdjson_value array);
/// How many elements an array has, at most 0xFFFFFF; 0 for a value of another kind.
size_t csimdjson_array_count(csimdjson_value array);
csimdjson_cursor csimdjson_object_cursor(csimdjson_value object);
/// False at the end.
bool csimdjson_array_next(csimdjson_cursor *cursor, csimdjson_value *element);
bool csimdjson_object_next(csimdjson_cursor *cursor, csimdjson_string *name, csimdjson_value *member);

#ifdef __cplusplus
}
#endif

#endif
