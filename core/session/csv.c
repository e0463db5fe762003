#include "csv.h"

#include <string.h>

char *
sk_csv_field (const char *value) {
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (strpbrk (valid, ",\"\n\r") == NULL)
    return g_steal_pointer (&valid);
  parts = g_strsplit (valid, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  return g_strconcat ("\"", doubled, "\"", NULL);
}
