#include "classify-page.h"

#include <glib/gi18n.h>

#include "answer-row.h"

struct _SkClassifyPage {
  GtkBox parent;
  SkEngine *engine;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkListBox *list;
  GtkLabel *model;
  int n_asked, n_answers;
};

G_DEFINE_FINAL_TYPE (SkClassifyPage, sk_classify_page, GTK_TYPE_BOX)

enum {
  SIGNAL_OPEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
show_model (SkClassifyPage *self, const SkSnapshot *snapshot) {
  g_autofree char *text = NULL;
  int waiting = self->n_asked - self->n_answers;

  if (snapshot->model == NULL)
    text = g_strdup (_ ("No network yet: train one, or open a weight file."));
  else if (waiting > 0)
    text = g_strdup_printf (ngettext ("Answered by %s – %d picture waits",
                                      "Answered by %s – %d pictures wait",
                                      (gulong) waiting),
                            snapshot->model, waiting);
  else
    text = g_strdup_printf (_ ("Answered by %s"), snapshot->model);
  gtk_label_set_text (self->model, text);
  adw_status_page_set_description (self->empty, text);
}

static void
snapshot_cb (SkClassifyPage *self, SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);

    if (answer->kind != SK_COMMAND_CLASSIFY)
      continue;
    gtk_list_box_prepend (self->list, sk_answer_row_new (answer));
    self->n_answers++;
    gtk_stack_set_visible_child_name (self->stack, "answers");
  }
  show_model (self, snapshot);
}

static void
ask (SkClassifyPage *self, const char *path, GBytes *bytes) {
  SkCommand command = { .kind = SK_COMMAND_CLASSIFY,
                        .path = path,
                        .bytes = bytes,
                        .serial = sk_engine_next_serial (self->engine) };

  self->n_asked++;
  sk_engine_send (self->engine, &command);
  show_model (self, sk_engine_state (self->engine));
}

void
sk_classify_page_ask_path (SkClassifyPage *self, const char *path) {
  ask (self, path, NULL);
}

void
sk_classify_page_ask_bytes (SkClassifyPage *self, GBytes *bytes) {
  ask (self, NULL, bytes);
}

int
sk_classify_page_n_answers (SkClassifyPage *self) {
  return self->n_answers;
}

static void
open_cb (SkClassifyPage *self) {
  g_signal_emit (self, signals[SIGNAL_OPEN], 0);
}

static void
clear_cb (SkClassifyPage *self) {
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static GtkWidget *
build_empty (SkClassifyPage *self) {
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *open = gtk_button_new_with_label (_ ("Open pictures…"));

  self->empty = ADW_STATUS_PAGE (page);
  adw_status_page_set_icon_name (self->empty, "insert-image-symbolic");
  adw_status_page_set_title (self->empty, _ ("Drop a picture here"));
  gtk_widget_add_css_class (open, "pill");
  gtk_widget_add_css_class (open, "suggested-action");
  gtk_widget_set_halign (open, GTK_ALIGN_CENTER);
  adw_status_page_set_child (self->empty, open);
  g_signal_connect_swapped (open, "clicked", G_CALLBACK (open_cb), self);
  return page;
}

static GtkWidget *
build_bar (SkClassifyPage *self) {
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *model = gtk_label_new (NULL);
  GtkWidget *open = gtk_button_new_with_label (_ ("Open…"));
  GtkWidget *clear = gtk_button_new_with_label (_ ("Clear"));

  gtk_label_set_xalign (GTK_LABEL (model), 0);
  gtk_label_set_ellipsize (GTK_LABEL (model), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (model, TRUE);
  self->model = GTK_LABEL (model);
  g_signal_connect_swapped (open, "clicked", G_CALLBACK (open_cb), self);
  g_signal_connect_swapped (clear, "clicked", G_CALLBACK (clear_cb), self);
  gtk_box_append (GTK_BOX (bar), model);
  gtk_box_append (GTK_BOX (bar), clear);
  gtk_box_append (GTK_BOX (bar), open);
  gtk_widget_add_css_class (bar, "bar");
  return bar;
}

static GtkWidget *
build_answers (SkClassifyPage *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  gtk_widget_add_css_class (list, "answers");
  self->list = GTK_LIST_BOX (list);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 860);
  adw_clamp_set_child (ADW_CLAMP (clamp), list);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), build_bar (self));
  gtk_box_append (GTK_BOX (box), scroller);
  return box;
}

static void
sk_classify_page_dispose (GObject *object) {
  g_clear_object (&SK_CLASSIFY_PAGE (object)->engine);
  G_OBJECT_CLASS (sk_classify_page_parent_class)->dispose (object);
}

static void
sk_classify_page_class_init (SkClassifyPageClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_classify_page_dispose;
  signals[SIGNAL_OPEN] = g_signal_new ("open", SK_TYPE_CLASSIFY_PAGE, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sk_classify_page_init (SkClassifyPage *self) {
  GtkWidget *stack = gtk_stack_new ();

  self->stack = GTK_STACK (stack);
  gtk_stack_add_named (self->stack, build_empty (self), "empty");
  gtk_stack_add_named (self->stack, build_answers (self), "answers");
  gtk_widget_set_hexpand (stack, TRUE);
  gtk_box_append (GTK_BOX (self), stack);
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
