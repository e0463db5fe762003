#include "build-page.h"

#include <glib/gi18n.h>

#include "fact.h"
#include "graph-area.h"
#include "resources.h"
#include "rows.h"
#include "words.h"

/* Typing goes on for a while: the engine is asked when it pauses, in ms. */
#define SETTLE_MS 200

struct _SkBuildPage {
  AdwBin parent;
  SkEngine *engine;
  GtkBox *halves;
  GtkRevealer *busy;
  SkRecipeForm *form;
  GtkLabel *title, *problem;
  SkGraphArea *graph;
  GtkWidget *problem_box, *start;
  GtkFlowBox *facts;
  SkFact *parameters, *macs, *memory, *pictures, *steps;
  guint settle; /* source; 0: none */
  guint run_serial; /* of the run whose recipe the form was shown */
};

G_DEFINE_FINAL_TYPE (SkBuildPage, sk_build_page, ADW_TYPE_BIN)

enum {
  SIGNAL_STARTED,
  SIGNAL_READY_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
ask (SkBuildPage *self) {
  SkCommand command = { .kind = SK_COMMAND_PLAN,
                        .recipe = sk_recipe_form_recipe (self->form) };

  sk_engine_send (self->engine, &command);
}

static gboolean
settled_cb (gpointer data) {
  SkBuildPage *self = data;

  self->settle = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
form_changed_cb (SkBuildPage *self) {
  g_clear_handle_id (&self->settle, g_source_remove);
  self->settle = g_timeout_add (SETTLE_MS, settled_cb, self);
  g_signal_emit (self, signals[SIGNAL_READY_CHANGED], 0);
}

static void
show_pictures (SkBuildPage *self, const SkSummary *summary) {
  g_autofree char *train = sk_words_count (summary->train_images);
  g_autofree char *test = sk_words_count (summary->test_images);
  g_autofree char *both = g_strdup_printf ("%s + %s", train, test);
  g_autofree char *classes = g_strdup_printf (
      ngettext ("%d class", "%d classes", (gulong) summary->classes), summary->classes);
  g_autofree char *steps = sk_words_count (summary->steps_per_epoch);

  if (summary->train_images > 0)
    sk_fact_set (self->pictures, both, classes);
  else
    sk_fact_set (self->pictures,
                 summary->complete || summary->problem ? "–" : _ ("opening…"), NULL);
  sk_fact_set (self->steps, summary->steps_per_epoch > 0 ? steps : "–", NULL);
}

static void
show_summary (SkBuildPage *self, const SkSummary *summary) {
  g_autofree char *parameters = sk_words_count (summary->parameters);
  g_autofree char *macs = sk_words_large (summary->macs);
  g_autofree char *needed = g_format_size (summary->memory);
  g_autofree char *available = g_format_size (summary->memory_free);
  g_autofree char *note = g_strdup_printf (_ ("%s free"), available);

  sk_fact_set (self->parameters, parameters, NULL);
  sk_fact_set (self->macs, macs, _ ("one picture, forwards"));
  sk_fact_set (self->memory, needed, note);
  show_pictures (self, summary);
}

static void
show_problem (SkBuildPage *self, const char *problem) {
  gtk_widget_set_visible (self->problem_box, problem != NULL);
  if (problem != NULL)
    gtk_label_set_text (self->problem, problem);
}

/* While a run is under way the form shows what it was told, and waits. What prepares to
 * run still has the recipe of the run before it: that is another serial. */
static void
show_busy (SkBuildPage *self, const SkSnapshot *snapshot) {
  gboolean busy = sk_engine_has_run (self->engine);

  if (busy && snapshot->run_serial != self->run_serial && snapshot->race == NULL &&
      snapshot->recipe.net != NULL) {
    self->run_serial = snapshot->run_serial;
    sk_recipe_form_show (self->form, &snapshot->recipe);
  }
  if (busy == gtk_revealer_get_reveal_child (self->busy))
    return;
  gtk_revealer_set_reveal_child (self->busy, busy);
  sk_rows_set_sensitive (GTK_WIDGET (self->form), !busy);
}

static void
snapshot_cb (SkBuildPage *self, SkSnapshot *snapshot) {
  sk_graph_area_take (self->graph, snapshot);
  if (snapshot->plan != NULL) {
    gtk_label_set_text (self->title, snapshot->plan->variant.title);
    show_summary (self, &snapshot->summary);
  }
  show_problem (self, snapshot->summary.problem);
  show_busy (self, snapshot);
}

void
sk_build_page_prepare (SkBuildPage *self, const SkRecipe *recipe) {
  sk_recipe_form_show (self->form, recipe);
  form_changed_cb (self);
}

gboolean
sk_build_page_is_ready (SkBuildPage *self) {
  const SkSnapshot *state = sk_engine_state (self->engine);

  return !sk_engine_has_run (self->engine) && self->settle == 0 &&
         state->plan != NULL && state->summary.complete &&
         state->summary.problem == NULL;
}

void
sk_build_page_start (SkBuildPage *self) {
  SkCommand command = { .kind = SK_COMMAND_START,
                        .recipe = sk_recipe_form_recipe (self->form) };

  g_clear_handle_id (&self->settle, g_source_remove);
  sk_engine_send (self->engine, &command);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0);
}

SkRecipeForm *
sk_build_page_form (SkBuildPage *self) {
  return self->form;
}

void
sk_build_page_set_narrow (SkBuildPage *self, gboolean narrow) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->halves),
                                  narrow ? GTK_ORIENTATION_VERTICAL
                                         : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_visible (GTK_WIDGET (self->graph), !narrow);
}

