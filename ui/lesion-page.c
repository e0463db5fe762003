#include "lesion-page.h"

#include <glib/gi18n.h>

#include "export.h"
#include "file-choice.h"
#include "lesion-area.h"
#include "picture.h"
#include "resources.h"

/* Size of a saved picture, in px. */
#define SAVED_WIDTH 1200
#define SAVED_HEIGHT 700
#define SAVED_SCALE 2

struct _SkLesionPage {
  AdwBin parent;
  SkEngine *engine;
  GtkStack *stack;
  GtkWidget *first, *open;
  GtkLabel *empty_words;
  GtkLabel *title, *words, *sentence;
  GtkCheckButton *random;
  GtkButton *together, *run;
  GtkProgressBar *progress;
  SkLesionArea *area;
  guint serial; /* of the study asked for and not answered; 0: none */
  char *problem; /* (nullable): why there is no answer */
};

G_DEFINE_FINAL_TYPE (SkLesionPage, sk_lesion_page, ADW_TYPE_BIN)

enum {
  SIGNAL_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
show_together (SkLesionPage *self) {
  int n;
  g_autofree char *chosen = sk_lesion_area_chosen (self->area, &n);
  g_autofree char *label = g_strdup_printf (_ ("Cut the %d Together"), n);

  gtk_widget_set_visible (GTK_WIDGET (self->together), chosen != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->together), self->serial == 0);
  gtk_button_set_label (self->together, label);
}

/* What is said below the picture: of the block selected, or of all. */
static void
show_sentence (SkLesionPage *self) {
  const SkLesions *lesions = sk_lesion_area_lesions (self->area);
  int selected = sk_lesion_area_selected (self->area);
  g_autofree char *sentence = NULL;
  g_autofree char *block = NULL;
  g_autofree char *both = NULL;

  if (self->problem != NULL) {
    gtk_label_set_text (self->sentence, self->problem);
    return;
  }
  if (lesions == NULL || lesions->whole.n == 0) {
    gtk_label_set_text (self->sentence, "");
    return;
  }
  sentence = sk_lesion_sentence (lesions);
  if (selected >= 0) {
    block = sk_lesion_describe (lesions, selected);
    both = g_strdup_printf ("%s\n%s.", sentence, block);
  }
  gtk_label_set_text (self->sentence, both ? both : sentence);
}

static void
show_head (SkLesionPage *self, const SkLesions *lesions) {
  g_autofree char *words = NULL;

  if (lesions == NULL)
    return;
  if (lesions->running)
    words = g_strdup_printf (_ ("%s · %d of %d test pictures"), lesions->data,
                             lesions->images, lesions->images_wanted);
  else if (lesions->images < lesions->images_wanted)
    words = g_strdup_printf (_ ("%s · stopped after %d of %d test pictures"),
                             lesions->data, lesions->images, lesions->images_wanted);
  else
    words = g_strdup_printf (_ ("%s · %d test pictures in %.1f s"), lesions->data,
                             lesions->images, lesions->seconds);
  gtk_label_set_text (self->title, lesions->model);
  gtk_label_set_text (self->words, words);
}

/* (transfer full): which network would be measured, or what to do to have one. Those of a
 * race are nobody's but the race's until it has saved them. */
static char *
describe_choice (const SkSnapshot *state, gboolean under_way) {
  const char *race = state->race == NULL ? NULL
                     : under_way
                         ? _ ("A race is under way; its networks can be measured when "
                              "it is over, from the weights in its folder.")
                         : _ ("To measure a network of the race, open its weights in "
                              "the race’s folder.");
  g_autofree char *model = NULL;

  if (state->model == NULL)
    return g_strdup (race ? race
                          : _ ("Start a training, or open a file of weights first."));
  model = g_strdup_printf (_ ("This would measure %s."), state->model);
  return g_strjoin ("\n", model, race, NULL);
}

static void
show_state (SkLesionPage *self) {
  const SkSnapshot *state = sk_engine_state (self->engine);
  gboolean possible = state->model != NULL;
  gboolean running = self->serial > 0;
  g_autofree char *choice = describe_choice (state, sk_engine_has_run (self->engine));

  gtk_stack_set_visible_child_name (
      self->stack, state->lesions != NULL || running ? "study" : "empty");
  gtk_widget_set_sensitive (self->first, possible);
  gtk_widget_set_visible (self->open, !possible || state->race != NULL);
  gtk_label_set_text (self->empty_words, self->problem ? self->problem : choice);
  gtk_button_set_label (self->run, running ? _ ("Stop") : _ ("Measure Again"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->run), running || possible);
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), running ? 1 : 0);
  gtk_progress_bar_set_fraction (self->progress,
                                 running && state->lesions &&
                                         state->lesions->serial == self->serial
                                     ? state->lesions->progress
                                     : 0);
}

