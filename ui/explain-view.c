#include "explain-view.h"

#include <glib/gi18n.h>

#include "heat-area.h"
#include "inside-area.h"
#include "resources.h"
#include "rows.h"
#include "waterfall-area.h"
#include "waterfall-picture.h"

/* What lies over the picture, in the order of the choice. */
typedef enum {
  HEAT_NOTHING,
  HEAT_GRAD_CAM,
  HEAT_BLOCK,
  HEAT_COVER,
} Heat;

struct _SkExplainView {
  AdwBin parent;
  SkEngine *engine;
  GtkStack *stack; /* "none", "wait", "why" or "error" */
  AdwStatusPage *problem;
  SkHeatArea *dropped, *seen;
  GtkLabel *seen_facts, *sentence, *heat_note;
  GtkDropDown *heat, *class;
  GtkRange *block, *opacity;
  GtkWidget *block_row;
  GtkSpinner *covering;
  GtkWidget *stop;
  SkWaterfallArea *waterfall;
  SkInsideArea *inside;

  char *path; /* (nullable): of the picture shown */
  GBytes *bytes; /* (nullable) */
  guint asked, cover_asked; /* serials; 0: nothing is awaited */
  SkAnswer *answer; /* (nullable): an EXPLAIN without error */
  SkMap cover; /* of the class explained; no values: not known yet */
  gboolean filling; /* widgets are set by us */
};

G_DEFINE_FINAL_TYPE (SkExplainView, sk_explain_view, ADW_TYPE_BIN)

static int
chosen_block (SkExplainView *self) {
  return (int) gtk_range_get_value (self->block);
}

static void
send (SkExplainView *self, SkCommandKind kind, int class, guint *serial) {
  SkCommand command = { .kind = kind,
                        .path = self->path,
                        .bytes = self->bytes,
                        .class_index = class,
                        .serial = sk_engine_next_serial (self->engine) };

  *serial = command.serial;
  sk_engine_send (self->engine, &command);
}

static void
stop_covering (SkExplainView *self) {
  SkCommand cancel = { .kind = SK_COMMAND_CANCEL, .serial = self->cover_asked };

  if (self->cover_asked == 0)
    return;
  sk_engine_send (self->engine, &cancel);
  self->cover_asked = 0;
}

static void
show_covering (SkExplainView *self) {
  gtk_widget_set_visible (GTK_WIDGET (self->covering), self->cover_asked > 0);
  gtk_widget_set_visible (self->stop, self->cover_asked > 0);
  gtk_spinner_set_spinning (self->covering, self->cover_asked > 0);
}

static void
show_heat (SkExplainView *self) {
  static const char *const notes[] = {
    N_ ("The picture as the network reads it."),
    N_ ("Grad-CAM: where the block’s channels speak for the class."),
    N_ ("What the block’s branch adds to the logit, place by place; all blocks "
        "together "
        "add up to it exactly. Hatched colours speak against it."),
    N_ ("How much of the probability is lost where that part is covered."),
  };
  const SkExplanation *why = self->answer->explanation;
  const SkBlockView *view = &why->blocks[chosen_block (self)];
  Heat heat = (Heat) gtk_drop_down_get_selected (self->heat);

  gtk_label_set_text (self->heat_note, _ (notes[heat]));
  gtk_widget_set_sensitive (self->block_row, heat != HEAT_COVER);
  switch (heat) {
  case HEAT_NOTHING:
    sk_heat_area_set_map (self->seen, NULL, SK_HEAT_POSITIVE);
    break;
  case HEAT_GRAD_CAM:
    sk_heat_area_set_map (self->seen, &view->cam, SK_HEAT_POSITIVE);
    break;
  case HEAT_BLOCK:
    sk_heat_area_set_map (self->seen, &view->part, SK_HEAT_SIGNED);
    break;
  case HEAT_COVER:
    sk_heat_area_set_map (self->seen, &self->cover, SK_HEAT_SIGNED);
    if (self->cover.values == NULL && self->cover_asked == 0)
      send (self, SK_COMMAND_OCCLUDE, why->class, &self->cover_asked);
    break;
  }
  if (heat != HEAT_COVER)
    stop_covering (self);
  show_covering (self);
}

static void
show_block (SkExplainView *self) {
  int block = chosen_block (self);

  sk_waterfall_area_select (self->waterfall, block);
  sk_inside_area_set (self->inside, self->answer->explanation, block);
  show_heat (self);
}

static void
block_cb (SkExplainView *self) {
  if (!self->filling && self->answer)
    show_block (self);
}

