#include "finding-words.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "words.h"

static const char *
block_name (const SkFinding *finding, const SkPlan *plan) {
  return finding->block >= 0 && finding->block < plan->n_blocks
             ? plan->blocks[finding->block].name
             : "";
}

/* Beyond, a number says no more than that. */
#define LARGEST 1e6

/* 0.0123 as "1/81", 340 as "340": how a block's gradient compares. */
static char *
times (double ratio) {
  g_autofree char *count = NULL;

  if (ratio >= LARGEST)
    return g_strdup (_ ("more than a million"));
  if (ratio <= 1 / LARGEST)
    return g_strdup (_ ("less than a millionth"));
  count = sk_words_count ((gint64) ((ratio < 1 ? 1 / ratio : ratio) + 0.5));
  return ratio < 1 ? g_strdup_printf ("1/%s", count) : g_steal_pointer (&count);
}

/* The weights' size, over what it was. */
static char *
growth (double ratio) {
  return ratio < 10 ? g_strdup_printf ("%.1f", ratio) : times (ratio);
}

static char *
percent (double share) {
  return g_strdup_printf (share < 0.001 ? "%.1g %%" : "%.1f %%", 100 * share);
}

static char *
depth_sentence (const SkFinding *finding, const SkPlan *plan) {
  g_autofree char *ratio = times (finding->value);

  if (finding->kind == SK_FINDING_EXPLODING)
    return g_strdup_printf (
        /* Translators: a block and a number: "layer1.0 gets 340 times what …" */
        _ ("The gradient explodes towards the stem: %s gets %s times what the last "
           "block gets."),
        block_name (finding, plan), ratio);
  return g_strdup_printf (
      /* Translators: a block and a fraction: "layer1.0 gets 1/340 of what …" */
      _ ("The gradient vanishes on its way to the stem: %s gets %s of what the last "
         "block gets."),
      block_name (finding, plan), ratio);
}

static char *
rate_sentence (const SkFinding *finding) {
  g_autofree char *share = percent (finding->value);
  g_autofree char *grown = growth (finding->value);

  switch (finding->evidence) {
  case SK_EVIDENCE_WEIGHT:
    return g_strdup_printf (
        _ ("The steps were too long: the weights grew to %s times their size, and "
           "nothing has been learnt."),
        grown);
  case SK_EVIDENCE_UPDATE:
    return g_strdup_printf (_ ("The steps are too long: each changes the weights by "
                               "%s, and the loss does not fall."),
                            share);
  default:
    return g_strdup_printf (_ ("The steps are too long: the loss has risen to %.3g."),
                            finding->value);
  }
}

static char *
blocks_sentence (const SkFinding *finding, const SkPlan *plan) {
  const char *name = block_name (finding, plan);
  g_autofree char *share = percent (finding->value);

  switch (finding->kind) {
  case SK_FINDING_DEAD:
    if (finding->n_blocks == 1)
      return g_strdup_printf (_ ("%s is dead: %s of what it gives is zero."), name,
                              share);
    return g_strdup_printf (
        _ ("%d blocks are dead, most of all %s: %s of what it gives is zero."),
        finding->n_blocks, name, share);
  case SK_FINDING_ASLEEP:
    if (finding->n_blocks == 1)
      return g_strdup_printf (
          _ ("%s is asleep: F(x) is %s of x, so it hands on what it gets."), name,
          share);
    return g_strdup_printf (
        _ ("%d of %d blocks are asleep: F(x) is next to nothing, so "
           "they hand on what they get."),
        finding->n_blocks, plan->n_blocks);
  default:
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE,
                     "%d skip is cut or faded, and the network does "
                     "not learn.",
                     "%d skips are cut or faded, and the network "
                     "does not learn.",
                     (gulong) finding->n_blocks),
        finding->n_blocks);
  }
}

char *
sk_words_finding (const SkFinding *finding, const SkPlan *plan) {
  g_autofree char *share = percent (finding->value);

  switch (finding->kind) {
  case SK_FINDING_NON_FINITE:
    if (finding->culprit[0] == '\0')
      return g_strdup (_ ("The loss is no longer a number."));
    return g_strdup_printf (_ ("The loss is no longer a number; first to go was %s."),
                            finding->culprit);
  case SK_FINDING_EXPLODING:
  case SK_FINDING_VANISHING:
    return depth_sentence (finding, plan);
  case SK_FINDING_RATE_HIGH:
    return rate_sentence (finding);
  case SK_FINDING_RATE_LOW:
    return g_strdup_printf (_ ("The steps are too short: each changes the weights by "
                               "%s, and the loss hardly falls."),
                            share);
  case SK_FINDING_WASTING:
    return g_strdup_printf (_ ("Weight decay takes more than learning gives: %s of the "
                               "weights' size is left."),
                            share);
  case SK_FINDING_STUCK:
    return g_strdup_printf (
        _ ("Nothing has been learnt: the loss, %.2f, is still that of guessing."),
        finding->value);
  default:
    return blocks_sentence (finding, plan);
  }
}

/* Where it holds: " · layer1.0 to layer2.3 · ". */
static char *
where (const SkFinding *finding, const SkPlan *plan) {
  if (finding->first < 0 || finding->last >= plan->n_blocks)
    return g_strdup ("");
  if (finding->first == finding->last)
    return g_strdup_printf (" · %s", plan->blocks[finding->first].name);
  return g_strdup_printf (_ (" · %s to %s"), plan->blocks[finding->first].name,
                          plan->blocks[finding->last].name);
}

char *
sk_words_evidence (const SkFinding *finding, const SkPlan *plan) {
  static const char *const names[] = {
    N_ ("loss"),          N_ ("gradient by depth"), N_ ("update ‖ΔW‖/‖W‖"),
    N_ ("weights ‖W‖"),   N_ ("dead outputs"),      N_ ("branch F(x)/x"),
    N_ ("λ of the skip"),
  };
  g_autofree char *place = where (finding, plan);

  if (finding->kind == SK_FINDING_NON_FINITE)
    return g_strdup_printf (_ ("loss · step %" PRId64), finding->since);
  return g_strdup_printf (
      /* Translators: what was measured, the number, its limit, where, since when */
      _ ("%s %.3g, limit %.3g%s · since step %" PRId64), _ (names[finding->evidence]),
      finding->value, finding->threshold, place, finding->since);
}

char *
sk_words_remedy (const SkFinding *finding) {
  switch (finding->remedy) {
  case SK_REMEDY_LR:
    return g_strdup_printf (_ ("Try %g times the learning rate."),
                            finding->remedy_value);
  case SK_REMEDY_ROLL_BACK:
    return g_strdup_printf (_ ("Try %g times the learning rate, or a warm-up."),
                            finding->remedy_value);
  case SK_REMEDY_RESTORE_SKIPS:
    return g_strdup (_ ("Restore the skips."));
  case SK_REMEDY_NEW_RUN_SKIPS:
    return g_strdup (_ ("Train the same network with skips."));
  case SK_REMEDY_NEW_RUN_DECAY:
    return g_strdup_printf (_ ("Begin again with a weight decay of %g."),
                            finding->remedy_value);
  case SK_REMEDY_NONE:
  default:
    return NULL;
  }
}

const char *
sk_words_severity (SkSeverity severity) {
  static const char *const names[] = { N_ ("Note"), N_ ("Warning"), N_ ("Serious") };

  return _ (names[severity]);
}