static SkFact *
add_fact (SkBuildPage *self, const char *caption) {
  GtkWidget *fact = sk_fact_new (caption);

  gtk_flow_box_append (self->facts, fact);
  gtk_widget_set_focusable (gtk_widget_get_parent (fact), FALSE);
  return SK_FACT (fact);
}

static void
sk_build_page_dispose (GObject *object) {
  SkBuildPage *self = SK_BUILD_PAGE (object);

  g_clear_handle_id (&self->settle, g_source_remove);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_build_page_parent_class)->dispose (object);
}

/* The engine describes one recipe at a time: that of the page that is seen. */
static void
sk_build_page_map (GtkWidget *widget) {
  GTK_WIDGET_CLASS (sk_build_page_parent_class)->map (widget);
  ask (SK_BUILD_PAGE (widget));
}

static void
sk_build_page_class_init (SkBuildPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_build_page_dispose;
  widget_class->map = sk_build_page_map;
  signals[SIGNAL_STARTED] =
      g_signal_new ("started", SK_TYPE_BUILD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_READY_CHANGED] =
      g_signal_new ("ready-changed", SK_TYPE_BUILD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/build-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, halves);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, busy);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, form);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, title);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, graph);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, facts);
  gtk_widget_class_bind_template_child (widget_class, SkBuildPage, start);
  gtk_widget_class_bind_template_callback (widget_class, form_changed_cb);
}

static void
sk_build_page_init (SkBuildPage *self) {
  g_type_ensure (SK_TYPE_GRAPH_AREA);
  g_type_ensure (SK_TYPE_RECIPE_FORM);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->parameters = add_fact (self, _ ("parameters"));
  self->macs = add_fact (self, _ ("multiply-adds"));
  self->memory = add_fact (self, _ ("memory to train"));
  self->pictures = add_fact (self, _ ("pictures + tests"));
  self->steps = add_fact (self, _ ("steps an epoch"));
}

GtkWidget *
sk_build_page_new (SkEngine *engine) {
  SkBuildPage *self = g_object_new (SK_TYPE_BUILD_PAGE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  ask (self);
  return GTK_WIDGET (self);
}
