#include "build-page.h"

#include <glib/gi18n.h>

#include "graph-area.h"
#include "rows.h"

/* Typing goes on for a while: the engine is asked when it pauses, in ms. */
#define SETTLE_MS 250

struct _SkBuildPage {
  GtkBox parent;
  SkEngine *engine;
  SkRecipeForm *form;
  SkGraphArea *graph;
  GtkLabel *title, *parameters, *macs, *memory, *pictures, *steps;
  GtkLabel *problem;
  GtkWidget *problem_box, *start;
  guint settle; /* source; 0: none */
};

G_DEFINE_FINAL_TYPE (SkBuildPage, sk_build_page, GTK_TYPE_BOX)

enum {
  SIGNAL_STARTED,
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
}

/* 4089184256 as "4.09 G". */
static char *
short_count (gint64 value) {
  const char *const units[] = { "", " k", " M", " G" };
  double scaled = (double) value;
  int unit = 0;

  for (; scaled >= 1000 && unit < 3; unit++)
    scaled /= 1000;
  return g_strdup_printf (unit == 0 ? "%.0f%s" : "%.2f%s", scaled, units[unit]);
}

static void
show_summary (SkBuildPage *self, const SkSnapshot *snapshot) {
  const SkSummary *summary = &snapshot->summary;
  g_autofree char *macs = short_count (summary->macs);
  g_autofree char *needed = g_format_size (summary->memory);
  g_autofree char *available = g_format_size (summary->memory_free);
  g_autofree char *memory = g_strdup_printf (_ ("%s of %s free"), needed, available);
  g_autofree char *parameters =
      g_strdup_printf ("%'" G_GINT64_FORMAT, summary->parameters);
  g_autofree char *pictures =
      g_strdup_printf (_ ("%'d to learn from, %'d to test, %d classes"),
                       summary->train_images, summary->test_images, summary->classes);
  g_autofree char *steps = g_strdup_printf ("%'d", summary->steps_per_epoch);

  gtk_label_set_text (self->parameters, parameters);
  gtk_label_set_text (self->macs, macs);
  gtk_label_set_text (self->memory, memory);
  gtk_label_set_text (self->pictures, summary->train_images > 0 ? pictures
                                      : summary->complete       ? "–"
                                                                : _ ("opening…"));
  gtk_label_set_text (self->steps, summary->steps_per_epoch > 0 ? steps : "–");
}

static void
snapshot_cb (SkBuildPage *self, SkSnapshot *snapshot) {
  gboolean problem = snapshot->summary.problem != NULL;

  sk_graph_area_take (self->graph, snapshot);
  if (snapshot->plan != NULL) {
    gtk_label_set_text (self->title, snapshot->plan->variant.title);
    show_summary (self, snapshot);
  }
  gtk_widget_set_visible (self->problem_box, problem);
  if (problem)
    gtk_label_set_text (self->problem, snapshot->summary.problem);
  gtk_widget_set_sensitive (self->start, sk_build_page_is_ready (self));
}

gboolean
sk_build_page_is_ready (SkBuildPage *self) {
  const SkSnapshot *state = sk_engine_state (self->engine);

  return !sk_engine_is_busy (self->engine) && self->settle == 0 &&
         state->summary.problem == NULL;
}

void
sk_build_page_start (SkBuildPage *self) {
  SkCommand command = { .kind = SK_COMMAND_START,
                        .recipe = sk_recipe_form_recipe (self->form) };

  sk_engine_send (self->engine, &command);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0);
}

SkRecipeForm *
sk_build_page_form (SkBuildPage *self) {
  return self->form;
}

static GtkWidget *
build_problem (SkBuildPage *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "problem");
  gtk_widget_set_visible (box, FALSE);
  self->problem = GTK_LABEL (label);
  self->problem_box = box;
  return box;
}

static GtkWidget *
build_summary (SkBuildPage *self) {
  GtkWidget *group = adw_preferences_group_new ();
  AdwPreferencesGroup *rows = ADW_PREFERENCES_GROUP (group);

  self->parameters = sk_row_add_value (rows, _ ("Parameters"));
  self->macs = sk_row_add_value (rows, _ ("Multiply-adds for a picture"));
  self->memory = sk_row_add_value (rows, _ ("Memory to train"));
  self->pictures = sk_row_add_value (rows, _ ("Pictures"));
  self->steps = sk_row_add_value (rows, _ ("Steps in an epoch"));
  return group;
}

static GtkWidget *
build_preview (SkBuildPage *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *start = gtk_button_new_with_label (_ ("Start training"));

  gtk_widget_add_css_class (title, "title-2");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (start, "suggested-action");
  gtk_widget_add_css_class (start, "pill");
  gtk_widget_set_halign (start, GTK_ALIGN_CENTER);
  self->title = GTK_LABEL (title);
  self->graph = SK_GRAPH_AREA (sk_graph_area_new ());
  self->start = start;
  g_signal_connect_swapped (start, "clicked", G_CALLBACK (sk_build_page_start), self);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->graph));
  gtk_box_append (GTK_BOX (box), build_problem (self));
  gtk_box_append (GTK_BOX (box), build_summary (self));
  gtk_box_append (GTK_BOX (box), start);
  gtk_widget_add_css_class (box, "preview");
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static void
sk_build_page_dispose (GObject *object) {
  SkBuildPage *self = SK_BUILD_PAGE (object);

  g_clear_handle_id (&self->settle, g_source_remove);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_build_page_parent_class)->dispose (object);
}

static void
sk_build_page_class_init (SkBuildPageClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_build_page_dispose;
  signals[SIGNAL_STARTED] =
      g_signal_new ("started", SK_TYPE_BUILD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sk_build_page_init (SkBuildPage *self) {
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *form = sk_recipe_form_new ();

  gtk_widget_add_css_class (form, "form");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), form);
  gtk_widget_set_size_request (scroller, 400, -1);
  self->form = SK_RECIPE_FORM (form);
  g_signal_connect_swapped (form, "changed", G_CALLBACK (form_changed_cb), self);
  gtk_box_append (GTK_BOX (self), scroller);
  gtk_box_append (GTK_BOX (self), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (self), build_preview (self));
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
