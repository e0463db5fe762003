#include "vitals-trace.h"

#include <stdlib.h>
#include <string.h>

static void
append (GString *text, float value) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ' ');
  g_string_append (text,
                   g_ascii_formatd (number, sizeof number, "%.4g", (double) value));
}

void
vitals_trace_write (GString *text, const SkVitals *vitals, int n_blocks) {
  g_string_append_printf (text, "%" G_GINT64_FORMAT, vitals->step);
  append (text, vitals->loss);
  append (text, vitals->lr);
  append (text, vitals->update);
  append (text, vitals->weight);
  g_string_append_printf (text, " %d\n", vitals->n_learning);
  for (int i = 0; vitals->blocks != NULL && i < n_blocks; i++) {
    const SkBlockState *block = &vitals->blocks[i];

    g_string_append_c (text, '-');
    append (text, block->gradient);
    append (text, block->gain > 0 ? block->gradient / block->gain : 0);
    append (text, block->branch);
    append (text, block->gamma);
    append (text, block->dead);
    append (text, block->lambda);
    g_string_append_printf (text, " %d\n", block->frozen);
  }
}

static float
next (const char **text) {
  char *end;
  double value = g_ascii_strtod (*text, &end);

  *text = end;
  return (float) value;
}

static const char *
line_end (const char *text) {
  const char *end = strchr (text, '\n');

  return end != NULL ? end + 1 : text + strlen (text);
}

static void
read_block (const char *text, SkBlockState *block) {
  float out;

  *block = (SkBlockState){ .gradient = next (&text) };
  out = next (&text);
  block->gain = out > 0 ? block->gradient / out : 0;
  block->branch = next (&text);
  block->gamma = next (&text);
  block->dead = next (&text);
  block->lambda = next (&text);
  block->frozen = next (&text) != 0;
}

gboolean
vitals_trace_read (const char **text, SkVitals *vitals, SkBlockState *blocks,
                   int n_blocks) {
  const char *numbers;
  char *end;

  while (**text == '#')
    *text = line_end (*text);
  *vitals = (SkVitals){ .step = g_ascii_strtoll (*text, &end, 10), .schedule = 1 };
  if (end == *text || *end != ' ')
    return FALSE;
  numbers = end;
  vitals->loss = next (&numbers);
  vitals->lr = next (&numbers);
  vitals->update = next (&numbers);
  vitals->weight = next (&numbers);
  vitals->n_learning = (int) next (&numbers);
  *text = line_end (*text);
  if (**text != '-')
    return TRUE;
  vitals->blocks = blocks;
  for (int i = 0; i < n_blocks; i++) {
    if (**text != '-')
      return FALSE;
    read_block (*text + 1, &blocks[i]);
    *text = line_end (*text);
  }
  return **text != '-';
}

float
vitals_trace_decay (const char *text) {
  static const char words[] = "weight decay ";
  const char *at = strstr (text, words);

  return at != NULL ? (float) g_ascii_strtod (at + strlen (words), NULL) : 0;
}

SkPlan *
vitals_trace_plan (const char *text, GError **error) {
  g_autofree char *net =
      g_strndup (text + strspn (text, "# "), strcspn (text, ",") - 2);
  SkVariant variant;

  return sk_variant_find (net, &variant, error)
             ? sk_plan_new (&variant, 1, 0, 0, 10, error)
             : NULL;
}
