#include "classify-page.h"

#include <glib/gi18n.h>

#include "answer-order.h"
#include "classify-export.h"
#include "explain-view.h"
#include "file-choice.h"
#include "folder-walk.h"
#include "resources.h"

/* Rows that are kept; older ones go. */
#define MAX_ROWS 500
/* Questions that are with the engine at once: whatever is dropped meanwhile comes soon. */
#define MAX_ASKED 4
/* Rows that are all told in full; of more, the chosen one alone. */
#define FEW_ROWS 3

struct _SkClassifyPage {
  AdwBin parent;
  SkEngine *engine;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkWidget *open;
  GtkLabel *model, *progress_text;
  GtkListBox *list;
  GtkPaned *panes;
  SkExplainView *why;
  GtkDropDown *sort;
  GtkWidget *progress_row, *stop;
  GtkProgressBar *progress;

  GQueue rows; /* SkAnswerRow, newest first */
  GQueue waiting; /* SkAnswerRow, not asked yet, oldest first */
  guint n_asked; /* with the engine now */
  guint n_done, n_batch; /* of the pictures that came together */
  guint n_refused; /* of @n_done: there is a reason in place of an answer */
  guint forgotten; /* answers to this and earlier serials are not wanted any more */
  GCancellable *walking; /* (nullable): a folder is being looked through */
};

G_DEFINE_FINAL_TYPE (SkClassifyPage, sk_classify_page, ADW_TYPE_BIN)

static void
show_model (SkClassifyPage *self, const SkSnapshot *snapshot) {
  g_autofree char *text = NULL;
  g_autofree char *plain = NULL;

  if (snapshot->model == NULL)
    text = g_strdup (_ ("There is no network yet to tell what is in it: train one, or "
                        "open a weight file."));
  else
    text = g_strdup_printf (_ ("Answers come from %s"), snapshot->model);
  plain = g_markup_escape_text (text, -1);
  gtk_label_set_text (self->model, text);
  if (g_strcmp0 (plain, adw_status_page_get_description (self->empty)) != 0)
    adw_status_page_set_description (self->empty, plain);
}

/* @words: (nullable): nothing is to be said; @busy: of something that can be stopped */
static void
tell (SkClassifyPage *self, const char *words, gboolean busy) {
  gtk_widget_set_visible (self->progress_row, words != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy);
  gtk_widget_set_visible (self->stop, busy);
  gtk_label_set_text (self->progress_text, words ? words : "");
}

/* (transfer full): among many answers a few reasons are easily overlooked. */
static char *
describe_refused (SkClassifyPage *self) {
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "%u of %u files could not be read; “By class” puts it last, with "
                   "the reason",
                   "%u of %u files could not be read; “By class” puts them last, with "
                   "the reasons",
                   self->n_refused),
      self->n_refused, self->n_batch);
}

static void
show_progress (SkClassifyPage *self) {
  gboolean answering = self->n_batch > 1 && self->n_done < self->n_batch;
  gboolean busy = self->walking != NULL || answering;
  g_autofree char *text =
      self->walking ? g_strdup (_ ("Looking through the folder…"))
      : answering
          ? g_strdup_printf (_ ("%u of %u pictures"), self->n_done, self->n_batch)
      : self->n_refused > 0 && self->n_batch > 1 ? describe_refused (self)
                                                 : NULL;

  tell (self, text, busy);
  gtk_progress_bar_set_fraction (
      self->progress, self->n_batch > 0 ? (double) self->n_done / self->n_batch : 0);
  if (!busy && self->n_done >= self->n_batch)
    self->n_done = self->n_batch = self->n_refused = 0;
}

static void
send (SkClassifyPage *self, SkAnswerRow *row) {
  SkCommand command = { .kind = SK_COMMAND_CLASSIFY,
                        .path = sk_answer_row_path (row),
                        .bytes = sk_answer_row_bytes (row),
                        .serial = sk_answer_row_serial (row) };

  self->n_asked++;
  sk_engine_send (self->engine, &command);
}

/* Hands pictures to the engine as it gets through with them. */
static void
ask_next (SkClassifyPage *self) {
  while (self->n_asked < MAX_ASKED && !g_queue_is_empty (&self->waiting))
    send (self, g_queue_pop_head (&self->waiting));
  show_progress (self);
}

