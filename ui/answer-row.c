#include "answer-row.h"

#include <glib/gi18n.h>

#define THUMBNAIL 160

static GtkWidget *
thumbnail (const SkAnswer *answer) {
  GtkWidget *picture;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  gsize stride = (gsize) answer->thumb_width * 3;

  if (answer->thumbnail == NULL) {
    picture = gtk_image_new_from_icon_name ("image-missing-symbolic");
    gtk_image_set_pixel_size (GTK_IMAGE (picture), 48);
  } else {
    bytes = g_bytes_new (answer->thumbnail, stride * (gsize) answer->thumb_height);
    texture = gdk_memory_texture_new (answer->thumb_width, answer->thumb_height,
                                      GDK_MEMORY_R8G8B8, bytes, stride);
    picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
    gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_CONTAIN);
  }
  gtk_widget_set_size_request (picture, THUMBNAIL, THUMBNAIL);
  gtk_widget_set_valign (picture, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("The picture"), -1);
  return picture;
}

static GtkWidget *
label_new (const char *text, const char *css_class) {
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
attach_class (GtkGrid *grid, int row, const SkRanked *ranked) {
  g_autofree char *percent =
      g_strdup_printf ("%.1f %%", 100 * (double) ranked->probability);
  GtkWidget *name = gtk_label_new (ranked->name);
  GtkWidget *bar = gtk_level_bar_new ();
  GtkWidget *number = gtk_label_new (percent);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (name), 18);
  gtk_label_set_xalign (GTK_LABEL (number), 1);
  gtk_widget_add_css_class (number, "numeric");
  gtk_widget_add_css_class (bar, "probability");
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), (double) ranked->probability);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  if (row == 0)
    gtk_widget_add_css_class (name, "heading");
  gtk_grid_attach (grid, name, 0, row, 1, 1);
  gtk_grid_attach (grid, bar, 1, row, 1, 1);
  gtk_grid_attach (grid, number, 2, row, 1, 1);
}

static GtkWidget *
classes (const SkAnswer *answer) {
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  for (int i = 0; i < answer->n_top; i++)
    attach_class (GTK_GRID (grid), i, &answer->top[i]);
  return grid;
}

GtkWidget *
sk_answer_row_new (const SkAnswer *answer) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *name = answer->file ? g_filename_display_basename (answer->file)
                                       : g_strdup (_ ("Pasted picture"));
  g_autofree char *facts = NULL;

  gtk_box_append (GTK_BOX (words), label_new (name, "title-4"));
  if (answer->error != NULL) {
    gtk_box_append (GTK_BOX (words), label_new (answer->error, "error"));
  } else {
    facts =
        g_strdup_printf (_ ("%d × %d · %s · %.0f ms"), answer->width, answer->height,
                         answer->model ? answer->model : "", 1000 * answer->seconds);
    gtk_box_append (GTK_BOX (words), label_new (facts, "dim-label"));
    gtk_box_append (GTK_BOX (words), classes (answer));
  }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), thumbnail (answer));
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "answer");
  return box;
}
