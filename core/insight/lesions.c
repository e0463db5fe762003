#include "lesions.h"

#include <string.h>

#include "errors.h"
#include "rng.h"

/* Which sets of blocks are cut. */

static void
set_init (SkLesionSet *self, int n_blocks, const gboolean *cut) {
  *self = (SkLesionSet){ .cut = g_memdup2 (cut, sizeof *cut * (gsize) n_blocks) };
  for (int b = n_blocks - 1; b >= 0; b--)
    if (cut[b]) {
      self->n_cut++;
      self->first = b;
    }
}

int
sk_lesions_add (SkLesions *self, const gboolean *cut) {
  self->sets = g_renew (SkLesionSet, self->sets, self->n_sets + 1);
  set_init (&self->sets[self->n_sets], self->plan->n_blocks, cut);
  g_return_val_if_fail (self->sets[self->n_sets].n_cut > 0, -1);
  return self->n_sets++;
}

/* Stages and blocks; what else has a name has no skip to go by. */
static void
refuse_names (const SkPlan *plan, const char *names, GError **error) {
  g_autoptr (GString) known = g_string_new (NULL);

  for (int s = 0; s < plan->variant.n_stages; s++)
    g_string_append_printf (known, "%slayer%d (blocks layer%d.0 to layer%d.%d)",
                            s > 0 ? ", " : "", s + 1, s + 1, s + 1,
                            plan->variant.depths[s] - 1);
  sk_refuse (error, SK_ERROR_ARGUMENT,
             "“%.200s” names no block of %s: choose among %s; several with commas",
             names, plan->variant.title, known->str);
}

int
sk_lesions_add_named (SkLesions *self, const char *names, GError **error) {
  const SkPlan *plan = self->plan;
  g_autofree gboolean *groups = g_new0 (gboolean, plan->n_groups);
  g_autofree gboolean *cut = g_new0 (gboolean, MAX (plan->n_blocks, 1));
  gboolean any = FALSE;

  if (!sk_plan_select_groups (plan, names, groups, NULL)) {
    refuse_names (plan, names, error);
    return -1;
  }
  for (int b = 0; b < plan->n_blocks; b++)
    any |= cut[b] = groups[plan->blocks[b].group];
  if (any)
    return sk_lesions_add (self, cut);
  refuse_names (plan, names, error);
  return -1;
}

SkLesions *
sk_lesions_new (const SkPlan *plan) {
  SkLesions *self = g_new0 (SkLesions, 1);
  g_autofree gboolean *cut = g_new0 (gboolean, MAX (plan->n_blocks, 1));

  g_atomic_ref_count_init (&self->refs);
  self->plan = sk_plan_ref (plan);
  for (int b = 0; b < plan->n_blocks; b++) {
    cut[b] = TRUE;
    sk_lesions_add (self, cut);
    cut[b] = FALSE;
  }
  return self;
}

SkLesions *
sk_lesions_ref (SkLesions *self) {
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sk_lesions_unref (SkLesions *self) {
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (int i = 0; i < self->n_sets; i++)
    g_free (self->sets[i].cut);
  g_free (self->sets);
  g_free (self->model);
  g_free (self->data);
  sk_plan_unref (self->plan);
  g_free (self);
}

SkLesions *
sk_lesions_copy (const SkLesions *self) {
  SkLesions *copy = g_memdup2 (self, sizeof *self);
  gsize size = sizeof (gboolean) * (gsize) self->plan->n_blocks;

  g_atomic_ref_count_init (&copy->refs);
  copy->plan = sk_plan_ref (self->plan);
  copy->model = g_strdup (self->model);
  copy->data = g_strdup (self->data);
  copy->sets = g_memdup2 (self->sets, sizeof *self->sets * (gsize) self->n_sets);
  for (int i = 0; i < copy->n_sets; i++)
    copy->sets[i].cut = g_memdup2 (self->sets[i].cut, size);
  return copy;
}

gboolean
sk_lesions_changes_shape (const SkPlan *plan, int block) {
  const SkOp *input = &plan->ops[plan->blocks[block].input];
  const SkOp *last = &plan->ops[plan->blocks[block].last];

  return input->c != last->c || input->h != last->h || input->w != last->w;
}

void
sk_lesions_add_random (SkLesions *self, int most, int repeats, guint64 seed) {
  const SkPlan *plan = self->plan;
  g_autofree guint32 *free_blocks = g_new (guint32, MAX (plan->n_blocks, 1));
  g_autofree gboolean *cut = g_new (gboolean, MAX (plan->n_blocks, 1));
  int n_free = 0;

  for (int b = 0; b < plan->n_blocks; b++)
    if (!sk_lesions_changes_shape (plan, b))
      free_blocks[n_free++] = (guint32) b;
  self->most = MIN (most, n_free);
  self->repeats = repeats;
  for (int k = 1; k <= self->most; k++)
    for (int i = 0; i < repeats; i++) {
      SkRng rng = sk_rng_at (seed, (guint64) k, (guint64) i);

      sk_rng_shuffle (&rng, free_blocks, (gsize) n_free);
      memset (cut, 0, sizeof *cut * (gsize) plan->n_blocks);
      for (int j = 0; j < k; j++)
        cut[free_blocks[j]] = TRUE;
      sk_lesions_add (self, cut);
    }
}

const SkLesionSet *
sk_lesions_random (const SkLesions *self, int k) {
  g_return_val_if_fail (k >= 1 && k <= self->most, NULL);
  return &self->sets[self->n_sets - (self->most - k + 1) * self->repeats];
}
