#include "labels.h"

#include "paths.h"

static const struct {
  int classes, side;
  const char *file;
} known[] = {
  { 1000, 224, "labels/imagenet.txt" },
  { 10, 32, "labels/cifar10.txt" },
};

/* A line each; NULL where the file is not there or holds another number. */
static char **
read_labels (const char *name, int classes) {
  g_autofree char *path = sk_paths_data (name);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  return (int) g_strv_length (lines) == classes ? g_steal_pointer (&lines) : NULL;
}

char **
sk_labels_known (int classes, int side) {
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].classes == classes && known[i].side == side)
      return read_labels (known[i].file, classes);
  return NULL;
}
