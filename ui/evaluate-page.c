#include "evaluate-page.h"

#include <math.h>

#include <glib/gi18n.h>

#include "confusion-area.h"
#include "evaluation.h"
#include "file-choice.h"
#include "gallery.h"
#include "picture.h"
#include "reliability.h"
#include "resources.h"
#include "staircase-area.h"
#include "staircase.h"

/* Pictures shown at once. */
#define MOST_PICTURES 120
/* Seconds between two looks at the few hundred pictures while it learns. */
#define LIVE_EVERY 3

struct _SkEvaluatePage {
  AdwBin parent;
  SkEngine *engine;
  GtkStack *stack; /* "empty" or "report" */
  AdwStatusPage *empty;
  GtkPaned *panes;
  GtkLabel *means, *gallery_title, *calibration_words, *exits_words;
  GtkWidget *evaluate, *cancel, *save;
  GtkProgressBar *progress;
  GtkToggleButton *live;
  GtkWidget *choose; /* other pictures, where these cannot be looked at */
  SkConfusionArea *confusion;
  SkStaircaseArea *staircase;
  GtkDrawingArea *reliability;
  GtkDropDown *order;
  GtkFlowBox *gallery;
  GtkGrid *scores;

  SkAnswer *answer; /* (nullable): an EVALUATE with a report */
  SkConfusionCell cell; /* whose pictures are shown; −1: all */
  guint asked, pictures_asked; /* serials; 0: nothing is awaited */
  guint timer; /* source; 0: none */
};

G_DEFINE_FINAL_TYPE (SkEvaluatePage, sk_evaluate_page, ADW_TYPE_BIN)

static const SkReport *
report_of (SkEvaluatePage *self) {
  return self->answer ? self->answer->report : NULL;
}

static void
show_asking (SkEvaluatePage *self) {
  gtk_widget_set_visible (self->cancel, self->asked > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->asked > 0);
  gtk_widget_set_sensitive (self->evaluate, self->asked == 0);
  gtk_widget_set_sensitive (self->save, self->answer != NULL);
}

static void
ask (SkEvaluatePage *self, gboolean on_probe_set) {
  SkCommand command = { .kind = SK_COMMAND_EVALUATE,
                        .flag = on_probe_set,
                        .serial = sk_engine_next_serial (self->engine) };

  if (self->asked > 0)
    return;
  self->asked = command.serial;
  sk_engine_send (self->engine, &command);
  show_asking (self);
}

static void
cancel_cb (SkEvaluatePage *self) {
  SkCommand command = { .kind = SK_COMMAND_CANCEL, .serial = self->asked };

  sk_engine_send (self->engine, &command);
}

/* A look at a few pictures does not take the place of what was asked for by hand. */
static void
evaluate_cb (SkEvaluatePage *self) {
  gtk_toggle_button_set_active (self->live, FALSE);
  if (self->asked > 0)
    cancel_cb (self);
  self->asked = 0;
  ask (self, FALSE);
}

/* --- pictures ---------------------------------------------------------------------- */

static void
ask_pictures (SkEvaluatePage *self) {
  g_autoptr (GPtrArray) verdicts =
      sk_gallery_choose (report_of (self), self->cell,
                         (SkGalleryOrder) gtk_drop_down_get_selected (self->order));
  int indices[MOST_PICTURES], n = MIN ((int) verdicts->len, MOST_PICTURES);
  g_autofree char *title = NULL;
  SkCommand command = { .kind = SK_COMMAND_PICTURES,
                        .indices = indices,
                        .n_indices = n,
                        .serial = sk_engine_next_serial (self->engine) };

  for (int i = 0; i < n; i++)
    indices[i] = ((const SkVerdict *) verdicts->pdata[i])->index;
  if (self->cell.label >= 0)
    title = sk_confusion_describe (report_of (self), self->cell);
  else
    title = g_strdup_printf (_ ("The first %d of %u pictures"), n, verdicts->len);
  gtk_label_set_text (self->gallery_title, title);
  self->pictures_asked = command.serial;
  sk_engine_send (self->engine, &command);
}

static void
add_picture (SkEvaluatePage *self, const SkSmallPicture *small) {
  GtkWidget *item = sk_gallery_item (report_of (self), small);

  if (item)
    gtk_flow_box_append (self->gallery, item);
}

static void
take_pictures (SkEvaluatePage *self, const SkAnswer *answer) {
  GtkWidget *child;

  self->pictures_asked = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->gallery))) != NULL)
    gtk_flow_box_remove (self->gallery, child);
  for (guint i = 0; i < answer->pictures->len; i++)
    add_picture (self, g_ptr_array_index (answer->pictures, i));
}

