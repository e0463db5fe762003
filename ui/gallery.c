#include "gallery.h"

#include <glib/gi18n.h>

#define PICTURE_SIDE 72 /* px */

static int
by_confidence (gconstpointer a, gconstpointer b) {
  const SkVerdict *left = *(const SkVerdict *const *) a;
  const SkVerdict *right = *(const SkVerdict *const *) b;
  int wrong = (right->rank > 0) - (left->rank > 0);

  if (wrong != 0)
    return wrong;
  return (left->confidence < right->confidence) -
         (left->confidence > right->confidence);
}

static int
by_margin (gconstpointer a, gconstpointer b) {
  const SkVerdict *left = *(const SkVerdict *const *) a;
  const SkVerdict *right = *(const SkVerdict *const *) b;

  return (left->margin > right->margin) - (left->margin < right->margin);
}

static gboolean
belongs (SkConfusionCell cell, const SkVerdict *verdict) {
  return cell.label < 0 ||
         (verdict->label == cell.label && verdict->predicted == cell.predicted);
}

GPtrArray *
sk_gallery_choose (const SkReport *report, SkConfusionCell cell, SkGalleryOrder order) {
  GPtrArray *verdicts = g_ptr_array_new ();

  for (int i = 0; report && i < report->mean.images; i++)
    if (belongs (cell, &report->verdicts[i]))
      g_ptr_array_add (verdicts, &report->verdicts[i]);
  switch (order) {
  case SK_GALLERY_SURE:
    g_ptr_array_sort (verdicts, by_confidence);
    break;
  case SK_GALLERY_MARGIN:
    g_ptr_array_sort (verdicts, by_margin);
    break;
  case SK_GALLERY_LOSS:
  default:
    break; /* as the report has them */
  }
  return verdicts;
}

static const SkVerdict *
find_verdict (const SkReport *report, int index) {
  for (int i = 0; report && i < report->mean.images; i++)
    if (report->verdicts[i].index == index)
      return &report->verdicts[i];
  return NULL;
}

static GtkWidget *
picture_of (const SkSmallPicture *small) {
  gsize stride = (gsize) small->width * 3;
  g_autoptr (GBytes) bytes =
      g_bytes_new (small->pixels, stride * (gsize) small->height);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (
      small->width, small->height, GDK_MEMORY_R8G8B8, bytes, stride);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_CONTAIN);
  gtk_widget_set_size_request (picture, PICTURE_SIDE, PICTURE_SIDE);
  return picture;
}

GtkWidget *
sk_gallery_item (const SkReport *report, const SkSmallPicture *small) {
  const SkVerdict *verdict = find_verdict (report, small->index);
  g_autofree char *label = NULL, *predicted = NULL, *words = NULL, *more = NULL;
  GtkWidget *box, *picture, *caption;

  if (verdict == NULL)
    return NULL;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  picture = picture_of (small);
  label = sk_report_class_name (report, verdict->label);
  predicted = sk_report_class_name (report, verdict->predicted);
  words = verdict->rank < 1 ? g_strdup_printf ("✓ %s %.0f %%", label,
                                               100 * (double) verdict->confidence)
                            : g_strdup_printf ("✗ %s → %s %.0f %%", label, predicted,
                                               100 * (double) verdict->confidence);
  more = g_strdup_printf (_ ("%s\nnumber %d%s%s\nloss %.3f, margin %.3f"), words,
                          verdict->index, small->file ? ", " : "",
                          small->file ? small->file : "", verdict->loss,
                          (double) verdict->margin);
  caption = gtk_label_new (words);
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (caption), 18);
  gtk_widget_add_css_class (caption, "caption");
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), words);
  gtk_widget_set_tooltip_text (box, more);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), caption);
  return box;
}
