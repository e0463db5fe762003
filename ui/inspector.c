#include "inspector.h"

#include <glib/gi18n.h>
#include <math.h>

#include "layer-table.h"
#include "range.h"
#include "resources.h"
#include "rows.h"
#include "skip-fader.h"
#include "words.h"

struct _SkInspector {
  GtkBox parent;
  SkEngine *engine;
  GtkLabel *title, *words;
  GtkWidget *numbers, *controls, *layer_group, *run_group;
  AdwBin *fader_place;
  SkSkipFader *fader;
  SkTouches *touches;
  GtkLabel *gradient, *skip, *residual, *share, *agreement, *gain, *branch, *dead;
  GtkSwitch *frozen;
  GtkGrid *layers;
  GtkSpinButton *factor;
  GtkLabel *rate;
  AdwActionRow *recipe_row, *folder_row;
  int group, block; /* of what is selected; −1: none */
  gboolean showing; /* the widgets are being set to what is so, not used */
};

G_DEFINE_FINAL_TYPE (SkInspector, sk_inspector, GTK_TYPE_BOX)

static void
set_number (GtkLabel *label, double value) {
  g_autofree char *text = sk_format_number (value);

  gtk_label_set_text (label, text);
}

static void
set_text (GtkLabel *label, char *text) {
  gtk_label_set_text (label, text);
  g_free (text);
}

static void
show_numbers (SkInspector *self, const SkSnapshot *snapshot) {
  const SkBlockState *state;

  if (self->block < 0 || snapshot->blocks == NULL)
    return;
  state = &snapshot->blocks[self->block];
  set_number (self->gradient, (double) state->gradient);
  set_number (self->skip, (double) state->skip);
  set_number (self->residual, (double) state->residual);
  set_text (self->share, g_strdup_printf ("%.0f %%", 100 * (double) state->share));
  set_text (self->agreement, sk_format_signed ((double) state->agreement));
  set_text (self->gain, g_strdup_printf ("× %.2f", (double) state->gain));
  set_text (self->branch, g_strdup_printf ("%.2f", (double) state->branch));
  set_text (self->dead, g_strdup_printf ("%.0f %%", 100 * (double) state->dead));
}

static gboolean
is_used (GtkWidget *widget) {
  return gtk_widget_get_focus_child (widget) != NULL || gtk_widget_has_focus (widget) ||
         (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_ACTIVE) != 0;
}

/* The switch moves when a snapshot says that the group is frozen, not before. */
static void
show_controls (SkInspector *self, const SkSnapshot *snapshot) {
  gboolean running = sk_engine_has_run (self->engine);

  self->showing = TRUE;
  sk_rows_set_sensitive (self->controls, running);
  if (self->group >= 0 && snapshot->frozen != NULL) {
    gtk_switch_set_active (self->frozen, snapshot->frozen[self->group]);
    gtk_switch_set_state (self->frozen, snapshot->frozen[self->group]);
  }
  self->showing = FALSE;
}

static void
show_run (SkInspector *self, const SkSnapshot *snapshot) {
  gboolean known = snapshot->recipe.net != NULL;
  g_autofree char *recipe = NULL;

  gtk_widget_set_visible (self->run_group, known);
  if (!known)
    return;
  self->showing = TRUE;
  sk_rows_set_sensitive (GTK_WIDGET (self->factor), sk_engine_has_run (self->engine));
  if (!is_used (GTK_WIDGET (self->factor)) && snapshot->lr_factor > 0)
    gtk_spin_button_set_value (self->factor, (double) snapshot->lr_factor);
  self->showing = FALSE;
  set_number (self->rate, (double) snapshot->lr);
  recipe = sk_words_recipe (&snapshot->recipe);
  adw_action_row_set_subtitle (self->recipe_row, recipe);
  gtk_widget_set_visible (GTK_WIDGET (self->folder_row), snapshot->run_dir != NULL);
  if (snapshot->run_dir != NULL) {
    g_autofree char *name = g_filename_display_name (snapshot->run_dir);
    g_autofree char *plain = g_markup_escape_text (name, -1);

    adw_action_row_set_subtitle (self->folder_row, plain);
  }
}

static void
snapshot_cb (SkInspector *self, SkSnapshot *snapshot) {
  /* What is being put together on another page is no run. */
  if (snapshot->phase == SK_PHASE_IDLE && snapshot->run_serial > 0)
    return;
  if (snapshot->plan == NULL || self->block >= snapshot->plan->n_blocks ||
      self->group >= snapshot->plan->n_groups)
    sk_inspector_show (self, NULL, -1);
  show_numbers (self, snapshot);
  show_controls (self, snapshot);
  show_run (self, snapshot);
  sk_skip_fader_take (self->fader, snapshot);
  if (self->group >= 0)
    sk_layer_table_update (self->layers, snapshot->plan, self->group, snapshot->layers);
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
  gtk_widget_set_visible (self->numbers, is_block);
  gtk_widget_set_visible (self->controls, self->group >= 0);
  gtk_widget_set_visible (self->layer_group, self->group >= 0);
  sk_skip_fader_show (self->fader, self->block);
  if (self->group >= 0)
    sk_layer_table_fill (self->layers, graph->plan, self->group);
  if (shown == NULL || state->plan != graph->plan)
    return;
  show_numbers (self, state);
  show_controls (self, state);
  if (self->group >= 0)
    sk_layer_table_update (self->layers, state->plan, self->group, state->layers);
}

static void
sk_inspector_dispose (GObject *object) {
  g_clear_object (&SK_INSPECTOR (object)->engine);
  g_clear_object (&SK_INSPECTOR (object)->touches);
  G_OBJECT_CLASS (sk_inspector_parent_class)->dispose (object);
}

static void
bind_numbers (GtkWidgetClass *class) {
  gtk_widget_class_bind_template_child (class, SkInspector, gradient);
  gtk_widget_class_bind_template_child (class, SkInspector, skip);
  gtk_widget_class_bind_template_child (class, SkInspector, residual);
  gtk_widget_class_bind_template_child (class, SkInspector, share);
  gtk_widget_class_bind_template_child (class, SkInspector, agreement);
  gtk_widget_class_bind_template_child (class, SkInspector, gain);
  gtk_widget_class_bind_template_child (class, SkInspector, branch);
  gtk_widget_class_bind_template_child (class, SkInspector, dead);
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
  bind_numbers (widget_class);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, controls);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, frozen);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, fader_place);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, layer_group);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, layers);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, run_group);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, factor);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, rate);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, recipe_row);
  gtk_widget_class_bind_template_child (widget_class, SkInspector, folder_row);
  gtk_widget_class_bind_template_callback (widget_class, frozen_cb);
  gtk_widget_class_bind_template_callback (widget_class, factor_cb);
}

static void
sk_inspector_init (SkInspector *self) {
  self->group = self->block = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
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
