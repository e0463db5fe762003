#include "race-page.h"

#include <glib/gi18n.h>

#include "data-choice.h"
#include "export.h"
#include "file-choice.h"
#include "picture.h"
#include "race-area.h"
#include "resources.h"
#include "rows.h"
#include "words.h"

/* Size of a saved picture, in px. */
#define SAVED_WIDTH 1240
#define SAVED_HEIGHT 780
#define SAVED_SCALE 2
/* What is said of a race changes no oftener, in µs: slower than it is read. */
#define WORDS_INTERVAL (3 * G_USEC_PER_SEC / 2)

struct _SkRacePage {
  AdwBin parent;
  SkEngine *engine;
  GtkStack *stack; /* "empty" or "race" */
  GtkDropDown *nets, *pairs;
  GtkMenuButton *settings;
  AdwPreferencesGroup *rows;
  GtkWidget *twins, *depths, *start, *save, *problem_box;
  GtkLabel *why_not, *words, *said, *problem;
  SkRaceArea *area;
  SkDataChoice *data;
  GtkSpinButton *steps;
  GtkLabel *recipe_words;
  SkRecipe recipe;
  gint64 words_at; /* monotonic µs */
  guint run_serial; /* whose pairs are offered */
  gboolean filling;
  gboolean racing; /* a race is under way */
};

G_DEFINE_FINAL_TYPE (SkRacePage, sk_race_page, ADW_TYPE_BIN)

/* Who may race, as the list shows it. */
static const struct {
  const char *title;
  const char *nets;
} choices[] = {
  { N_ ("ResNet-56 and its plain twin"), SK_RACE_TWINS },
  { N_ ("Depths 20 and 56, with and without skips"), SK_RACE_DEPTHS },
  { N_ ("ResNet-20 and its plain twin"), "resnet20,plain20" },
  { N_ ("ResNet-32 and its plain twin"), "resnet32,plain32" },
  { N_ ("ResNet-44 and its plain twin"), "resnet44,plain44" },
  { N_ ("ResNet-110 and its plain twin"), "resnet110,plain110" },
  { N_ ("ResNet-18 (CIFAR stem) and its plain twin"), "resnet18-cifar,plain18-cifar" },
  { N_ ("ResNet-34 (CIFAR stem) and its plain twin"), "resnet34-cifar,plain34-cifar" },
};

static void
fill_choices (SkRacePage *self) {
  GtkStringList *list = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    gtk_string_list_append (list, _ (choices[i].title));
  gtk_drop_down_set_model (self->nets, G_LIST_MODEL (list));
  g_object_unref (list);
}

/* The twins that can be looked at block by block, where there are several. */
static void
fill_pairs (SkRacePage *self) {
  const SkRaceView *view = sk_race_area_view (self->area);
  int n = sk_race_view_n_pairs (view);
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (int i = 0; i < n; i++) {
    g_autofree char *title = g_strdup_printf (
        _ ("Blocks of %s and %s"), sk_race_view_residual (view, i)->plan->variant.title,
        sk_race_view_plain (view, i)->plan->variant.title);

    gtk_string_list_append (list, title);
  }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->pairs, G_LIST_MODEL (list));
  if (n > 0)
    gtk_drop_down_set_selected (self->pairs, (guint) sk_race_view_pair (view));
  self->filling = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->pairs), n > 1);
}

static void
pair_cb (SkRacePage *self) {
  if (!self->filling)
    sk_race_area_set_pair (self->area, (int) gtk_drop_down_get_selected (self->pairs));
}

static void
show_problem (SkRacePage *self, const SkSnapshot *snapshot) {
  gboolean told = snapshot->message != NULL &&
                  (snapshot->race != NULL || snapshot->phase == SK_PHASE_FAILED);

  gtk_widget_set_visible (self->problem_box, told);
  if (told)
    gtk_label_set_text (self->problem, snapshot->message);
}

