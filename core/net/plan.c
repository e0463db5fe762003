#include "plan.h"

#include <string.h>

#include "errors.h"
#include "plan-builder.h"

/* Bounds that keep every product of sizes far inside 64 bits, and every map inside int. */
#define MAX_BATCH 65536
#define MAX_SIDE 8192
#define MAX_CLASSES 1000000

static gboolean
in_range (const char *what, int value, int least, int most, GError **error) {
  if (value >= least && value <= most)
    return TRUE;
  return sk_refuse (error, SK_ERROR_ARGUMENT, "%s is %d: choose a number from %d to %d",
                    what, value, least, most);
}

SkPlan *
sk_plan_new (const SkVariant *variant, int n, int h, int w, int classes,
             GError **error) {
  SkPlan *self;

  g_return_val_if_fail (variant != NULL, NULL);

  h = h ? h : variant->side;
  w = w ? w : variant->side;
  classes = classes ? classes : variant->classes;
  if (!in_range ("the batch size", n, 1, MAX_BATCH, error) ||
      !in_range ("the pictures' height", h, 1, MAX_SIDE, error) ||
      !in_range ("the pictures' width", w, 1, MAX_SIDE, error) ||
      !in_range ("the number of classes", classes, 1, MAX_CLASSES, error))
    return NULL;

  self = g_new0 (SkPlan, 1);
  g_atomic_ref_count_init (&self->refs);
  self->variant = *variant;
  self->n = n;
  self->h = h;
  self->w = w;
  self->classes = classes;
  sk_plan_expand (self);
  return self;
}

SkPlan *
sk_plan_ref (const SkPlan *self) {
  /* The list never changes; the count of its owners may, through any reference. */
  SkPlan *counted = (SkPlan *) self;

  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&counted->refs);
  return counted;
}

void
sk_plan_unref (SkPlan *self) {
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (int i = 0; i < self->n_ops; i++)
    g_free (self->ops[i].name);
  for (int i = 0; i < self->n_blocks; i++)
    g_free (self->blocks[i].name);
  for (int i = 0; i < self->n_parameters; i++)
    g_free (self->parameters[i].name);
  for (int i = 0; i < self->n_groups; i++)
    g_free (self->groups[i].name);
  g_free (self->ops);
  g_free (self->blocks);
  g_free (self->parameters);
  g_free (self->groups);
  g_free (self);
}

int
sk_plan_find_parameter (const SkPlan *self, const char *name) {
  for (int i = 0; i < self->n_parameters; i++)
    if (strcmp (self->parameters[i].name, name) == 0)
      return i;
  return -1;
}

static gboolean
group_matches (const SkPlan *self, int group, const char *what) {
  const char *name = self->groups[group].name;
  gsize n = strlen (what);

  if (strcmp (what, "trunk") == 0)
    return group < self->n_groups - 1;
  if (strcmp (what, name) == 0)
    return TRUE;
  /* "layer2" takes all of "layer2.0", "layer2.1", … */
  return n > 0 && strncmp (name, what, n) == 0 && name[n] == '.';
}

static void
refuse_group (const SkPlan *self, const char *what, GError **error) {
  const SkVariant *variant = &self->variant;
  g_autoptr (GString) known = g_string_new ("stem");

  for (int s = 0; s < variant->n_stages; s++)
    g_string_append_printf (known, ", layer%d (blocks layer%d.0 to layer%d.%d)", s + 1,
                            s + 1, s + 1, variant->depths[s] - 1);
  g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
               "%s has no group “%.64s”: choose among %s, fc, trunk (all but fc)",
               variant->name, what, known->str);
}

gboolean
sk_plan_select_groups (const SkPlan *self, const char *what, gboolean *selected,
                       GError **error) {
  g_auto (GStrv) items = NULL;
  g_autofree gboolean *found = g_new0 (gboolean, self->n_groups);

  g_return_val_if_fail (what != NULL && selected != NULL, FALSE);

  items = g_strsplit (what, ",", -1);
  for (int i = 0; items[i] != NULL || i == 0; i++) {
    const char *item = items[i] ? g_strstrip (items[i]) : "";
    gboolean any = FALSE;

    for (int g = 0; g < self->n_groups; g++)
      if (group_matches (self, g, item))
        any = found[g] = TRUE;
    if (!any) {
      refuse_group (self, item, error);
      return FALSE;
    }
    if (items[i] == NULL)
      break;
  }
  for (int g = 0; g < self->n_groups; g++)
    if (found[g])
      selected[g] = TRUE;
  return TRUE;
}
