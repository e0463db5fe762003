#include "skip-fader.h"

#include <glib/gi18n.h>

#include "attenuation.h"
#include "rows.h"

typedef enum {
  SCOPE_BLOCK,
  SCOPE_STAGE,
  SCOPE_ALL,
} Scope;

struct _SkSkipFader {
  AdwBin parent;
  SkTouches *touches;
  AdwComboRow *scope;
  AdwActionRow *row, *through;
  GtkScale *scale;
  GtkWidget *group;
  int block; /* selected, −1: none */
  SkPlan *plan; /* (nullable) that was shown last */
  float *past; /* (plan->n_blocks) (nullable): λ of the moment that is looked at */
  gboolean showing; /* the widgets are being set to what is so, not used */
};

G_DEFINE_FINAL_TYPE (SkSkipFader, sk_skip_fader, ADW_TYPE_BIN)

/* @stage, @block: as LAMBDA means them */
static void
find_scope (SkSkipFader *self, int *stage, int *block) {
  Scope scope =
      self->block < 0 ? SCOPE_ALL : (Scope) adw_combo_row_get_selected (self->scope);

  *stage = scope == SCOPE_STAGE ? self->plan->blocks[self->block].stage : 0;
  *block = scope == SCOPE_ALL ? -1 : self->block;
}

static void
moved_cb (SkSkipFader *self) {
  int stage, block;

  if (self->showing || self->plan == NULL)
    return;
  find_scope (self, &stage, &block);
  sk_touches_fade (self->touches, stage, block,
                   (float) gtk_range_get_value (GTK_RANGE (self->scale)), TRUE);
}

/* Mean of what is asked for in the scope: the one value, where all are the same. */
static double
scope_lambda (SkSkipFader *self) {
  int stage, block, n = 0;
  double sum = 0;

  find_scope (self, &stage, &block);
  for (int b = 0; b < self->plan->n_blocks; b++)
    if (stage > 0 ? self->plan->blocks[b].stage == stage : block < 0 || b == block) {
      sum +=
          (double) (self->past ? self->past[b] : sk_touches_lambda (self->touches, b));
      n++;
    }
  return n > 0 ? sum / n : 1;
}

static void
show_value (SkSkipFader *self) {
  if (self->plan == NULL ||
      (gtk_widget_get_state_flags (GTK_WIDGET (self->scale)) & GTK_STATE_FLAG_ACTIVE))
    return;
  self->showing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->scale), scope_lambda (self));
  self->showing = FALSE;
}

static void
show_through (SkSkipFader *self, const SkSnapshot *snapshot) {
  int block = MAX (self->block, 0);
  g_autofree char *words = NULL;
  double measured;

  if (snapshot->lambda == NULL || block >= self->plan->n_blocks)
    return;
  measured = sk_attenuation_measured (self->plan, snapshot->blocks, block);
  if (measured > 0)
    words = g_strdup_printf (
        _ ("λ alone × %.3g · measured × %.3g"),
        sk_attenuation_predicted (self->plan, snapshot->lambda, block), measured);
  else
    words = g_strdup_printf (
        _ ("λ alone × %.3g · not measured yet"),
        sk_attenuation_predicted (self->plan, snapshot->lambda, block));
  adw_action_row_set_subtitle (self->through, words);
}

/* A widget that is not sensitive has to say why. */
static void
show_use (SkSkipFader *self) {
  gboolean plain = self->plan != NULL && !self->plan->variant.skips;
  gboolean can = sk_touches_can_fade (self->touches);
  const char *why = plain        ? _ ("A plain network has no skips to fade")
                    : self->past ? _ ("As it was at this step")
                    : can        ? NULL
                                 : _ ("Can be moved while a run is under way");

  adw_action_row_set_subtitle (self->row, why);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row),
                                 self->block < 0 ? _ ("All Skips, λ") : _ ("Skip λ"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->through),
                                 self->block < 0 ? _ ("Gradient from Top to Bottom")
                                                 : _ ("Gradient from the Top to Here"));
  sk_rows_set_live (GTK_WIDGET (self->scale), can, self->past == NULL, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->through), !plain);
  gtk_widget_set_visible (GTK_WIDGET (self->scope), !plain && self->block >= 0);
}