static void
selected_cb (SkEvaluatePage *self, int label, int predicted) {
  self->cell = (SkConfusionCell){ label, predicted };
  ask_pictures (self);
}

static void
order_cb (SkEvaluatePage *self) {
  if (self->answer)
    ask_pictures (self);
}

/* --- the report -------------------------------------------------------------------- */

static void
attach (SkEvaluatePage *self, int column, int row, const char *text, gboolean head) {
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, column == 0);
  gtk_widget_add_css_class (label, head ? "heading" : "numeric");
  gtk_grid_attach (self->scores, label, column, row, 1, 1);
}

static void
attach_share (SkEvaluatePage *self, int column, int row, double share) {
  g_autofree char *text =
      isnan (share) ? g_strdup ("–") : g_strdup_printf ("%.1f %%", 100 * share);

  attach (self, column, row, text, FALSE);
}

static void
show_scores (SkEvaluatePage *self) {
  const char *const heads[] = { _ ("Class"), _ ("Pictures"), _ ("Precision"),
                                _ ("Recall"), _ ("F1") };
  const SkReport *report = report_of (self);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->scores))) != NULL)
    gtk_grid_remove (self->scores, child);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    attach (self, (int) i, 0, heads[i], TRUE);
  for (int c = 0; c < report->classes; c++) {
    const SkClassScore *score = &report->scores[c];
    g_autofree char *name = sk_report_class_name (report, c);
    g_autofree char *pictures = g_strdup_printf ("%d", score->pictures);

    attach (self, 0, c + 1, name, FALSE);
    attach (self, 1, c + 1, pictures, FALSE);
    attach_share (self, 2, c + 1, score->precision);
    attach_share (self, 3, c + 1, score->recall);
    attach_share (self, 4, c + 1, score->f1);
  }
}

static void
show_exits (SkEvaluatePage *self) {
  const SkExits *exits = self->answer->exits;
  g_autofree char *words = exits ? sk_staircase_sentence (exits) : NULL;

  sk_staircase_area_set (self->staircase, exits);
  gtk_widget_set_visible (GTK_WIDGET (self->staircase), exits != NULL);
  gtk_label_set_text (self->exits_words,
                      words ? words
                            : _ ("What it would get right after each of its blocks is "
                                 "measured on all test pictures: press Evaluate."));
}

static void
show_report (SkEvaluatePage *self) {
  const SkReport *report = report_of (self);
  g_autofree char *means = g_strdup_printf (
      _ ("top-1 %.2f %%, top-5 %.2f %%, loss %.3f, ECE %.3f · %s · %s, %d pictures%s"),
      100 * report->mean.top1, 100 * report->mean.top5, report->mean.loss, report->ece,
      self->answer->model, self->answer->data_title, report->mean.images,
      self->answer->on_probe_set ? _ (" (always the same ones)") : "");
  g_autofree char *words = sk_reliability_describe (report);

  gtk_label_set_text (self->means, means);
  gtk_label_set_text (self->calibration_words, words);
  sk_confusion_area_set (self->confusion, report);
  gtk_widget_queue_draw (GTK_WIDGET (self->reliability));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reliability),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  show_scores (self);
  show_exits (self);
  gtk_stack_set_visible_child_name (self->stack, "report");
  ask_pictures (self);
}

/* The pictures show the answer itself, not a copy. */
static void
forget_answer (SkEvaluatePage *self) {
  sk_confusion_area_set (self->confusion, NULL);
  sk_staircase_area_set (self->staircase, NULL);
  g_clear_pointer (&self->answer, sk_answer_free);
}

static void
take_report (SkEvaluatePage *self, SkAnswer *answer) {
  g_autofree char *plain = NULL;

  self->asked = 0;
  if (answer->report == NULL) {
    plain = g_markup_escape_text (answer->error ? answer->error : "", -1);
    adw_status_page_set_description (self->empty, plain);
    gtk_widget_set_visible (self->choose, TRUE);
    /* Where there is a report it stays, and the reason stands above it. */
    gtk_label_set_text (self->means,
                        self->answer && answer->error ? answer->error : "");
    gtk_toggle_button_set_active (self->live, FALSE);
  } else {
    forget_answer (self);
    self->answer = sk_answer_steal (answer);
    if (self->cell.label >= report_of (self)->classes)
      self->cell = (SkConfusionCell){ -1, -1 };
    show_report (self);
  }
  show_asking (self);
}

