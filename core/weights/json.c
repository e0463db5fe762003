/* JSON from outside, and JSON by hand. */

#include "json.h"

#include <math.h>
#include <string.h>

#include "errors.h"

static gboolean
refuse (GError **error, const char *what) {
  return sk_refuse (error, SK_ERROR_FORMAT, "not JSON that can be read: %s", what);
}

/* json-glib recurses, so a text of a million brackets would end the stack. */
static gboolean
check_depth (const char *text, gsize length, int most, GError **error) {
  gboolean quoted = FALSE;
  int depth = 0;

  for (gsize i = 0; i < length; i++) {
    char c = text[i];

    if (quoted) {
      if (c == '\\')
        i++;
      else if (c == '"')
        quoted = FALSE;
    } else if (c == '"') {
      quoted = TRUE;
    } else if (c == '{' || c == '[') {
      if (++depth > most)
        return refuse (error, "it is nested too deeply");
    } else if (c == '}' || c == ']') {
      depth--;
    } else if (c == '/' || c == '#' || c == '\'') {
      /* The tokenizer beneath json-glib knows comments and other quotes, JSON does not,
       * and brackets could hide in them. */
      return refuse (error, "there is something like a comment in it");
    }
  }
  return TRUE;
}

static void
count_member_cb (JsonParser *parser, JsonObject *object, const char *name,
                 gpointer data) {
  guint *n = data;

  (*n)++;
}

static guint
count_members (JsonNode *node) {
  guint n = 0;

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      n += count_members (json_array_get_element (array, i));
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    JsonObjectIter iter;
    JsonNode *member;

    n = json_object_get_size (object);
    json_object_iter_init (&iter, object);
    while (json_object_iter_next (&iter, NULL, &member))
      n += count_members (member);
  }
  return n;
}

JsonNode *
sk_json_parse (const char *text, gsize length, int depth, GError **error) {
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) problem = NULL;
  guint n_announced = 0;
  JsonNode *root;

  if (length > G_MAXSSIZE || !g_utf8_validate (text, (gssize) length, NULL)) {
    refuse (error, "it is not UTF-8");
    return NULL;
  }
  if (!check_depth (text, length, depth, error))
    return NULL;
  g_signal_connect (parser, "object-member", G_CALLBACK (count_member_cb),
                    &n_announced);
  if (!json_parser_load_from_data (parser, text, (gssize) length, &problem)) {
    refuse (error, problem->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL) {
    refuse (error, "it is empty");
    return NULL;
  }
  /* The parser keeps the last of two members with one name, silently; but it announces
   * each, so fewer kept than announced means that a name came twice. */
  if (count_members (root) != n_announced) {
    refuse (error, "a name stands twice in it");
    return NULL;
  }
  return json_parser_steal_root (parser);
}

void
sk_json_append_string (GString *text, const char *string) {
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), string);
  g_autofree char *quoted = json_to_string (node, FALSE);

  g_string_append (text, quoted);
}

static void
append_number (GString *text, double value, gboolean is_float) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  int enough = is_float ? 9 : 17;

  if (!isfinite (value)) {
    g_string_append (text, "null");
    return;
  }
  for (int n = 6; n <= enough; n++) {
    char format[] = "%.00g";
    double back;

    format[2] = (char) ('0' + n / 10);
    format[3] = (char) ('0' + n % 10);
    g_ascii_formatd (digits, sizeof digits, format, value);
    back = g_ascii_strtod (digits, NULL);
    if (is_float ? (float) back == (float) value : back == value)
      break;
  }
  g_string_append (text, digits);
}

void
sk_json_append_float (GString *text, float value) {
  append_number (text, (double) value, TRUE);
}

void
sk_json_append_double (GString *text, double value) {
  append_number (text, value, FALSE);
}
