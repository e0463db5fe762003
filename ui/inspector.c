#include "inspector.h"

#include <glib/gi18n.h>
#include <math.h>

#include "block-numbers.h"
#include "layer-table.h"
#include "picture.h"
#include "range.h"
#include "resources.h"
#include "rows.h"
#include "skip-fader.h"
#include "words.h"

struct _SkInspector {
  GtkBox parent;
  SkEngine *engine;
  GtkLabel *title, *words;
  SkBlockNumbers *numbers;
  GtkWidget *controls, *layer_group, *run_group;
  AdwBin *fader_place;
  SkSkipFader *fader;
  SkTouches *touches;
  GtkSwitch *frozen;
  GtkGrid *layers;
  GtkSpinButton *factor;
  GtkLabel *rate;
  AdwActionRow *rate_row, *recipe_row, *folder_row;
  SkSnapshot *moment; /* (nullable): what numbers are of; NULL: of now */
  int group, block; /* of what is selected; −1: none */
  gboolean showing; /* the widgets are being set to what is so, not used */
  SkPace pace; /* of the numbers: none can be read sixty times a second */
};

G_DEFINE_FINAL_TYPE (SkInspector, sk_inspector, GTK_TYPE_BOX)

static void
set_number (GtkLabel *label, double value) {
  g_autofree char *text = sk_format_number (value);

  gtk_label_set_text (label, text);
}

/* What is looked at: now, or a moment in the past. */
static const SkSnapshot *
looked_at (SkInspector *self, const SkSnapshot *newest) {
  return self->moment != NULL && self->moment->plan == newest->plan ? self->moment
                                                                    : newest;
}

static void
show_numbers (SkInspector *self, const SkSnapshot *newest) {
  const SkSnapshot *snapshot = looked_at (self, newest);

  if (self->group >= 0)
    sk_layer_table_update (self->layers, snapshot->plan, self->group, snapshot->layers);
  if (self->block >= 0 && snapshot->plan != NULL)
    sk_block_numbers_show (
        self->numbers, snapshot->blocks != NULL ? &snapshot->blocks[self->block] : NULL,
        snapshot->plan->blocks[self->block].add < 0);
}

static gboolean
is_used (GtkWidget *widget) {
  return gtk_widget_get_focus_child (widget) != NULL || gtk_widget_has_focus (widget) ||
         (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_ACTIVE) != 0;
}

/* The switch moves when a snapshot says that the group is frozen, not before. */
static void
show_controls (SkInspector *self, const SkSnapshot *newest) {
  const SkSnapshot *snapshot = looked_at (self, newest);
  gboolean running = sk_engine_has_run (self->engine), live = snapshot == newest;

  self->showing = TRUE;
  sk_rows_set_sensitive (self->controls, running && live);
  sk_rows_set_live (GTK_WIDGET (self->frozen), running, live, _ ("Freeze or Thaw (F)"));
  if (self->group >= 0 && snapshot->frozen != NULL) {
    gtk_switch_set_active (self->frozen, snapshot->frozen[self->group]);
    gtk_switch_set_state (self->frozen, snapshot->frozen[self->group]);
  }
  self->showing = FALSE;
}

/* The phase that the step shown was made in. */
static int
phase_of (const SkSnapshot *snapshot) {
  return sk_recipe_phase (&snapshot->recipe, MAX (snapshot->step - 1, 0),
                          MAX (snapshot->summary.steps_per_epoch, 1));
}

static void
show_folder (SkInspector *self, const SkSnapshot *snapshot) {
  g_autofree char *name = NULL;
  g_autofree char *plain = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->folder_row), snapshot->run_dir != NULL);
  if (snapshot->run_dir == NULL)
    return;
  name = g_filename_display_name (snapshot->run_dir);
  plain = g_markup_escape_text (name, -1);
  adw_action_row_set_subtitle (self->folder_row, plain);
}

static void
show_run (SkInspector *self, const SkSnapshot *newest) {
  const SkSnapshot *snapshot = looked_at (self, newest);
  gboolean known = newest->recipe.net != NULL, live = snapshot == newest;
  g_autofree char *recipe = NULL;

  gtk_widget_set_visible (self->run_group, known);
  if (!known)
    return;
  self->showing = TRUE;
  sk_rows_set_live (GTK_WIDGET (self->factor), sk_engine_has_run (self->engine), live,
                    NULL);
  if (!is_used (GTK_WIDGET (self->factor)) && newest->lr_factor > 0)
    gtk_spin_button_set_value (self->factor, (double) newest->lr_factor);
  self->showing = FALSE;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rate_row),
                                 live ? _ ("Learning rate now")
                                      : _ ("Learning rate then"));
  set_number (self->rate, (double) snapshot->lr);
  recipe = sk_words_recipe (&newest->recipe, phase_of (snapshot));
  adw_action_row_set_subtitle (self->recipe_row, recipe);
  show_folder (self, newest);
}

