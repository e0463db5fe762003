#include "answer-row.h"

#include <glib/gi18n.h>
#include <string.h>

/* px of the picture's place: where all is told of it, and in a long list. */
#define PICTURE_SIDE 96
#define SMALL_SIDE 48

struct _SkAnswerRow {
  GtkListBoxRow parent;
  guint serial;
  char *path; /* (nullable) */
  GBytes *bytes; /* (nullable) */
  SkAnswer *answer; /* (nullable) */
  gboolean brief; /* one class, a small picture */
  AdwClamp *place;
  GtkStack *picture; /* "wait", "picture" or "none" */
  GtkLabel *name, *facts;
  GtkGrid *classes;
};

G_DEFINE_FINAL_TYPE (SkAnswerRow, sk_answer_row, GTK_TYPE_LIST_BOX_ROW)

/* Small pictures keep their pixels: a blur would not be what the network sees. */
static GtkWidget *
picture_new (const SkAnswer *answer) {
  gsize stride = (gsize) answer->thumb_width * 3;
  g_autoptr (GBytes) bytes =
      g_bytes_new (answer->thumbnail, stride * (gsize) answer->thumb_height);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (
      answer->thumb_width, answer->thumb_height, GDK_MEMORY_R8G8B8, bytes, stride);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_CONTAIN);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _ ("The picture"));
  gtk_widget_add_css_class (picture, "thumbnail");
  return picture;
}

static void
attach_class (SkAnswerRow *self, int row, const SkRanked *ranked) {
  double share = 100 * (double) ranked->probability;
  g_autofree char *percent =
      share < 0.05 ? g_strdup ("< 0.1 %") : g_strdup_printf ("%.1f %%", share);
  GtkWidget *name = gtk_label_new (ranked->name);
  GtkWidget *bar = gtk_level_bar_new ();
  GtkWidget *number = gtk_label_new (percent);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (name), 14);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 24);
  gtk_label_set_xalign (GTK_LABEL (number), 1);
  gtk_label_set_width_chars (GTK_LABEL (number), 7);
  gtk_widget_add_css_class (number, "numeric");
  gtk_widget_add_css_class (bar, "probability");
  if (row == 0)
    gtk_widget_add_css_class (name, "heading");
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), (double) ranked->probability);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  ranked->name, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  percent, -1);
  gtk_grid_attach (self->classes, name, 0, row, 1, 1);
  gtk_grid_attach (self->classes, bar, 1, row, 1, 1);
  gtk_grid_attach (self->classes, number, 2, row, 1, 1);
}

static GtkLabel *
add_label (GtkWidget *box, const char *css_class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
add_picture (SkAnswerRow *self, GtkWidget *box) {
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *spinner = gtk_spinner_new ();
  GtkWidget *none = gtk_image_new_from_icon_name ("image-missing-symbolic");

  self->place = ADW_CLAMP (clamp);
  self->picture = GTK_STACK (stack);
  gtk_stack_set_vhomogeneous (self->picture, FALSE);
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (spinner, SMALL_SIDE / 2, SMALL_SIDE / 2);
  gtk_image_set_pixel_size (GTK_IMAGE (none), SMALL_SIDE);
  gtk_widget_add_css_class (none, "dim-label");
  gtk_stack_add_named (self->picture, spinner, "wait");
  gtk_stack_add_named (self->picture, none, "none");
  adw_clamp_set_child (ADW_CLAMP (clamp), stack);
  gtk_widget_set_valign (clamp, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), clamp);
}

/* The row says already whose reason it is. */
static const char *
without_path (SkAnswerRow *self, const char *error) {
  const char *rest = self->path != NULL && g_str_has_prefix (error, self->path)
                         ? error + strlen (self->path)
                         : "";

  return g_str_has_prefix (rest, ": ") ? rest + 2 : error;
}

static void
show_facts (SkAnswerRow *self) {
  const SkAnswer *answer = self->answer;
  g_autofree char *facts = NULL;

  if (answer == NULL)
    return;
  if (answer->error != NULL)
    facts = g_strdup (without_path (self, answer->error));
  else if (self->brief || answer->model == NULL)
    facts = g_strdup_printf (_ ("%d × %d · %.0f ms"), answer->width, answer->height,
                             1000 * answer->seconds);
  else
    facts = g_strdup_printf (_ ("%d × %d · %s · %.0f ms"), answer->width,
                             answer->height, answer->model, 1000 * answer->seconds);
  gtk_label_set_text (self->facts, facts);
}