static void
take_answers (SkLesionPage *self, const SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = snapshot->answers->pdata[i];

    if (answer->kind != SK_COMMAND_LESION || answer->serial != self->serial)
      continue;
    self->serial = 0;
    /* Who stops it knows that it was stopped. */
    if (answer->error != NULL &&
        (snapshot->lesions == NULL || snapshot->lesions->serial != answer->serial))
      self->problem = g_strdup (answer->error);
  }
}

static void
snapshot_cb (SkLesionPage *self, SkSnapshot *snapshot) {
  take_answers (self, snapshot);
  if (snapshot->lesions != sk_lesion_area_lesions (self->area)) {
    sk_lesion_area_take (self->area, snapshot->lesions);
    show_head (self, snapshot->lesions);
  }
  show_sentence (self);
  show_together (self);
  show_state (self);
}

/* @blocks: (nullable): to be cut together as well */
static void
ask (SkLesionPage *self, const char *blocks) {
  SkCommand command = { .kind = SK_COMMAND_LESION,
                        .serial = sk_engine_next_serial (self->engine),
                        .path = blocks,
                        .flag = gtk_check_button_get_active (self->random) };

  g_clear_pointer (&self->problem, g_free);
  self->serial = command.serial;
  sk_engine_send (self->engine, &command);
  show_state (self);
}

static void
run_cb (SkLesionPage *self) {
  SkCommand cancel = { .kind = SK_COMMAND_CANCEL, .serial = self->serial };

  if (self->serial > 0)
    sk_engine_send (self->engine, &cancel);
  else
    ask (self, NULL);
}

static void
together_cb (SkLesionPage *self) {
  int n;
  g_autofree char *chosen = sk_lesion_area_chosen (self->area, &n);

  if (chosen != NULL && self->serial == 0)
    ask (self, chosen);
}

static void
selected_cb (SkLesionPage *self, int block) {
  show_sentence (self);
  show_together (self);
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, block);
}

static void
saved_cb (gpointer data, const char *path) {
  SkLesionPage *self = data;
  g_autoptr (GError) error = NULL;
  SkPalette palette;

  sk_picture_palette (GTK_WIDGET (self), &palette);
  if (!sk_export (path, SAVED_WIDTH, SAVED_HEIGHT, SAVED_SCALE, &palette,
                  sk_lesion_chart_figure, sk_lesion_area_lesions (self->area), &error))
    gtk_label_set_text (self->sentence, error->message);
}

static void
save_cb (SkLesionPage *self) {
  const SkLesions *lesions = sk_lesion_area_lesions (self->area);

  if (lesions != NULL && lesions->whole.n > 0)
    sk_file_choice_save (GTK_WIDGET (self), _ ("Save as PNG, SVG or PDF"), "lesion.png",
                         saved_cb, self);
}

static void
sk_lesion_page_dispose (GObject *object) {
  SkLesionPage *self = SK_LESION_PAGE (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (sk_lesion_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *class) {
  gtk_widget_class_set_template_from_resource (class, SK_RESOURCES "ui/lesion-page.ui");
  gtk_widget_class_bind_template_child (class, SkLesionPage, stack);
  gtk_widget_class_bind_template_child (class, SkLesionPage, first);
  gtk_widget_class_bind_template_child (class, SkLesionPage, open);
  gtk_widget_class_bind_template_child (class, SkLesionPage, empty_words);
  gtk_widget_class_bind_template_child (class, SkLesionPage, title);
  gtk_widget_class_bind_template_child (class, SkLesionPage, words);
  gtk_widget_class_bind_template_child (class, SkLesionPage, sentence);
  gtk_widget_class_bind_template_child (class, SkLesionPage, random);
  gtk_widget_class_bind_template_child (class, SkLesionPage, together);
  gtk_widget_class_bind_template_child (class, SkLesionPage, run);
  gtk_widget_class_bind_template_child (class, SkLesionPage, progress);
  gtk_widget_class_bind_template_child (class, SkLesionPage, area);
  gtk_widget_class_bind_template_callback (class, run_cb);
  gtk_widget_class_bind_template_callback (class, together_cb);
  gtk_widget_class_bind_template_callback (class, save_cb);
}

static void
sk_lesion_page_class_init (SkLesionPageClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_lesion_page_dispose;
  signals[SIGNAL_SELECTED] =
      g_signal_new ("selected", SK_TYPE_LESION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  bind_template (GTK_WIDGET_CLASS (class));
}

static void
sk_lesion_page_init (SkLesionPage *self) {
  g_type_ensure (SK_TYPE_LESION_AREA);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->area, "selected", G_CALLBACK (selected_cb), self);
}

GtkWidget *
sk_lesion_page_new (SkEngine *engine) {
  SkLesionPage *self = g_object_new (SK_TYPE_LESION_PAGE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  show_state (self);
  return GTK_WIDGET (self);
}