static void
scope_cb (SkSkipFader *self) {
  show_value (self);
}

void
sk_skip_fader_show (SkSkipFader *self, int block) {
  self->block = block;
  show_use (self);
  show_value (self);
}

void
sk_skip_fader_set_moment (SkSkipFader *self, const SkSnapshot *moment) {
  gboolean known = moment != NULL && moment->lambda != NULL && self->plan != NULL &&
                   moment->plan->n_blocks == self->plan->n_blocks;

  g_clear_pointer (&self->past, g_free);
  if (known) {
    self->past = g_memdup2 (moment->lambda,
                            (gsize) moment->plan->n_blocks * sizeof *moment->lambda);
    show_through (self, moment);
  }
  show_use (self);
  show_value (self);
}

void
sk_skip_fader_take (SkSkipFader *self, const SkSnapshot *snapshot) {
  if (snapshot->plan != self->plan) {
    g_clear_pointer (&self->plan, sk_plan_unref);
    g_clear_pointer (&self->past, g_free);
    self->plan = snapshot->plan ? sk_plan_ref (snapshot->plan) : NULL;
    if (self->plan == NULL || self->block >= self->plan->n_blocks)
      self->block = -1;
  }
  gtk_widget_set_visible (GTK_WIDGET (self), self->plan != NULL);
  if (self->plan == NULL)
    return;
  show_use (self);
  show_value (self);
  if (self->past == NULL)
    show_through (self, snapshot);
}

static void
sk_skip_fader_dispose (GObject *object) {
  SkSkipFader *self = SK_SKIP_FADER (object);

  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->past, g_free);
  g_clear_object (&self->touches);
  G_OBJECT_CLASS (sk_skip_fader_parent_class)->dispose (object);
}

static void
sk_skip_fader_class_init (SkSkipFaderClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_skip_fader_dispose;
}

/* The scale stands below the words: a row is too narrow for both. */
static GtkWidget *
scale_new (SkSkipFader *self) {
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);

  self->scale = GTK_SCALE (scale);
  sk_rows_ignore_wheel (scale);
  gtk_scale_set_digits (self->scale, 2);
  gtk_scale_set_draw_value (self->scale, TRUE);
  gtk_scale_set_value_pos (self->scale, GTK_POS_RIGHT);
  gtk_range_set_round_digits (GTK_RANGE (scale), 2);
  gtk_range_set_value (GTK_RANGE (scale), 1);
  gtk_widget_set_size_request (scale, 130, -1);
  gtk_widget_set_valign (scale, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Skip strength"), -1);
  g_signal_connect_swapped (scale, "value-changed", G_CALLBACK (moved_cb), self);
  return scale;
}

static void
sk_skip_fader_init (SkSkipFader *self) {
  static const char *const scopes[] = { N_ ("This block"), N_ ("Its stage"),
                                        N_ ("All skips"), NULL };
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  self->block = -1;
  self->scope = ADW_COMBO_ROW (sk_row_combo_new (_ ("Fader Moves"), NULL, scopes));
  self->row = ADW_ACTION_ROW (adw_action_row_new ());
  self->through = ADW_ACTION_ROW (adw_action_row_new ());
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->row),
      _ ("A block adds λ·x to F(x): 1 as it should be, 0 without the skip"));
  adw_action_row_add_suffix (self->row, scale_new (self));
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->through),
      _ ("λ alone: the product of all λ above, which the skips by themselves let "
         "through (He et al. 2016). Measured: how many times the gradient at the top "
         "arrives here, with what the branches add."));
  adw_preferences_group_add (group, GTK_WIDGET (self->row));
  adw_preferences_group_add (group, GTK_WIDGET (self->scope));
  adw_preferences_group_add (group, GTK_WIDGET (self->through));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (group));
  g_signal_connect_swapped (self->scope, "notify::selected", G_CALLBACK (scope_cb),
                            self);
}

GtkWidget *
sk_skip_fader_new (SkTouches *touches) {
  SkSkipFader *self = g_object_new (SK_TYPE_SKIP_FADER, NULL);

  self->touches = g_object_ref (touches);
  g_signal_connect_object (touches, "changed", G_CALLBACK (show_value), self,
                           G_CONNECT_SWAPPED);
  show_use (self);
  return GTK_WIDGET (self);
}
