#pragma once

#include <json-glib/json-glib.h>

/**
 * sk_json_parse:
 * @text: (length) bytes from outside
 * @depth: brackets within brackets that are accepted
 * @error: SK_ERROR_FORMAT
 *
 * Parses strictly what json-glib would read too kindly: refuses deep nesting (the parser
 * recurses), text that is not UTF-8, comments, and names that stand twice in an object.
 */
JsonNode *
sk_json_parse (const char *text, gsize length, int depth, GError **error);

/* Appends @string in quotes. */
void
sk_json_append_string (GString *text, const char *string);

/* Appends a number as short as it can be and still be the same float or double when read
 * back; null where it is not finite. */
void
sk_json_append_float (GString *text, float value);

void
sk_json_append_double (GString *text, double value);
