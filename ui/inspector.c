#include "inspector.h"

#include <math.h>

#include <glib/gi18n.h>

#include "rows.h"

struct _SkInspector {
  GtkBox parent;
  SkEngine *engine;
  GtkLabel *title, *words;
  GtkWidget *block_group;
  GtkLabel *gradient, *skip, *residual, *share, *agreement, *gain, *branch, *dead;
  GtkSwitch *frozen;
  GtkScale *lambda;
  GtkWidget *actions, *fader;
  GtkSpinButton *lr;
  int group, block; /* −1: none */
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SkInspector, sk_inspector, GTK_TYPE_BOX)

static void
set_number (GtkLabel *label, const char *format, double value) {
  char text[32];

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_snprintf (text, sizeof text, format, value);
#pragma GCC diagnostic pop
  G_GNUC_END_IGNORE_DEPRECATIONS
  gtk_label_set_text (label, isfinite (value) ? text : "–");
}

static void
show_numbers (SkInspector *self, const SkSnapshot *snapshot) {
  const SkBlockState *state;

  if (self->block < 0 || snapshot->blocks == NULL)
    return;
  state = &snapshot->blocks[self->block];
  set_number (self->gradient, "%.2e", state->gradient);
  set_number (self->skip, "%.2e", state->skip);
  set_number (self->residual, "%.2e", state->residual);
  set_number (self->share, "%.0f %%", 100 * state->share);
  set_number (self->agreement, "%+.2f", state->agreement);
  set_number (self->gain, "× %.2f", state->gain);
  set_number (self->branch, "%.2f", state->branch);
  set_number (self->dead, "%.0f %%", 100 * state->dead);
}

static void
show_controls (SkInspector *self, const SkSnapshot *snapshot) {
  gboolean busy = sk_engine_is_busy (self->engine);

  self->showing = TRUE;
  gtk_widget_set_sensitive (self->actions, busy && self->group >= 0);
  gtk_widget_set_sensitive (self->fader, busy && self->block >= 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->lr), busy);
  if (self->group >= 0 && snapshot->frozen != NULL)
    gtk_switch_set_active (self->frozen, snapshot->frozen[self->group]);
  if (self->block >= 0 && snapshot->blocks != NULL &&
      !gtk_widget_has_focus (GTK_WIDGET (self->lambda)))
    gtk_range_set_value (GTK_RANGE (self->lambda),
                         (double) snapshot->blocks[self->block].lambda);
  self->showing = FALSE;
}

static void
snapshot_cb (SkInspector *self, SkSnapshot *snapshot) {
  if (snapshot->plan == NULL || self->block >= snapshot->plan->n_blocks ||
      self->group >= snapshot->plan->n_groups)
    sk_inspector_show (self, NULL, -1);
  show_numbers (self, snapshot);
  show_controls (self, snapshot);
}

static void
frozen_cb (SkInspector *self) {
  SkCommand command = { .kind = SK_COMMAND_FREEZE,
                        .group = self->group,
                        .flag = gtk_switch_get_active (self->frozen) };

  if (!self->showing && self->group >= 0)
    sk_engine_send (self->engine, &command);
}

static void
lambda_cb (SkInspector *self) {
  SkCommand command = { .kind = SK_COMMAND_LAMBDA,
                        .block = self->block,
                        .value =
                            (float) gtk_range_get_value (GTK_RANGE (self->lambda)) };

  if (!self->showing && self->block >= 0)
    sk_engine_send (self->engine, &command);
}

static void
lr_cb (SkInspector *self) {
  SkCommand command = { .kind = SK_COMMAND_LR,
                        .value = (float) gtk_spin_button_get_value (self->lr) };

  if (!self->showing)
    sk_engine_send (self->engine, &command);
}

void
sk_inspector_toggle_frozen (SkInspector *self) {
  if (self->group >= 0 && gtk_widget_get_sensitive (self->actions))
    gtk_switch_set_active (self->frozen, !gtk_switch_get_active (self->frozen));
}

