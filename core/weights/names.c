/* What other programs call the tensors of a residual network. */

#include "names.h"

#include <string.h>

#include "errors.h"

/* Prefixes that wrappers put before every name. */
static const struct {
  const char *prefix;
  const char *why;
} wrappers[] = {
  { "module.", "saved from several processors at once (DataParallel)" },
  { "_orig_mod.", "saved from a compiled model" },
  { "model.", "saved as a part of something larger (Lightning)" },
  { "net.", "saved as a part of something larger" },
};

/* A part of a name, between its dots. */
static const struct {
  const char *theirs, *ours;
  const char *why;
} parts[] = {
  { "linear.", "fc.", "the head is called “linear” there" },
  { ".shortcut.", ".downsample.", "the projection is called “shortcut” there" },
};

static const char *
strip_wrappers (const char *name, const char **why) {
  gboolean found = TRUE;

  while (found) {
    found = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS (wrappers); i++)
      if (g_str_has_prefix (name, wrappers[i].prefix)) {
        name += strlen (wrappers[i].prefix);
        *why = wrappers[i].why;
        found = TRUE;
      }
  }
  return name;
}

char *
sk_name_canonical (const char *name, const char **why) {
  const char *reason = NULL;
  char *result = NULL;

  name = strip_wrappers (name, &reason);
  for (gsize i = 0; i < G_N_ELEMENTS (parts) && result == NULL; i++) {
    /* “linear.” is a whole first part, “.shortcut.” stands anywhere. */
    const char *at = parts[i].theirs[0] == '.' ? strstr (name, parts[i].theirs) : name;

    if (at != NULL && g_str_has_prefix (at, parts[i].theirs)) {
      result = g_strdup_printf ("%.*s%s%s", (int) (at - name), name, parts[i].ours,
                                at + strlen (parts[i].theirs));
      reason = parts[i].why;
    }
  }
  if (why != NULL)
    *why = reason;
  return result != NULL ? result : g_strdup (name);
}

gboolean
sk_named_tensors_init (SkNamedTensors *self, const SkTensorFile *file, GError **error) {
  self->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->linear = self->shortcut = FALSE;
  for (guint i = 0; i < file->tensors->len; i++) {
    SkTensor *tensor = file->tensors->pdata[i];
    const char *why = NULL;
    char *name = sk_name_canonical (tensor->name, &why);

    if (strcmp (name, "fc.weight") == 0 && !g_str_has_suffix (tensor->name, name))
      self->linear = TRUE;
    if (strstr (tensor->name, ".shortcut.") != NULL)
      self->shortcut = TRUE;
    if (g_hash_table_contains (self->tensors, name)) {
      g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                   "two tensors mean “%s”; keep one of them", name);
      g_free (name);
      sk_named_tensors_clear (self);
      return FALSE;
    }
    g_hash_table_insert (self->tensors, name, tensor);
  }
  return TRUE;
}

void
sk_named_tensors_clear (SkNamedTensors *self) {
  g_clear_pointer (&self->tensors, g_hash_table_unref);
}

const SkTensor *
sk_named_tensors_find (const SkNamedTensors *self, const char *format, ...) {
  va_list args;
  g_autofree char *name = NULL;

  va_start (args, format);
  name = g_strdup_vprintf (format, args);
  va_end (args);
  return g_hash_table_lookup (self->tensors, name);
}
