#include <glib/gi18n-lib.h>
#include <math.h>

#include "staircase.h"

/* A staircase in words. */

static double
percent (const SkExits *self, int step) {
  return 100 * sk_exits_accuracy (self, step);
}

char *
sk_staircase_describe (const SkExits *exits, int step) {
  const SkExitStep *at = &exits->steps[step];

  return g_strdup_printf (
      at->rule == SK_EXIT_RULE_HEAD
          ? _ ("Ended after %s, it is right about %.1f %%, by the network’s own head")
          : _ ("Ended after %s, it is right about %.1f %%, by the nearest class mean"),
      at->block, percent (exits, step));
}

/* The first block that has half of what the network is better than guessing. */
static int
half_way (const SkExits *self) {
  int last = self->n_steps - 1, first = 0;
  double chance = 100.0 / self->classes;
  double half = chance + (percent (self, last) - chance) / 2;

  while (first < last && percent (self, first) < half)
    first++;
  return first;
}

/* The step that rises most above the one before it, by the same rule; −1: none rises. */
static int
largest_rise (const SkExits *self) {
  int largest = -1;
  double most = 0;

  for (int i = 1; i < self->n_steps; i++) {
    double rise = percent (self, i) - percent (self, i - 1);

    if (self->steps[i].rule == self->steps[i - 1].rule && rise > most) {
      most = rise;
      largest = i;
    }
  }
  return largest;
}

static void
append_rules (const SkExits *self, GString *text) {
  int head = 0;

  while (head < self->n_steps - 1 && self->steps[head].rule != SK_EXIT_RULE_HEAD)
    head++;
  if (head == 0) {
    g_string_append (text,
                     _ (" Before the last stage nothing can be said: there are no "
                        "training pictures to take class means of."));
    return;
  }
  g_string_append_printf (
      text,
      _ (" Until %s the nearest class mean of %d training pictures answers, from %s on "
         "the network’s own head"),
      self->steps[head - 1].block, self->mean_images, self->steps[head].block);
  g_string_append (text, percent (self, head) < percent (self, head - 1)
                             ? _ (", which has learnt to read the last block only.")
                             : ".");
}

char *
sk_staircase_sentence (const SkExits *exits) {
  GString *text = g_string_new (NULL);
  int half = half_way (exits), last = exits->n_steps - 1;
  int rise = largest_rise (exits);

  if (half < last)
    g_string_append_printf (
        text,
        _ ("By block %s it is right about %.0f %% already, by the last one %.0f %% "
           "(guessing: %.0f %%)."),
        exits->steps[half].block, percent (exits, half), percent (exits, last),
        100.0 / exits->classes);
  else
    g_string_append_printf (
        text, _ ("It needs its last block: %.0f %% right with it (guessing: %.0f %%)."),
        percent (exits, last), 100.0 / exits->classes);
  if (rise > 0)
    g_string_append_printf (text, _ (" The largest step is %s: %.0f points."),
                            exits->steps[rise].block,
                            percent (exits, rise) - percent (exits, rise - 1));
  append_rules (exits, text);
  return g_string_free (text, FALSE);
}