void
sk_inspector_show (SkInspector *self, const SkGraph *graph, int node) {
  const SkGraphNode *shown = graph != NULL && node >= 0 ? &graph->nodes[node] : NULL;
  gboolean is_block = shown != NULL && shown->kind == SK_NODE_BLOCK;

  self->block = is_block ? shown->block : -1;
  self->group = shown != NULL ? shown->group : -1;
  gtk_label_set_text (self->title, shown ? shown->title : _ ("Nothing selected"));
  gtk_label_set_text (self->words,
                      shown == NULL ? _ ("Click a block to see its numbers, to freeze "
                                         "it, or to fade its skip.")
                                    : shown->shape);
  gtk_widget_set_visible (self->block_group, is_block);
  gtk_widget_set_visible (self->actions, self->group >= 0);
  gtk_widget_set_visible (self->fader,
                          is_block && graph->plan->blocks[shown->block].skip >= 0);
  show_numbers (self, sk_engine_state (self->engine));
  show_controls (self, sk_engine_state (self->engine));
}

static void
build_numbers (SkInspector *self) {
  GtkWidget *group = adw_preferences_group_new ();
  AdwPreferencesGroup *rows = ADW_PREFERENCES_GROUP (group);

  adw_preferences_group_set_title (rows, _ ("Gradient"));
  self->gradient = sk_row_add_value (rows, _ ("Reaching the block"));
  self->skip = sk_row_add_value (rows, _ ("Through the skip"));
  self->residual = sk_row_add_value (rows, _ ("Through F"));
  self->share = sk_row_add_value (rows, _ ("Share of the skip"));
  self->agreement = sk_row_add_value (rows, _ ("Agreement"));
  self->gain = sk_row_add_value (rows, _ ("Gain"));
  self->branch = sk_row_add_value (rows, _ ("F(x) against x"));
  self->dead = sk_row_add_value (rows, _ ("Dead outputs"));
  self->block_group = group;
  gtk_box_append (GTK_BOX (self), group);
}

static void
build_actions (SkInspector *self) {
  GtkWidget *actions = adw_preferences_group_new ();
  GtkWidget *fader = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (_ ("Skip strength λ"));
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);
  GtkWidget *run = adw_preferences_group_new ();

  self->frozen = sk_row_add_switch (ADW_PREFERENCES_GROUP (actions), _ ("Frozen"),
                                    _ ("Its weights and statistics stay as they are"));
  g_signal_connect_swapped (self->frozen, "notify::active", G_CALLBACK (frozen_cb),
                            self);
  self->actions = actions;
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_scale_set_draw_value (GTK_SCALE (scale), TRUE);
  gtk_range_set_value (GTK_RANGE (scale), 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Skip strength"), -1);
  g_signal_connect_swapped (scale, "value-changed", G_CALLBACK (lambda_cb), self);
  gtk_box_append (GTK_BOX (fader), label);
  gtk_box_append (GTK_BOX (fader), scale);
  self->lambda = GTK_SCALE (scale);
  self->fader = fader;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (run), _ ("The run"));
  self->lr = sk_row_add_spin (ADW_PREFERENCES_GROUP (run), _ ("Learning rate ×"),
                              _ ("On top of the schedule"), 0, 100, 0.1, 2);
  gtk_spin_button_set_value (self->lr, 1);
  g_signal_connect_swapped (self->lr, "value-changed", G_CALLBACK (lr_cb), self);
  gtk_box_append (GTK_BOX (self), actions);
  gtk_box_append (GTK_BOX (self), fader);
  gtk_box_append (GTK_BOX (self), run);
}

static void
sk_inspector_dispose (GObject *object) {
  g_clear_object (&SK_INSPECTOR (object)->engine);
  G_OBJECT_CLASS (sk_inspector_parent_class)->dispose (object);
}

static void
sk_inspector_class_init (SkInspectorClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_inspector_dispose;
}

static void
sk_inspector_init (SkInspector *self) {
  GtkWidget *title = gtk_label_new (NULL), *words = gtk_label_new (NULL);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 18);
  gtk_widget_add_css_class (GTK_WIDGET (self), "inspector");
  gtk_widget_add_css_class (title, "title-4");
  gtk_widget_add_css_class (words, "dim-label");
  self->title = GTK_LABEL (title);
  self->words = GTK_LABEL (words);
  for (int i = 0; i < 2; i++) {
    GtkLabel *label = i == 0 ? self->title : self->words;

    gtk_label_set_xalign (label, 0);
    gtk_label_set_wrap (label, TRUE);
    gtk_label_set_max_width_chars (label, 28);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (label));
  }
  build_numbers (self);
  build_actions (self);
}

GtkWidget *
sk_inspector_new (SkEngine *engine) {
  SkInspector *self = g_object_new (SK_TYPE_INSPECTOR, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  sk_inspector_show (self, NULL, -1);
  return GTK_WIDGET (self);
}