static void
refresh (GtkWidget *widget) {
  SkInspector *self = SK_INSPECTOR (widget);
  const SkSnapshot *state = sk_engine_state (self->engine);

  /* What is being put together on another page is no run. */
  if (state->phase == SK_PHASE_IDLE && state->run_serial > 0)
    return;
  if (state->plan != NULL && self->block < state->plan->n_blocks &&
      self->group < state->plan->n_groups)
    show_numbers (self, state);
  show_run (self, state);
}

static void
snapshot_cb (SkInspector *self, SkSnapshot *snapshot) {
  /* What is being put together on another page is no run. */
  if (snapshot->phase == SK_PHASE_IDLE && snapshot->run_serial > 0)
    return;
  if (snapshot->plan == NULL || self->block >= snapshot->plan->n_blocks ||
      self->group >= snapshot->plan->n_groups)
    sk_inspector_show (self, NULL, -1);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), refresh);
  show_controls (self, snapshot);
  sk_skip_fader_take (self->fader, snapshot);
}

static gboolean
frozen_cb (SkInspector *self, gboolean frozen) {
  if (self->showing)
    return FALSE;
  if (self->group >= 0)
    sk_touches_freeze (self->touches, self->group, frozen);
  return TRUE;
}

static void
factor_cb (SkInspector *self) {
  SkCommand command = { .kind = SK_COMMAND_LR,
                        .value = (float) gtk_spin_button_get_value (self->factor) };

  if (!self->showing)
    sk_engine_send (self->engine, &command);
}

void
sk_inspector_toggle_frozen (SkInspector *self) {
  if (self->group >= 0)
    sk_touches_freeze (self->touches, self->group,
                       !sk_touches_is_frozen (self->touches, self->group));
}

void
sk_inspector_toggle_skip (SkInspector *self) {
  if (self->block >= 0)
    sk_touches_toggle_skips (self->touches, 0, self->block);
}

void
sk_inspector_show (SkInspector *self, const SkGraph *graph, int node) {
  const SkGraphNode *shown = graph != NULL && node >= 0 ? &graph->nodes[node] : NULL;
  gboolean is_block = shown != NULL && shown->kind == SK_NODE_BLOCK;
  const SkSnapshot *state = sk_engine_state (self->engine);

  self->block = is_block ? shown->block : -1;
  self->group = shown != NULL ? shown->group : -1;
  gtk_label_set_text (self->title, shown ? shown->title : _ ("Nothing Selected"));
  gtk_label_set_text (self->words,
                      _ ("Choose a block to see its numbers, to freeze it, "
                         "or to fade its skip."));
  gtk_widget_set_visible (GTK_WIDGET (self->words), shown == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->numbers), is_block);
  gtk_widget_set_visible (self->controls, self->group >= 0);
  gtk_widget_set_visible (self->layer_group, self->group >= 0);
  sk_skip_fader_show (self->fader, self->block);
  if (self->group >= 0)
    sk_layer_table_fill (self->layers, graph->plan, self->group);
  if (shown == NULL || state->plan != graph->plan)
    return;
  show_numbers (self, state);
  show_controls (self, state);
}

void
sk_inspector_set_moment (SkInspector *self, const SkSnapshot *moment) {
  g_clear_pointer (&self->moment, sk_snapshot_free);
  if (moment != NULL)
    self->moment = sk_snapshot_copy_state (moment);
  show_controls (self, sk_engine_state (self->engine));
  sk_skip_fader_set_moment (self->fader, moment);
  refresh (GTK_WIDGET (self));
}

static void
sk_inspector_dispose (GObject *object) {
  sk_pace_clear (&SK_INSPECTOR (object)->pace);
  g_clear_object (&SK_INSPECTOR (object)->engine);
  g_clear_object (&SK_INSPECTOR (object)->touches);
  g_clear_pointer (&SK_INSPECTOR (object)->moment, sk_snapshot_free);
  G_OBJECT_CLASS (sk_inspector_parent_class)->dispose (object);
}

static void
sk_inspector_class_init (SkInspectorClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_inspector_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/inspector.ui");
  gtk_widget_class_bind_template_child (widget_class, SkInspector, title);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, words);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, numbers);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, controls);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, frozen);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, fader_place);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, layer_group);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, layers);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, run_group);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, factor);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, rate);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, rate_row);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, recipe_row);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, folder_row);
  gtk_widget_class_bind_template_callback (widget_class, frozen_cb);
  gtk_widget_class_bind_template_callback (widget_class, factor_cb);
}

static void
sk_inspector_init (SkInspector *self) {
  g_type_ensure (SK_TYPE_BLOCK_NUMBERS);
  self->group = self->block = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  sk_rows_ignore_wheel (GTK_WIDGET (self->factor));
}

GtkWidget *
sk_inspector_new (SkEngine *engine, SkTouches *touches) {
  SkInspector *self = g_object_new (SK_TYPE_INSPECTOR, NULL);
  GtkWidget *fader = sk_skip_fader_new (touches);

  self->engine = g_object_ref (engine);
  self->touches = g_object_ref (touches);
  self->fader = SK_SKIP_FADER (fader);
  adw_bin_set_child (self->fader_place, fader);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  sk_inspector_show (self, NULL, -1);
  show_run (self, sk_engine_state (engine));
  return GTK_WIDGET (self);
}