static void
show_words (SkRacePage *self, const SkSnapshot *snapshot) {
  gint64 now = g_get_monotonic_time ();
  gboolean moving = snapshot->phase == SK_PHASE_RUNNING;
  g_autofree char *words = NULL;

  if (moving && snapshot->step > 1 && now - self->words_at < WORDS_INTERVAL)
    return;
  self->words_at = now;
  words = snapshot->phase == SK_PHASE_PREPARING
              ? g_strdup (_ ("Opening the pictures and building the networks …"))
              : sk_race_view_words (sk_race_area_view (self->area));
  gtk_label_set_text (self->words, words);
}

/* What is grey says why. */
static void
show_sensitivity (SkRacePage *self, const SkSnapshot *snapshot) {
  gboolean free_to_start = !sk_engine_has_run (self->engine);
  const char *why = free_to_start ? NULL
                    : snapshot->race
                        ? _ ("A race is under way: it has to end or be stopped first.")
                        : _ ("A training is under way: it has to end or be stopped "
                             "before a race can start.");

  sk_rows_set_sensitive (GTK_WIDGET (self->nets), free_to_start);
  gtk_widget_set_sensitive (GTK_WIDGET (self->settings), free_to_start);
  gtk_widget_set_sensitive (self->start, free_to_start);
  gtk_widget_set_tooltip_text (self->start, why);
  gtk_widget_set_tooltip_text (self->twins, why);
  gtk_widget_set_tooltip_text (
      self->depths,
      why ? why : _ ("Four networks: 20 and 56 layers, with and without skips"));
  gtk_widget_set_visible (GTK_WIDGET (self->why_not), why != NULL);
  gtk_label_set_text (self->why_not, why ? why : "");
}

/* The button that started a race cannot be pressed while it runs. Left to itself the
 * focus would go to another one, and the space bar would press that. */
static void
follow_focus (SkRacePage *self, const SkSnapshot *snapshot) {
  gboolean racing = snapshot->race != NULL && sk_engine_has_run (self->engine);

  if (racing && !self->racing && gtk_widget_get_mapped (GTK_WIDGET (self->area)))
    gtk_widget_grab_focus (GTK_WIDGET (self->area));
  self->racing = racing;
}

static void
snapshot_cb (SkRacePage *self, SkSnapshot *snapshot) {
  show_sensitivity (self, snapshot);
  show_problem (self, snapshot);
  if (!sk_race_area_take (self->area, snapshot))
    return;
  gtk_stack_set_visible_child_name (self->stack, "race");
  follow_focus (self, snapshot);
  gtk_widget_set_sensitive (self->save, snapshot->run_serial > 0);
  show_words (self, snapshot);
  if (snapshot->run_serial != self->run_serial ||
      (guint) sk_race_view_n_pairs (sk_race_area_view (self->area)) !=
          g_list_model_get_n_items (gtk_drop_down_get_model (self->pairs))) {
    self->run_serial = snapshot->run_serial;
    fill_pairs (self);
  }
}

static void
said_cb (SkRacePage *self, const char *words) {
  gtk_label_set_text (self->said, words ? words : "");
}

static void
describe_recipe (SkRacePage *self) {
  g_autofree char *words = sk_words_recipe (&self->recipe, 0);

  gtk_label_set_text (self->recipe_words, words);
}

static void
steps_cb (SkRacePage *self) {
  self->recipe.steps = gtk_spin_button_get_value_as_int (self->steps);
}

static void
data_cb (SkRacePage *self) {
  g_free (self->recipe.data);
  self->recipe.data = g_strdup (sk_data_choice_data (self->data));
}

/* Which networks are listed follows what was started from elsewhere. */
static void
select_nets (SkRacePage *self, const char *nets) {
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_strcmp0 (choices[i].nets, nets) == 0)
      gtk_drop_down_set_selected (self->nets, i);
}