/* The likeliest class is always seen, the others where there is room for them. */
static void
show_extent (SkAnswerRow *self) {
  int side = self->brief ? SMALL_SIDE : PICTURE_SIDE;
  gboolean none = self->answer != NULL && self->answer->error != NULL;

  adw_clamp_set_maximum_size (self->place, side);
  adw_clamp_set_tightening_threshold (self->place, side);
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), side,
                               none ? SMALL_SIDE : side);
  for (int i = 1; self->answer != NULL && i < self->answer->n_top; i++)
    for (int column = 0; column < 3; column++)
      gtk_widget_set_visible (gtk_grid_get_child_at (self->classes, column, i),
                              !self->brief);
  show_facts (self);
}

static void
sk_answer_row_finalize (GObject *object) {
  SkAnswerRow *self = SK_ANSWER_ROW (object);

  g_clear_pointer (&self->answer, sk_answer_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->path);
  G_OBJECT_CLASS (sk_answer_row_parent_class)->finalize (object);
}

static void
sk_answer_row_class_init (SkAnswerRowClass *class) {
  G_OBJECT_CLASS (class)->finalize = sk_answer_row_finalize;
}

static void
sk_answer_row_init (SkAnswerRow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *grid = gtk_grid_new ();

  add_picture (self, box);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  self->name = add_label (words, "heading");
  self->facts = add_label (words, "dim-label");
  self->classes = GTK_GRID (grid);
  gtk_grid_set_column_spacing (self->classes, 12);
  gtk_grid_set_row_spacing (self->classes, 3);
  gtk_widget_set_margin_top (grid, 3);
  gtk_box_append (GTK_BOX (words), grid);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "answer");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  show_extent (self);
}

GtkWidget *
sk_answer_row_new (guint serial, const char *path, GBytes *bytes) {
  SkAnswerRow *self = g_object_new (SK_TYPE_ANSWER_ROW, NULL);
  g_autofree char *name =
      path ? g_filename_display_basename (path) : g_strdup (_ ("Pasted picture"));

  self->serial = serial;
  self->path = g_strdup (path);
  self->bytes = bytes ? g_bytes_ref (bytes) : NULL;
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->facts, _ ("Looking at it…"));
  return GTK_WIDGET (self);
}

guint
sk_answer_row_serial (SkAnswerRow *self) {
  return self->serial;
}

const SkAnswer *
sk_answer_row_answer (SkAnswerRow *self) {
  return self->answer;
}

const char *
sk_answer_row_path (SkAnswerRow *self) {
  return self->path;
}

GBytes *
sk_answer_row_bytes (SkAnswerRow *self) {
  return self->bytes;
}

const char *
sk_answer_row_name (SkAnswerRow *self) {
  return gtk_label_get_text (self->name);
}

static void
tell (SkAnswerRow *self, const SkAnswer *answer) {
  g_autofree char *words = NULL;

  if (answer->error != NULL)
    words = g_strjoin (": ", gtk_label_get_text (self->name), answer->error, NULL);
  else if (answer->n_top > 0)
    words = g_strdup_printf (_ ("%s: %s, %.0f percent"),
                             gtk_label_get_text (self->name), answer->top[0].name,
                             100 * (double) answer->top[0].probability);
  if (words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

void
sk_answer_row_set_brief (SkAnswerRow *self, gboolean brief) {
  if (brief == self->brief)
    return;
  self->brief = brief;
  show_extent (self);
}

/* A picture may be asked about again, where another network answers by now. */
static void
forget_answer (SkAnswerRow *self) {
  GtkWidget *before = gtk_stack_get_child_by_name (self->picture, "picture");
  GtkWidget *child;

  if (before != NULL)
    gtk_stack_remove (self->picture, before);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->classes))) != NULL)
    gtk_grid_remove (self->classes, child);
  gtk_widget_remove_css_class (GTK_WIDGET (self->facts), "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "dim-label");
  g_clear_pointer (&self->answer, sk_answer_free);
}

void
sk_answer_row_show (SkAnswerRow *self, SkAnswer *answer) {
  forget_answer (self);
  self->answer = answer = sk_answer_steal (answer);

  if (answer->thumbnail != NULL) {
    gtk_stack_add_named (self->picture, picture_new (answer), "picture");
    gtk_stack_set_visible_child_name (self->picture, "picture");
    /* The texture has its own. */
    g_clear_pointer (&answer->thumbnail, g_free);
  } else {
    gtk_stack_set_visible_child_name (self->picture, "none");
  }
  if (answer->error != NULL) {
    gtk_widget_remove_css_class (GTK_WIDGET (self->facts), "dim-label");
    gtk_widget_add_css_class (GTK_WIDGET (self->facts), "error");
  }
  for (int i = 0; i < answer->n_top; i++)
    attach_class (self, i, &answer->top[i]);
  show_extent (self);
  tell (self, answer);
}
