#include "info-file.h"

#include <glib/gi18n.h>

#include "inspection.h"
#include "json-line.h"

/* Digits of the SHA-256 that people compare, as many as torchvision's names have. */
#define SHOWN_DIGITS 8

/* Widths of the columns, in letters. */
#define NAME_WIDTH 42
#define TYPE_WIDTH 5
#define SHAPE_WIDTH 14
#define FATE_WIDTH 9

/* printf pads by bytes, and × has two. */
static void
print_padded (const char *text, glong width) {
  g_print ("%s%*s ", text, (int) MAX (width - g_utf8_strlen (text, -1), 0), "");
}

static void
print_rows (const SkInspection *self) {
  print_padded (_ ("in the file"), NAME_WIDTH);
  print_padded (_ ("type"), TYPE_WIDTH);
  print_padded (_ ("shape"), SHAPE_WIDTH);
  print_padded ("", FATE_WIDTH);
  g_print ("%s\n", _ ("in the network"));
  for (guint i = 0; i < self->rows->len; i++) {
    const SkInspectionRow *row = g_ptr_array_index (self->rows, i);

    print_padded (row->theirs ? row->theirs : "–", NAME_WIDTH);
    print_padded (row->dtype ? row->dtype : "", TYPE_WIDTH);
    print_padded (row->shape, SHAPE_WIDTH);
    print_padded (sk_fate_name (row->fate), FATE_WIDTH);
    g_print ("%s%s%s\n", row->ours ? row->ours : "", row->ours && row->why ? "  " : "",
             row->why ? row->why : "");
  }
}

static void
print_tensors (const SkInspection *self) {
  for (guint i = 0; i < self->rows->len; i++) {
    const SkInspectionRow *row = g_ptr_array_index (self->rows, i);

    g_print ("%-42s %-5s %s\n", row->theirs, row->dtype, row->shape);
  }
}