static void
heat_cb (SkExplainView *self) {
  if (!self->filling && self->answer)
    show_heat (self);
}

static void
opacity_cb (SkExplainView *self) {
  sk_heat_area_set_opacity (self->seen, gtk_range_get_value (self->opacity));
}

static void
stop_cb (SkExplainView *self) {
  gtk_drop_down_set_selected (self->heat, HEAT_GRAD_CAM);
}

static void
class_cb (SkExplainView *self) {
  guint at = gtk_drop_down_get_selected (self->class);

  if (self->filling || self->answer == NULL || at >= (guint) self->answer->n_top)
    return;
  stop_covering (self);
  send (self, SK_COMMAND_EXPLAIN, self->answer->top[at].index, &self->asked);
}

static void
selected_cb (SkExplainView *self, int block) {
  gtk_range_set_value (self->block, block);
}

static char *
format_block_cb (GtkScale *scale, double value, SkExplainView *self) {
  const SkExplanation *why = self->answer ? self->answer->explanation : NULL;
  int block = (int) value;

  return g_strdup (why && block < why->n_blocks ? why->blocks[block].name : "");
}

static void
fill_classes (SkExplainView *self) {
  GtkStringList *names = gtk_string_list_new (NULL);
  guint chosen = 0;

  for (int i = 0; i < self->answer->n_top; i++) {
    const SkRanked *ranked = &self->answer->top[i];
    g_autofree char *name = g_strdup_printf ("%s (%.1f %%)", ranked->name,
                                             100 * (double) ranked->probability);

    gtk_string_list_append (names, name);
    if (ranked->index == self->answer->explanation->class)
      chosen = (guint) i;
  }
  gtk_drop_down_set_model (self->class, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->class, chosen);
  g_object_unref (names);
}

static void
fill_facts (SkExplainView *self) {
  const SkExplanation *why = self->answer->explanation;
  g_autofree char *size = why->resize > 0
                              ? g_strdup_printf (_ ("short side to %d, middle %d × %d"),
                                                 why->resize, why->side, why->side)
                              : g_strdup_printf ("%d × %d", why->side, why->side);
  g_autofree char *facts = g_strdup_printf (
      _ ("%s · %s · mean %.3f %.3f %.3f · std %.3f %.3f %.3f · %.0f ms"),
      self->answer->model, size, (double) why->mean[0], (double) why->mean[1],
      (double) why->mean[2], (double) why->std[0], (double) why->std[1],
      (double) why->std[2], 1000 * self->answer->seconds);
  g_autofree char *sentence = sk_waterfall_sum_up (why);

  gtk_label_set_text (self->seen_facts, facts);
  gtk_label_set_text (self->sentence, sentence);
}

static void
show_answer (SkExplainView *self) {
  const SkExplanation *why = self->answer->explanation;
  gboolean first = self->cover.values == NULL;

  self->filling = TRUE;
  sk_map_clear (&self->cover);
  sk_heat_area_set_picture (self->dropped, self->answer->thumbnail,
                            self->answer->thumb_width, self->answer->thumb_height,
                            _ ("The picture"));
  sk_heat_area_set_picture (self->seen, why->seen, why->side, why->side,
                            _ ("What the network sees"));
  sk_waterfall_area_set (self->waterfall, why);
  /* The scale of one block has no length. */
  gtk_widget_set_visible (self->block_row, why->n_blocks > 1);
  gtk_range_set_range (self->block, 0, MAX (why->n_blocks - 1, 1));
  if (first)
    gtk_range_set_value (self->block, why->n_blocks - 1);
  fill_classes (self);
  fill_facts (self);
  self->filling = FALSE;
  show_block (self);
  gtk_stack_set_visible_child_name (self->stack, "why");
}

/* @answer is the snapshot's: what is kept is taken out of it. */
static void
take_explanation (SkExplainView *self, SkAnswer *answer) {
  self->asked = 0;
  if (answer->error || answer->explanation == NULL) {
    adw_status_page_set_description (self->problem, NULL);
    if (answer->error) {
      g_autofree char *plain = g_markup_escape_text (answer->error, -1);

      adw_status_page_set_description (self->problem, plain);
    }
    gtk_stack_set_visible_child_name (self->stack, "error");
    return;
  }
  sk_waterfall_area_set (self->waterfall, NULL);
  sk_inside_area_set (self->inside, NULL, 0);
  g_clear_pointer (&self->answer, sk_answer_free);
  self->answer = sk_answer_steal (answer);
  show_answer (self);
}

