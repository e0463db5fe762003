#include "transfer-page.h"

#include <glib/gi18n.h>

#include "data-card.h"
#include "freeze-form.h"
#include "graph-area.h"
#include "phase-form.h"
#include "resources.h"
#include "rows.h"
#include "timeline-area.h"
#include "weights-card.h"

/* Typing goes on for a while: the engine is asked when it pauses, in ms. */
#define SETTLE_MS 200

/* px of the form beside the drawing: rows hold some small pictures. */
#define FORM_WIDTH 400

struct _SkTransferPage {
  AdwBin parent;
  SkEngine *engine;
  SkRecipe recipe;
  GtkBox *halves, *forms;
  GtkWidget *scroller;
  GtkRevealer *busy;
  SkDataCard *data;
  SkWeightsCard *weights;
  SkFreezeForm *freeze;
  SkPhaseForm *phases;
  GtkLabel *title, *hint, *problem;
  SkGraphArea *graph;
  SkTimelineArea *timeline;
  GtkWidget *problem_box, *start;
  guint settle; /* source; 0: none */
};

G_DEFINE_FINAL_TYPE (SkTransferPage, sk_transfer_page, ADW_TYPE_BIN)

enum {
  SIGNAL_STARTED,
  SIGNAL_READY_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
ask (SkTransferPage *self) {
  SkCommand command = { .kind = SK_COMMAND_PLAN, .recipe = &self->recipe };

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    sk_engine_send (self->engine, &command);
}

static gboolean
settled_cb (gpointer data) {
  SkTransferPage *self = data;

  self->settle = 0;
  ask (self);
  g_signal_emit (self, signals[SIGNAL_READY_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* "Adam 0.001" */
static char *
describe_manner (const char *what, SkManner manner) {
  static const char *const names[] = { "SGD", "Adam", "AdamW" };

  return g_strdup_printf ("%s: %s %g", what, names[manner.optimizer],
                          (double) manner.lr);
}

static void
show_timeline (SkTransferPage *self) {
  g_autofree char *first =
      describe_manner (g_strcmp0 (self->recipe.freeze, "trunk") == 0 ? _ ("Head")
                       : self->recipe.freeze != NULL ? _ ("What is not frozen")
                                                     : _ ("Everything"),
                       sk_recipe_manner (&self->recipe, 0));
  g_autofree char *second =
      describe_manner (_ ("Everything"), sk_recipe_manner (&self->recipe, 1));

  sk_timeline_area_show (self->timeline, self->recipe.epochs, self->recipe.unfreeze,
                         first, second);
}

/* What is missing before anything can be said of a run. */
static const char *
missing (SkTransferPage *self) {
  if (sk_data_card_data (self->data) == NULL)
    return _ ("Drop a folder of pictures here, with a folder for each class.");
  if (sk_weights_card_path (self->weights) == NULL)
    return _ ("Drop the weights to begin with: a .pth or .safetensors file.");
  return NULL;
}

static void
show_problem (SkTransferPage *self) {
  const SkSnapshot *state = sk_engine_state (self->engine);
  const char *what = missing (self);
  const char *problem = what ? what : state->summary.problem;

  gtk_widget_set_visible (self->problem_box,
                          problem != NULL && !sk_engine_has_run (self->engine));
  if (problem == NULL)
    return;
  gtk_label_set_text (self->problem, problem);
  if (what != NULL)
    gtk_widget_remove_css_class (self->problem_box, "error");
  else
    gtk_widget_add_css_class (self->problem_box, "error");
}

/* Every part of the page ends here: it is read as a whole. */
static void
edited (SkTransferPage *self) {
  const char *data = sk_data_card_data (self->data);
  const char *net = sk_weights_card_net (self->weights);

  sk_phase_form_read (self->phases, &self->recipe);
  sk_freeze_form_read (self->freeze, &self->recipe);
  g_free (self->recipe.data);
  self->recipe.data = g_strdup (data ? data : "builtin");
  g_free (self->recipe.init);
  /* Until the file was looked into, which network it fills is not known. */
  self->recipe.init = g_strdup (net ? sk_weights_card_path (self->weights) : NULL);
  if (net != NULL) {
    g_free (self->recipe.net);
    self->recipe.net = g_strdup (net);
  }
  show_timeline (self);
  show_problem (self);
  g_clear_handle_id (&self->settle, g_source_remove);
  self->settle = g_timeout_add (SETTLE_MS, settled_cb, self);
  g_signal_emit (self, signals[SIGNAL_READY_CHANGED], 0);
}

static void
data_cb (SkTransferPage *self) {
  sk_weights_card_set_classes (self->weights, sk_data_card_classes (self->data));
  edited (self);
}

static void
timeline_cb (SkTransferPage *self) {
  self->recipe.unfreeze = sk_timeline_area_unfreeze (self->timeline);
  sk_phase_form_show (self->phases, &self->recipe);
  edited (self);
}

/* A click freezes a block, or lets it learn. */
static void
activated_cb (SkTransferPage *self, int node) {
  const SkGraph *graph = sk_graph_area_graph (self->graph);

  if (graph == NULL || node < 0 || node >= graph->n_nodes ||
      sk_engine_has_run (self->engine))
    return;
  sk_freeze_form_toggle (self->freeze, graph->nodes[node].group);
}

static void
show_busy (SkTransferPage *self) {
  gboolean busy = sk_engine_has_run (self->engine);

  if (busy == gtk_revealer_get_reveal_child (self->busy))
    return;
  gtk_revealer_set_reveal_child (self->busy, busy);
  sk_rows_set_sensitive (GTK_WIDGET (self->forms), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->timeline), !busy);
}

static gboolean
is_ours (SkTransferPage *self, const SkPlan *plan) {
  return plan != NULL && g_strcmp0 (plan->variant.name, self->recipe.net) == 0;
}

static void
snapshot_cb (SkTransferPage *self, SkSnapshot *snapshot) {
  show_busy (self);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  sk_graph_area_take (self->graph, snapshot);
  if (snapshot->plan != NULL)
    gtk_label_set_text (self->title, snapshot->plan->variant.title);
  if (is_ours (self, snapshot->plan))
    sk_freeze_form_set_plan (self->freeze, snapshot->plan);
  show_problem (self);
}

gboolean
sk_transfer_page_is_ready (SkTransferPage *self) {
  const SkSnapshot *state = sk_engine_state (self->engine);

  return !sk_engine_has_run (self->engine) && self->settle == 0 &&
         missing (self) == NULL && self->recipe.init != NULL &&
         is_ours (self, state->plan) && state->summary.complete &&
         state->summary.problem == NULL;
}

void
sk_transfer_page_start (SkTransferPage *self) {
  SkCommand command = { .kind = SK_COMMAND_START, .recipe = &self->recipe };

  g_clear_handle_id (&self->settle, g_source_remove);
  sk_engine_send (self->engine, &command);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0);
}

void
sk_transfer_page_take_data (SkTransferPage *self, const char *path) {
  sk_data_card_take (self->data, path);
}

void
sk_transfer_page_take_weights (SkTransferPage *self, const char *path) {
  sk_weights_card_take (self->weights, path);
}

const SkRecipe *
sk_transfer_page_recipe (SkTransferPage *self) {
  return &self->recipe;
}

void
sk_transfer_page_set_narrow (SkTransferPage *self, gboolean narrow) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->halves),
                                  narrow ? GTK_ORIENTATION_VERTICAL
                                         : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_size_request (self->scroller, narrow ? -1 : FORM_WIDTH, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->graph), !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), !narrow);
}