/* "101 matched, 20 ignored" */
static char *
count_fates (const SkInspection *self) {
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < SK_N_FATES; i++)
    if (self->counts[i] > 0)
      g_string_append_printf (text, "%s%d %s", text->len > 0 ? ", " : "",
                              self->counts[i], sk_fate_name ((SkFate) i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_transform (const SkInspection *self) {
  g_print (
      _ ("pictures: short side to %d, centre of %d × %d, %s; mean %g %g %g, std %g "
         "%g %g\n"),
      self->resize, self->side, self->side,
      self->bicubic ? _ ("bicubic") : _ ("bilinear"), self->mean[0], self->mean[1],
      self->mean[2], self->std[0], self->std[1], self->std[2]);
  g_print (_ ("  because: %s\n"), self->transform_why);
}

static void
print_file (const SkInspection *self) {
  g_autofree char *shown = sk_cli_show_path (self->path);
  g_autofree char *size = g_format_size (self->size);

  g_print (_ ("%s: %s, %s, %u tensors\n"), shown, self->container, size,
           self->rows->len - (guint) self->counts[SK_FATE_MISSING]);
  g_print (_ ("SHA-256 begins with %.*s%s%s\n"), SHOWN_DIGITS, self->sha256,
           self->origin ? ": " : "", self->origin ? self->origin : "");
  if (self->wrapper)
    g_print (_ ("taken from its member “%s”\n"), self->wrapper);
  if (self->average)
    g_print (_ ("its member “%s”, a moving average of the weights, is left aside\n"),
             self->average);
}

static void
print_inspection (const SkInspection *self) {
  g_autofree char *fates = count_fates (self);
  GHashTableIter iter;
  gpointer key, value;

  print_file (self);
  if (self->problem)
    g_print ("%s\n", self->problem);
  else
    g_print (_ ("network %s (%s), %d classes, %s on its shortcuts\n"), self->net,
             self->title, self->classes, self->shortcut);
  if (self->transform_why)
    print_transform (self);
  g_hash_table_iter_init (&iter, self->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_print (_ ("metadata %s = %s\n"), (char *) key, (char *) value);
  if (self->problem == NULL)
    g_print (_ ("%s: %d of %d parts of the network are filled%s\n"), fates,
             self->n_taken, self->n_parts,
             self->fits ? "" : _ ("; it does not load as it is"));
  g_print ("\n");
  if (self->problem)
    print_tensors (self);
  else
    print_rows (self);
}

static void
add_row (SkJsonLine *json, const SkInspectionRow *row, gboolean mapped) {
  sk_json_begin_object (json, NULL);
  if (row->theirs) {
    sk_json_string (json, "tensor", row->theirs);
    sk_json_string (json, "dtype", row->dtype);
  }
  sk_json_begin_array (json, "shape");
  for (int i = 0; i < row->n_sizes; i++)
    sk_json_integer (json, NULL, row->sizes[i]);
  sk_json_end_array (json);
  if (mapped)
    sk_json_string (json, "map", sk_fate_name (row->fate));
  if (row->ours)
    sk_json_string (json, "name", row->ours);
  if (row->why)
    sk_json_string (json, "why", row->why);
  sk_json_end_object (json);
}

static void
add_triple (SkJsonLine *json, const char *name, const float values[3]) {
  sk_json_begin_array (json, name);
  for (int i = 0; i < 3; i++)
    sk_json_float (json, NULL, values[i]);
  sk_json_end_array (json);
}

static void
add_transform (SkJsonLine *json, const SkInspection *self) {
  sk_json_integer (json, "resize", self->resize);
  sk_json_integer (json, "side", self->side);
  sk_json_string (json, "filter", self->bicubic ? "bicubic" : "bilinear");
  add_triple (json, "mean", self->mean);
  add_triple (json, "std", self->std);
  sk_json_string (json, "transform_why", self->transform_why);
}

static void
add_mapping (SkJsonLine *json, const SkInspection *self) {
  sk_json_integer (json, "classes", self->classes);
  sk_json_integer (json, "parameters", self->parameters);
  sk_json_string (json, "shortcut", self->shortcut);
  sk_json_begin_object (json, "counts");
  for (int i = 0; i < SK_N_FATES; i++)
    sk_json_integer (json, sk_fate_name ((SkFate) i), self->counts[i]);
  sk_json_end_object (json);
  sk_json_integer (json, "taken", self->n_taken);
  sk_json_integer (json, "parts", self->n_parts);
}

static void
print_inspection_json (const SkInspection *self) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();
  GHashTableIter iter;
  gpointer key, value;

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "file", self->path);
  sk_json_string (json, "container", self->container);
  sk_json_integer (json, "bytes", (gint64) self->size);
  sk_json_string (json, "sha256", self->sha256);
  sk_json_string (json, "origin", self->origin);
  sk_json_string (json, "wrapper", self->wrapper);
  sk_json_string (json, "net", self->net);
  if (self->problem)
    sk_json_string (json, "problem", self->problem);
  else
    add_mapping (json, self);
  if (self->transform_why)
    add_transform (json, self);
  sk_json_begin_object (json, "metadata");
  g_hash_table_iter_init (&iter, self->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    sk_json_string (json, key, value);
  sk_json_end_object (json);
  sk_json_begin_array (json, "tensors");
  for (guint i = 0; i < self->rows->len; i++)
    add_row (json, g_ptr_array_index (self->rows, i), self->problem == NULL);
  sk_json_end_array (json);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

SkExit
sk_info_file (const char *path, const char *net, int classes, gboolean parts,
              gboolean as_json) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkInspection) inspection =
      sk_inspection_new (path, net, classes, parts, &error);

  if (inspection == NULL)
    return sk_cli_refuse (error);
  if (as_json)
    print_inspection_json (inspection);
  else
    print_inspection (inspection);
  return SK_EXIT_OK;
}
