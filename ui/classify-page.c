#include "classify-page.h"

#include <glib/gi18n.h>

#include "answer-row.h"
#include "resources.h"

/* Rows that are kept; older ones go. */
#define MAX_ROWS 200

struct _SkClassifyPage {
  AdwBin parent;
  SkEngine *engine;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkWidget *open;
  GtkLabel *model;
  GtkListBox *list;
  GQueue rows; /* SkAnswerRow, newest first */
  guint forgotten; /* answers to this and earlier serials are not wanted any more */
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

static SkAnswerRow *
find_row (SkClassifyPage *self, guint serial) {
  for (GList *link = self->rows.head; link != NULL; link = link->next)
    if (sk_answer_row_serial (link->data) == serial)
      return link->data;
  return NULL;
}

static void
snapshot_cb (SkClassifyPage *self, SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);
    SkAnswerRow *row = find_row (self, answer->serial);

    if (answer->kind == SK_COMMAND_CLASSIFY && answer->serial > self->forgotten &&
        row != NULL)
      sk_answer_row_show (row, answer);
  }
  show_model (self, snapshot);
}

static void
add_row (SkClassifyPage *self, guint serial, const char *path) {
  GtkWidget *row = sk_answer_row_new (serial, path);

  gtk_list_box_prepend (self->list, row);
  g_queue_push_head (&self->rows, row);
  if (self->rows.length > MAX_ROWS)
    gtk_list_box_remove (self->list, g_queue_pop_tail (&self->rows));
  gtk_stack_set_visible_child_name (self->stack, "answers");
}

static void
ask (SkClassifyPage *self, const char *path, GBytes *bytes) {
  SkCommand command = { .kind = SK_COMMAND_CLASSIFY,
                        .path = path,
                        .bytes = bytes,
                        .serial = sk_engine_next_serial (self->engine) };

  add_row (self, command.serial, path);
  sk_engine_send (self->engine, &command);
}

void
sk_classify_page_ask_path (SkClassifyPage *self, const char *path) {
  ask (self, path, NULL);
}

void
sk_classify_page_ask_bytes (SkClassifyPage *self, GBytes *bytes) {
  ask (self, NULL, bytes);
}

static void
clear_cb (SkClassifyPage *self) {
  gpointer row;

  while ((row = g_queue_pop_head (&self->rows)) != NULL)
    gtk_list_box_remove (self->list, row);
  self->forgotten = sk_engine_next_serial (self->engine);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
sk_classify_page_dispose (GObject *object) {
  SkClassifyPage *self = SK_CLASSIFY_PAGE (object);

  g_queue_clear (&self->rows);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_classify_page_parent_class)->dispose (object);
}

static void
sk_classify_page_class_init (SkClassifyPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_classify_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/classify-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkClassifyPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SkClassifyPage, empty);
  gtk_widget_class_bind_template_child (widget_class, SkClassifyPage, open);
  gtk_widget_class_bind_template_child (widget_class, SkClassifyPage, model);
  gtk_widget_class_bind_template_child (widget_class, SkClassifyPage, list);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
}

static void
sk_classify_page_init (SkClassifyPage *self) {
  g_queue_init (&self->rows);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sk_classify_page_new (SkEngine *engine) {
  SkClassifyPage *self = g_object_new (SK_TYPE_CLASSIFY_PAGE, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  show_model (self, sk_engine_state (engine));
  return GTK_WIDGET (self);
}