/* The engine describes one recipe at a time: that of the page that is seen. */
static void
sk_transfer_page_map (GtkWidget *widget) {
  GTK_WIDGET_CLASS (sk_transfer_page_parent_class)->map (widget);
  ask (SK_TRANSFER_PAGE (widget));
}

static void
sk_transfer_page_dispose (GObject *object) {
  SkTransferPage *self = SK_TRANSFER_PAGE (object);

  g_clear_handle_id (&self->settle, g_source_remove);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_transfer_page_parent_class)->dispose (object);
}

static void
sk_transfer_page_finalize (GObject *object) {
  sk_recipe_clear (&SK_TRANSFER_PAGE (object)->recipe);
  G_OBJECT_CLASS (sk_transfer_page_parent_class)->finalize (object);
}

static void
sk_transfer_page_class_init (SkTransferPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_transfer_page_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_transfer_page_finalize;
  widget_class->map = sk_transfer_page_map;
  signals[SIGNAL_STARTED] =
      g_signal_new ("started", SK_TYPE_TRANSFER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_READY_CHANGED] =
      g_signal_new ("ready-changed", SK_TYPE_TRANSFER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/transfer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, halves);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, forms);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, busy);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, title);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, hint);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, graph);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SkTransferPage, start);
}

static void
sk_transfer_page_init (SkTransferPage *self) {
  g_type_ensure (SK_TYPE_GRAPH_AREA);
  g_type_ensure (SK_TYPE_TIMELINE_AREA);
  gtk_widget_init_template (GTK_WIDGET (self));
  sk_recipe_init (&self->recipe);
  sk_recipe_apply_preset (&self->recipe, "transfer", NULL);
  g_free (self->recipe.net);
  self->recipe.net = g_strdup ("resnet18");
}

static void
add (SkTransferPage *self, GtkWidget *form, GCallback callback) {
  gtk_box_append (self->forms, form);
  g_signal_connect_swapped (form, "changed", callback, self);
}

GtkWidget *
sk_transfer_page_new (SkEngine *engine) {
  SkTransferPage *self = g_object_new (SK_TYPE_TRANSFER_PAGE, NULL);

  self->engine = g_object_ref (engine);
  self->data = SK_DATA_CARD (sk_data_card_new (engine));
  self->weights = SK_WEIGHTS_CARD (sk_weights_card_new (engine));
  self->freeze = SK_FREEZE_FORM (sk_freeze_form_new ());
  self->phases = SK_PHASE_FORM (sk_phase_form_new ());
  sk_phase_form_show (self->phases, &self->recipe);
  add (self, GTK_WIDGET (self->data), G_CALLBACK (data_cb));
  add (self, GTK_WIDGET (self->weights), G_CALLBACK (edited));
  add (self, GTK_WIDGET (self->freeze), G_CALLBACK (edited));
  add (self, GTK_WIDGET (self->phases), G_CALLBACK (edited));
  g_signal_connect_swapped (self->timeline, "changed", G_CALLBACK (timeline_cb), self);
  g_signal_connect_swapped (self->graph, "activated", G_CALLBACK (activated_cb), self);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  show_timeline (self);
  show_problem (self);
  return GTK_WIDGET (self);
}
