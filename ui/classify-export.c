#include "classify-export.h"

#include <json-glib/json-glib.h>

#include "answer-row.h"
#include "csv.h"

static void
append_field (GString *csv, const char *text) {
  g_autofree char *field = sk_csv_field (text);

  g_string_append (csv, field);
}

static void
append_number (GString *csv, double value) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (csv, g_ascii_formatd (number, sizeof number, "%.6f", value));
}

static void
append_csv (GString *csv, SkAnswerRow *row) {
  const SkAnswer *answer = sk_answer_row_answer (row);
  const char *file = sk_answer_row_path (row);

  for (int i = 0; i < MAX (answer->n_top, 1); i++) {
    append_field (csv, file ? file : sk_answer_row_name (row));
    if (answer->error) {
      g_string_append (csv, ",,,,,");
      append_field (csv, answer->error);
      g_string_append_c (csv, ',');
    } else {
      g_string_append_printf (csv, ",%d,", i + 1);
      append_field (csv, answer->top[i].name);
      g_string_append_printf (csv, ",%d,", answer->top[i].index);
      append_number (csv, (double) answer->top[i].probability);
      g_string_append (csv, ",,");
      append_field (csv, answer->model ? answer->model : "");
    }
    g_string_append_c (csv, '\n');
  }
}

static void
build_json (JsonBuilder *builder, SkAnswerRow *row) {
  const SkAnswer *answer = sk_answer_row_answer (row);
  const char *file = sk_answer_row_path (row);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, file ? file : sk_answer_row_name (row));
  if (answer->error) {
    json_builder_set_member_name (builder, "error");
    json_builder_add_string_value (builder, answer->error);
    json_builder_end_object (builder);
    return;
  }
  json_builder_set_member_name (builder, "width");
  json_builder_add_int_value (builder, answer->width);
  json_builder_set_member_name (builder, "height");
  json_builder_add_int_value (builder, answer->height);
  json_builder_set_member_name (builder, "network");
  json_builder_add_string_value (builder, answer->model);
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (int i = 0; i < answer->n_top; i++) {
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "class");
    json_builder_add_string_value (builder, answer->top[i].name);
    json_builder_set_member_name (builder, "index");
    json_builder_add_int_value (builder, answer->top[i].index);
    json_builder_set_member_name (builder, "probability");
    json_builder_add_double_value (builder, (double) answer->top[i].probability);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
append_json (GString *array, SkAnswerRow *row) {
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  build_json (builder, row);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  g_string_append_printf (array, "%s%s", array->len > 1 ? ",\n" : "", line);
}

gboolean
sk_classify_export (GtkListBox *list, const char *path, GError **error) {
  gboolean as_json = g_str_has_suffix (path, ".json");
  g_autoptr (GString) text = g_string_new (
      as_json ? "[" : "file,rank,class,index,probability,error,network\n");

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (list)); row != NULL;
       row = gtk_widget_get_next_sibling (row)) {
    if (!SK_IS_ANSWER_ROW (row) || sk_answer_row_answer (SK_ANSWER_ROW (row)) == NULL)
      continue;
    if (as_json)
      append_json (text, SK_ANSWER_ROW (row));
    else
      append_csv (text, SK_ANSWER_ROW (row));
  }
  if (as_json)
    g_string_append (text, "]\n");
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}
