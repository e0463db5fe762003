#include "phase-form.h"

#include <glib/gi18n.h>

#include "rows.h"

struct _SkPhaseForm {
  GtkBox parent;
  GtkWidget *epochs, *batch, *views, *seed;
  GtkWidget *optimizer, *lr; /* of the first phase */
  GtkWidget *unfreeze, *then_optimizer, *then_lr, *then_momentum, *then_augment;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SkPhaseForm, sk_phase_form, GTK_TYPE_BOX)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *const optimizers[] = { N_ ("SGD"), N_ ("Adam"), N_ ("AdamW"), NULL };

static void
edited_cb (SkPhaseForm *self) {
  if (!self->showing)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static AdwPreferencesGroup *
add_group (SkPhaseForm *self, const char *title) {
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (self), group);
  return ADW_PREFERENCES_GROUP (group);
}

static GtkWidget *
add_spin (SkPhaseForm *self, AdwPreferencesGroup *group, const char *title,
          const char *subtitle, double min, double max, double step, int digits) {
  GtkWidget *value;

  adw_preferences_group_add (
      group, sk_row_spin_new (title, subtitle, min, max, step, digits, &value));
  g_signal_connect_swapped (value, "value-changed", G_CALLBACK (edited_cb), self);
  return value;
}

static GtkWidget *
add_optimizer (SkPhaseForm *self, AdwPreferencesGroup *group) {
  GtkWidget *row = sk_row_combo_new (_ ("Optimizer"), NULL, optimizers);

  adw_preferences_group_add (group, row);
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (edited_cb), self);
  return row;
}

static void
set_spin (GtkWidget *spin, double value) {
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
}

static double
spin (GtkWidget *widget) {
  return gtk_spin_button_get_value (GTK_SPIN_BUTTON (widget));
}

void
sk_phase_form_show (SkPhaseForm *self, const SkRecipe *recipe) {
  self->showing = TRUE;
  set_spin (self->epochs, recipe->epochs);
  set_spin (self->batch, recipe->batch);
  set_spin (self->views, recipe->augment ? recipe->views : 0);
  set_spin (self->seed, (double) recipe->seed);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->optimizer), recipe->optimizer);
  set_spin (self->lr, (double) recipe->lr);
  set_spin (self->unfreeze, recipe->unfreeze);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->then_optimizer),
                              recipe->unfreeze_optimizer);
  set_spin (self->then_lr, (double) recipe->unfreeze_lr);
  set_spin (self->then_momentum, (double) recipe->unfreeze_momentum);
  gtk_switch_set_active (GTK_SWITCH (self->then_augment), recipe->unfreeze_augment);
  self->showing = FALSE;
}

void
sk_phase_form_read (SkPhaseForm *self, SkRecipe *recipe) {
  recipe->epochs = (int) spin (self->epochs);
  recipe->steps = 0;
  recipe->batch = (int) spin (self->batch);
  recipe->views = (int) spin (self->views);
  recipe->augment = recipe->views > 0;
  recipe->seed = (guint64) spin (self->seed);
  recipe->optimizer =
      (SkOptimizerKind) adw_combo_row_get_selected (ADW_COMBO_ROW (self->optimizer));
  recipe->lr = (float) spin (self->lr);
  recipe->unfreeze = (int) spin (self->unfreeze);
  recipe->unfreeze_optimizer = (SkOptimizerKind) adw_combo_row_get_selected (
      ADW_COMBO_ROW (self->then_optimizer));
  recipe->unfreeze_lr = (float) spin (self->then_lr);
  recipe->unfreeze_momentum = (float) spin (self->then_momentum);
  recipe->unfreeze_augment = gtk_switch_get_active (GTK_SWITCH (self->then_augment));
}

static void
sk_phase_form_class_init (SkPhaseFormClass *class) {
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_PHASE_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
add_second_phase (SkPhaseForm *self) {
  AdwPreferencesGroup *group = add_group (self, _ ("Then: Everything"));

  self->unfreeze =
      add_spin (self, group, _ ("Unfreeze after"),
                _ ("epochs; 0: never. Or drag it on the time axis"), 0, 100000, 1, 0);
  self->then_optimizer = add_optimizer (self, group);
  self->then_lr = add_spin (self, group, _ ("Learning rate"), NULL, 0, 10, 1e-4, 6);
  self->then_momentum =
      add_spin (self, group, _ ("Momentum"), _ ("of SGD"), 0, 0.999, 0.05, 3);
  adw_preferences_group_add (group, sk_row_switch_new (_ ("Augment"),
                                                       _ ("Random crops and flips"),
                                                       &self->then_augment));
  g_signal_connect_swapped (self->then_augment, "notify::active",
                            G_CALLBACK (edited_cb), self);
}

static void
sk_phase_form_init (SkPhaseForm *self) {
  AdwPreferencesGroup *run, *head;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 24);
  head = add_group (self, _ ("First: What Is Not Frozen"));
  self->optimizer = add_optimizer (self, head);
  self->lr = add_spin (self, head, _ ("Learning rate"), NULL, 0, 10, 1e-4, 6);
  self->views = add_spin (self, head, _ ("Augmented views"),
                          _ ("of each picture, kept while the trunk is frozen; 0: "
                             "pictures as they are"),
                          0, 100, 1, 0);
  add_second_phase (self);
  run = add_group (self, _ ("The Run"));
  self->epochs = add_spin (self, run, _ ("Epochs"), NULL, 1, 100000, 1, 0);
  self->batch = add_spin (self, run, _ ("Batch size"), NULL, 1, 4096, 1, 0);
  self->seed = add_spin (self, run, _ ("Seed"), NULL, 0, 1e9, 1, 0);
}

GtkWidget *
sk_phase_form_new (void) {
  return g_object_new (SK_TYPE_PHASE_FORM, NULL);
}