static void
take_covering (SkExplainView *self, SkAnswer *answer) {
  self->cover_asked = 0;
  sk_map_clear (&self->cover);
  self->cover = answer->occlusion;
  answer->occlusion = (SkMap){ 0 };
  if (self->answer && self->cover.values)
    show_heat (self);
  show_covering (self);
}

static void
snapshot_cb (SkExplainView *self, SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);

    if (answer->serial == 0)
      continue;
    if (answer->kind == SK_COMMAND_EXPLAIN && answer->serial == self->asked)
      take_explanation (self, answer);
    else if (answer->kind == SK_COMMAND_OCCLUDE && answer->serial == self->cover_asked)
      take_covering (self, answer);
  }
}

void
sk_explain_view_ask (SkExplainView *self, const char *path, GBytes *bytes) {
  stop_covering (self);
  sk_map_clear (&self->cover);
  g_free (self->path);
  self->path = g_strdup (path);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = bytes ? g_bytes_ref (bytes) : NULL;
  self->asked = 0;
  if (path == NULL && bytes == NULL) {
    gtk_stack_set_visible_child_name (self->stack, "none");
    return;
  }
  send (self, SK_COMMAND_EXPLAIN, -1, &self->asked);
  if (self->answer == NULL)
    gtk_stack_set_visible_child_name (self->stack, "wait");
}

void
sk_explain_view_set_engine (SkExplainView *self, SkEngine *engine) {
  g_set_object (&self->engine, engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
sk_explain_view_dispose (GObject *object) {
  SkExplainView *self = SK_EXPLAIN_VIEW (object);

  if (self->answer) {
    sk_waterfall_area_set (self->waterfall, NULL);
    sk_inside_area_set (self->inside, NULL, 0);
  }
  g_clear_pointer (&self->answer, sk_answer_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->path, g_free);
  sk_map_clear (&self->cover);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_explain_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *class) {
  gtk_widget_class_set_template_from_resource (class,
                                               SK_RESOURCES "ui/explain-view.ui");
  gtk_widget_class_bind_template_child (class, SkExplainView, stack);
  gtk_widget_class_bind_template_child (class, SkExplainView, problem);
  gtk_widget_class_bind_template_child (class, SkExplainView, dropped);
  gtk_widget_class_bind_template_child (class, SkExplainView, seen);
  gtk_widget_class_bind_template_child (class, SkExplainView, seen_facts);
  gtk_widget_class_bind_template_child (class, SkExplainView, sentence);
  gtk_widget_class_bind_template_child (class, SkExplainView, heat_note);
  gtk_widget_class_bind_template_child (class, SkExplainView, heat);
  gtk_widget_class_bind_template_child (class, SkExplainView, class);
  gtk_widget_class_bind_template_child (class, SkExplainView, block);
  gtk_widget_class_bind_template_child (class, SkExplainView, block_row);
  gtk_widget_class_bind_template_child (class, SkExplainView, opacity);
  gtk_widget_class_bind_template_child (class, SkExplainView, covering);
  gtk_widget_class_bind_template_child (class, SkExplainView, stop);
  gtk_widget_class_bind_template_child (class, SkExplainView, waterfall);
  gtk_widget_class_bind_template_child (class, SkExplainView, inside);
  gtk_widget_class_bind_template_callback (class, block_cb);
  gtk_widget_class_bind_template_callback (class, heat_cb);
  gtk_widget_class_bind_template_callback (class, class_cb);
  gtk_widget_class_bind_template_callback (class, opacity_cb);
  gtk_widget_class_bind_template_callback (class, stop_cb);
  gtk_widget_class_bind_template_callback (class, selected_cb);
}

static void
sk_explain_view_class_init (SkExplainViewClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_explain_view_dispose;
  bind_template (GTK_WIDGET_CLASS (class));
}

static void
sk_explain_view_init (SkExplainView *self) {
  g_type_ensure (SK_TYPE_HEAT_AREA);
  g_type_ensure (SK_TYPE_WATERFALL_AREA);
  g_type_ensure (SK_TYPE_INSIDE_AREA);
  gtk_widget_init_template (GTK_WIDGET (self));
  sk_rows_ignore_wheel (GTK_WIDGET (self->block));
  sk_rows_ignore_wheel (GTK_WIDGET (self->opacity));
  gtk_scale_set_format_value_func (
      GTK_SCALE (self->block), (GtkScaleFormatValueFunc) format_block_cb, self, NULL);
}
