#include "words.h"

#include <glib/gi18n.h>
#include <string.h>

/* Digits in threes are kept apart by a space that does not break (U+202F). */
#define NARROW_SPACE "\u202f"

char *
sk_words_count (gint64 value) {
  char digits[32];
  GString *text = g_string_new (NULL);
  gsize n;

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, value);
  n = strlen (digits);
  for (gsize i = 0; i < n; i++) {
    if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
      g_string_append (text, NARROW_SPACE);
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

char *
sk_words_large (gint64 value) {
  static const char *const units[] = { "", " k", " M", " G", " T" };
  double scaled = (double) value;
  guint unit = 0;

  /* 999.95 would be written as 1000.0. */
  while (scaled >= 999.5 && unit + 1 < G_N_ELEMENTS (units)) {
    scaled /= 1000;
    unit++;
  }
  return g_strdup_printf (unit == 0 || scaled >= 99.95 ? "%.0f%s" : "%.1f%s", scaled,
                          units[unit]);
}

char *
sk_words_time_left (double seconds) {
  int whole = (int) (seconds + 0.5);

  if (!(seconds >= 0) || seconds > 1e8)
    return NULL;
  if (whole < 60)
    return g_strdup_printf (_ ("%d s left"), whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%d min %02d s left"), whole / 60, whole % 60);
  return g_strdup_printf (_ ("%d h %02d min left"), whole / 3600, whole / 60 % 60);
}

char *
sk_words_recipe (const SkRecipe *recipe, int phase) {
  static const char *const optimizers[] = { "SGD", "Adam", "AdamW" };
  static const char *const schedules[] = { N_ ("constant"), N_ ("cosine"),
                                           N_ ("step ÷ 10"), N_ ("one cycle") };
  SkManner manner = sk_recipe_manner (recipe, phase);

  return g_strdup_printf (_ ("%s %g · %s · batch %d · seed %lu"),
                          optimizers[manner.optimizer], (double) manner.lr,
                          _ (schedules[recipe->schedule]), recipe->batch,
                          (gulong) recipe->seed);
}