static void
snapshot_cb (SkEvaluatePage *self, SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);

    if (answer->serial == 0)
      continue;
    if (answer->kind == SK_COMMAND_EVALUATE && answer->serial == self->asked)
      take_report (self, answer);
    else if (answer->kind == SK_COMMAND_PICTURES &&
             answer->serial == self->pictures_asked)
      take_pictures (self, answer);
  }
  if (self->asked > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP (snapshot->evaluating, 0, 1));
}

/* --- while it learns --------------------------------------------------------------- */

static gboolean
again_cb (gpointer data) {
  SkEvaluatePage *self = data;

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    ask (self, TRUE);
  return G_SOURCE_CONTINUE;
}

static void
live_cb (SkEvaluatePage *self) {
  gboolean live = gtk_toggle_button_get_active (self->live);

  if (live && self->timer == 0) {
    ask (self, TRUE);
    self->timer = g_timeout_add_seconds (LIVE_EVERY, again_cb, self);
  } else if (!live) {
    g_clear_handle_id (&self->timer, g_source_remove);
  }
}

/* Whoever comes here while a network learns wants to see how it fares. */
static void
sk_evaluate_page_map (GtkWidget *widget) {
  SkEvaluatePage *self = SK_EVALUATE_PAGE (widget);

  GTK_WIDGET_CLASS (sk_evaluate_page_parent_class)->map (widget);
  if (self->answer == NULL && sk_engine_has_run (self->engine))
    gtk_toggle_button_set_active (self->live, TRUE);
}

/* --- saving ------------------------------------------------------------------------ */

static void
save_to (gpointer data, const char *path) {
  SkEvaluatePage *self = data;
  const SkEvaluationFigure figure = { self->answer ? self->answer->model : "",
                                      report_of (self) };
  g_autoptr (GError) error = NULL;

  if (figure.report && !sk_evaluation_save (&figure, path, &error))
    gtk_label_set_text (self->means, error->message);
}

static void
save_cb (SkEvaluatePage *self) {
  sk_file_choice_save (GTK_WIDGET (self), _ ("Save as PNG, SVG or PDF"),
                       "evaluation.png", save_to, self);
}

static void
draw_reliability (GtkDrawingArea *area, cairo_t *cr, int width, int height,
                  gpointer data) {
  SkEvaluatePage *self = data;
  SkPalette palette;

  if (report_of (self) == NULL)
    return;
  sk_picture_palette (GTK_WIDGET (area), &palette);
  sk_reliability_draw (cr, report_of (self), width, height, &palette);
}

void
sk_evaluate_page_set_narrow (SkEvaluatePage *self, gboolean narrow) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->panes),
                                  narrow ? GTK_ORIENTATION_VERTICAL
                                         : GTK_ORIENTATION_HORIZONTAL);
}

static void
sk_evaluate_page_dispose (GObject *object) {
  SkEvaluatePage *self = SK_EVALUATE_PAGE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->answer)
    forget_answer (self);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_evaluate_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *class) {
  gtk_widget_class_set_template_from_resource (class,
                                               SK_RESOURCES "ui/evaluate-page.ui");
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, stack);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, empty);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, panes);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, means);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, gallery_title);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, calibration_words);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, evaluate);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, cancel);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, save);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, progress);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, live);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, choose);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, confusion);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, staircase);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, exits_words);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, reliability);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, order);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, gallery);
  gtk_widget_class_bind_template_child (class, SkEvaluatePage, scores);
  gtk_widget_class_bind_template_callback (class, evaluate_cb);
  gtk_widget_class_bind_template_callback (class, cancel_cb);
  gtk_widget_class_bind_template_callback (class, save_cb);
  gtk_widget_class_bind_template_callback (class, live_cb);
  gtk_widget_class_bind_template_callback (class, order_cb);
  gtk_widget_class_bind_template_callback (class, selected_cb);
}

static void
sk_evaluate_page_class_init (SkEvaluatePageClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_evaluate_page_dispose;
  GTK_WIDGET_CLASS (class)->map = sk_evaluate_page_map;
  bind_template (GTK_WIDGET_CLASS (class));
}

static void
sk_evaluate_page_init (SkEvaluatePage *self) {
  g_type_ensure (SK_TYPE_CONFUSION_AREA);
  g_type_ensure (SK_TYPE_STAIRCASE_AREA);
  self->cell = (SkConfusionCell){ -1, -1 };
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->reliability, draw_reliability, self, NULL);
  sk_picture_follow_style (GTK_WIDGET (self->reliability),
                           G_CALLBACK (gtk_widget_queue_draw));
}

GtkWidget *
sk_evaluate_page_new (SkEngine *engine) {
  SkEvaluatePage *self = g_object_new (SK_TYPE_EVALUATE_PAGE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  show_asking (self);
  return GTK_WIDGET (self);
}