void
sk_race_page_start (SkRacePage *self, const char *nets) {
  SkCommand command = { .kind = SK_COMMAND_RACE,
                        .recipe = &self->recipe,
                        .nets = nets };

  if (sk_engine_has_run (self->engine))
    return;
  select_nets (self, nets);
  sk_engine_send (self->engine, &command);
}

static void
start_cb (SkRacePage *self) {
  guint selected = gtk_drop_down_get_selected (self->nets);

  if (selected < G_N_ELEMENTS (choices))
    sk_race_page_start (self, choices[selected].nets);
}

gboolean
sk_race_page_save_picture (SkRacePage *self, const char *path, GError **error) {
  const SkRaceView *view = sk_race_area_view (self->area);
  const SkSnapshot *state = sk_engine_state (self->engine);
  g_autofree char *title = sk_race_figure_title (view, state->summary.data_title);
  SkRaceFigure figure = { view, title };
  SkPalette palette;

  sk_picture_palette (GTK_WIDGET (self), &palette);
  return sk_export (path, SAVED_WIDTH, SAVED_HEIGHT, SAVED_SCALE, &palette,
                    sk_race_figure, &figure, error);
}

static void
chosen_cb (gpointer data, const char *path) {
  SkRacePage *self = data;
  g_autoptr (GError) error = NULL;

  if (sk_race_page_save_picture (self, path, &error)) {
    gtk_label_set_text (self->said, _ ("Picture saved"));
    return;
  }
  gtk_label_set_text (self->problem, error->message);
  gtk_widget_set_visible (self->problem_box, TRUE);
}

static void
save_cb (SkRacePage *self) {
  sk_file_choice_save (GTK_WIDGET (self), _ ("Save as PNG, SVG or PDF"), "race.png",
                       chosen_cb, self);
}

static void
fill_settings (SkRacePage *self) {
  GtkWidget *value, *row;

  self->data = sk_data_choice_new (self->rows);
  g_signal_connect_object (self->data, "changed", G_CALLBACK (data_cb), self,
                           G_CONNECT_SWAPPED);
  row = sk_row_spin_new (_ ("Steps"), _ ("Batches that every network learns from"), 10,
                         1000000, 50, 0, &value);
  adw_preferences_group_add (self->rows, row);
  self->steps = GTK_SPIN_BUTTON (value);
  gtk_spin_button_set_value (self->steps, (double) self->recipe.steps);
  g_signal_connect_object (self->steps, "value-changed", G_CALLBACK (steps_cb), self,
                           G_CONNECT_SWAPPED);
  describe_recipe (self);
}

static void
sk_race_page_dispose (GObject *object) {
  SkRacePage *self = SK_RACE_PAGE (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->data);
  G_OBJECT_CLASS (sk_race_page_parent_class)->dispose (object);
}

static void
sk_race_page_finalize (GObject *object) {
  sk_recipe_clear (&SK_RACE_PAGE (object)->recipe);
  G_OBJECT_CLASS (sk_race_page_parent_class)->finalize (object);
}

static void
sk_race_page_class_init (SkRacePageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_race_page_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_race_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/race-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, stack);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, twins);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, depths);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, why_not);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, nets);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, pairs);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, settings);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, rows);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, save);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, start);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, words);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, said);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, problem);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, recipe_words);
  gtk_widget_class_bind_template_child (widget_class, SkRacePage, area);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, pair_cb);
  gtk_widget_class_bind_template_callback (widget_class, said_cb);
}

static void
sk_race_page_init (SkRacePage *self) {
  g_type_ensure (SK_TYPE_RACE_AREA);
  gtk_widget_init_template (GTK_WIDGET (self));
  sk_race_recipe_init (&self->recipe);
  fill_choices (self);
  fill_pairs (self);
  fill_settings (self);
}

GtkWidget *
sk_race_page_new (SkEngine *engine) {
  SkRacePage *self = g_object_new (SK_TYPE_RACE_PAGE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