static SkAnswerRow *
find_row (SkClassifyPage *self, guint serial) {
  for (GList *link = self->rows.head; link != NULL; link = link->next)
    if (sk_answer_row_serial (link->data) == serial)
      return link->data;
  return NULL;
}

static void
take_answer (SkClassifyPage *self, SkAnswer *answer) {
  SkAnswerRow *row = find_row (self, answer->serial);

  if (answer->serial <= self->forgotten)
    return;
  self->n_asked -= self->n_asked > 0;
  self->n_done++;
  self->n_refused += answer->error != NULL;
  if (row == NULL)
    return;
  sk_answer_row_show (row, answer);
  gtk_list_box_row_changed (GTK_LIST_BOX_ROW (row));
  /* An explanation takes longer than an answer: it comes when no answer is awaited. */
  if (self->n_asked == 0 && g_queue_is_empty (&self->waiting) &&
      gtk_list_box_get_selected_row (self->list) == NULL)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
}

static void
snapshot_cb (SkClassifyPage *self, SkSnapshot *snapshot) {
  gboolean came = FALSE;

  for (guint i = 0; i < snapshot->answers->len; i++) {
    SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);

    if (answer->kind == SK_COMMAND_CLASSIFY) {
      take_answer (self, answer);
      came = TRUE;
    }
  }
  if (came)
    ask_next (self);
  show_model (self, snapshot);
}

static void
show_extents (SkClassifyPage *self) {
  GtkListBoxRow *chosen = gtk_list_box_get_selected_row (self->list);

  for (GList *link = self->rows.head; link != NULL; link = link->next)
    sk_answer_row_set_brief (link->data,
                             self->rows.length > FEW_ROWS && link->data != chosen);
}

/* The row that was asked about last, and has its answer, is explained. */
static void
selected_cb (SkClassifyPage *self) {
  GtkListBoxRow *chosen = gtk_list_box_get_selected_row (self->list);
  SkAnswerRow *row = chosen ? SK_ANSWER_ROW (chosen) : NULL;
  const SkAnswer *answer = row ? sk_answer_row_answer (row) : NULL;

  show_extents (self);
  if (answer == NULL || answer->error != NULL) {
    sk_explain_view_ask (self->why, NULL, NULL);
    return;
  }
  /* The explanation comes from the network of now: so does the answer beside it. */
  if (g_strcmp0 (answer->model, sk_engine_state (self->engine)->model) != 0)
    send (self, row);
  sk_explain_view_ask (self->why, sk_answer_row_path (row), sk_answer_row_bytes (row));
}

static void
drop_oldest (SkClassifyPage *self) {
  SkAnswerRow *oldest = g_queue_pop_tail (&self->rows);

  g_queue_remove (&self->waiting, oldest);
  gtk_list_box_remove (self->list, GTK_WIDGET (oldest));
}

static void
add_row (SkClassifyPage *self, const char *path, GBytes *bytes) {
  GtkWidget *row =
      sk_answer_row_new (sk_engine_next_serial (self->engine), path, bytes);

  gtk_list_box_prepend (self->list, row);
  g_queue_push_head (&self->rows, row);
  g_queue_push_tail (&self->waiting, row);
  self->n_batch++;
  if (self->rows.length > MAX_ROWS)
    drop_oldest (self);
  sk_answer_row_set_brief (SK_ANSWER_ROW (row), self->rows.length > FEW_ROWS);
  gtk_stack_set_visible_child_name (self->stack, "answers");
}

/* What is new is what one wants to see: it is chosen as soon as its answer is there. */
static void
ask (SkClassifyPage *self, const char *path, GBytes *bytes) {
  gtk_list_box_unselect_all (self->list);
  add_row (self, path, bytes);
  ask_next (self);
}

static void
walked_cb (GPtrArray *paths, gboolean more, gpointer data) {
  SkClassifyPage *self = data;
  g_autofree char *words = NULL;

  g_clear_object (&self->walking);
  for (guint i = 0; i < paths->len; i++)
    add_row (self, g_ptr_array_index (paths, i), NULL);
  ask_next (self);
  if (more)
    words = g_strdup_printf (_ ("The first %u files of the folder"), paths->len);
  else if (paths->len == 0)
    words = g_strdup (_ ("There are no files in this folder"));
  if (words)
    tell (self, words, FALSE);
}

void
sk_classify_page_ask_path (SkClassifyPage *self, const char *path) {
  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    ask (self, path, NULL);
    return;
  }
  gtk_stack_set_visible_child_name (self->stack, "answers");
  if (self->walking)
    g_cancellable_cancel (self->walking);
  g_clear_object (&self->walking);
  self->walking = g_cancellable_new ();
  sk_folder_walk (path, MAX_ROWS, self->walking, walked_cb, self);
  show_progress (self);
}

void
sk_classify_page_ask_bytes (SkClassifyPage *self, GBytes *bytes) {
  ask (self, NULL, bytes);
}

void
sk_classify_page_set_narrow (SkClassifyPage *self, gboolean narrow) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->panes),
                                  narrow ? GTK_ORIENTATION_VERTICAL
                                         : GTK_ORIENTATION_HORIZONTAL);
}

/* What was not asked yet is not asked any more. */
static void
stop_cb (SkClassifyPage *self) {
  SkAnswerRow *row;

  if (self->walking)
    g_cancellable_cancel (self->walking);
  g_clear_object (&self->walking);
  while ((row = g_queue_pop_head (&self->waiting)) != NULL) {
    g_queue_remove (&self->rows, row);
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
    self->n_batch--;
  }
  show_progress (self);
}

static void
clear_cb (SkClassifyPage *self) {
  gpointer row;

  stop_cb (self);
  while ((row = g_queue_pop_head (&self->rows)) != NULL)
    gtk_list_box_remove (self->list, row);
  self->forgotten = sk_engine_next_serial (self->engine);
  self->n_asked = self->n_done = self->n_batch = self->n_refused = 0;
  sk_explain_view_ask (self->why, NULL, NULL);
  show_progress (self);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static int
compare_cb (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data) {
  SkClassifyPage *self = data;
  SkAnswerOrder order = (SkAnswerOrder) gtk_drop_down_get_selected (self->sort);

  return sk_answer_order_compare (order, SK_ANSWER_ROW (a), SK_ANSWER_ROW (b));
}

static void
sort_cb (SkClassifyPage *self) {
  gtk_list_box_invalidate_sort (self->list);
}

static void
export_to (gpointer data, const char *path) {
  SkClassifyPage *self = data;
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *words = g_strdup_printf (_ ("Written: %s"), name);
  g_autoptr (GError) error = NULL;

  tell (self, sk_classify_export (self->list, path, &error) ? words : error->message,
        FALSE);
}

static void
export_cb (SkClassifyPage *self) {
  sk_file_choice_save (GTK_WIDGET (self), _ ("Save as CSV or JSON"), "answers.csv",
                       export_to, self);
}

static void
sk_classify_page_dispose (GObject *object) {
  SkClassifyPage *self = SK_CLASSIFY_PAGE (object);

  if (self->walking)
    g_cancellable_cancel (self->walking);
  g_clear_object (&self->walking);
  g_queue_clear (&self->rows);
  g_queue_clear (&self->waiting);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_classify_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *class) {
  gtk_widget_class_set_template_from_resource (class,
                                               SK_RESOURCES "ui/classify-page.ui");
  gtk_widget_class_bind_template_child (class, SkClassifyPage, stack);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, empty);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, open);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, model);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, list);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, panes);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, why);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, sort);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, progress_row);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, progress_text);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, progress);
  gtk_widget_class_bind_template_child (class, SkClassifyPage, stop);
  gtk_widget_class_bind_template_callback (class, clear_cb);
  gtk_widget_class_bind_template_callback (class, stop_cb);
  gtk_widget_class_bind_template_callback (class, selected_cb);
  gtk_widget_class_bind_template_callback (class, sort_cb);
  gtk_widget_class_bind_template_callback (class, export_cb);
}

static void
sk_classify_page_class_init (SkClassifyPageClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_classify_page_dispose;
  bind_template (GTK_WIDGET_CLASS (class));
}

static void
sk_classify_page_init (SkClassifyPage *self) {
  g_type_ensure (SK_TYPE_EXPLAIN_VIEW);
  g_queue_init (&self->rows);
  g_queue_init (&self->waiting);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->list, compare_cb, self, NULL);
}

GtkWidget *
sk_classify_page_new (SkEngine *engine) {
  SkClassifyPage *self = g_object_new (SK_TYPE_CLASSIFY_PAGE, NULL);

  self->engine = g_object_ref (engine);
  sk_explain_view_set_engine (self->why, engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  show_model (self, sk_engine_state (engine));
  return GTK_WIDGET (self);
}
