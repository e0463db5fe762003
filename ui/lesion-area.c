#include "lesion-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

struct _SkLesionArea {
  SkPictureArea parent;
  SkLesions *lesions; /* (nullable) */
  int selected; /* block, −1: none */
  gboolean *chosen; /* (n_blocks) (nullable) */
};

G_DEFINE_FINAL_TYPE (SkLesionArea, sk_lesion_area, SK_TYPE_PICTURE_AREA)

enum {
  SIGNAL_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell (SkLesionArea *self) {
  g_autofree char *words = NULL;

  if (self->lesions != NULL && self->lesions->whole.n > 0)
    words = self->selected >= 0 ? sk_lesion_describe (self->lesions, self->selected)
                                : sk_lesion_sentence (self->lesions);
  sk_picture_area_set_description (SK_PICTURE_AREA (self),
                                   words ? words : _ ("Nothing measured yet"));
}

/* @add: to what is chosen, rather than in its place */
static void
choose (SkLesionArea *self, int block, gboolean add) {
  if (self->lesions == NULL || block < 0)
    return;
  if (add) {
    self->chosen[block] = !self->chosen[block];
  } else {
    for (int b = 0; b < self->lesions->plan->n_blocks; b++)
      self->chosen[b] = b == block;
  }
  self->selected = block;
  tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, block);
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkLesionArea *self = SK_LESION_AREA (area);

  sk_lesion_chart_draw (cr, self->lesions, width, height, palette, self->chosen,
                        sk_picture_area_place (area));
}

static int
block_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
          double x, double y) {
  return sk_lesion_chart_at (SK_LESION_AREA (area)->lesions, width, height, palette, x,
                             y);
}

static void
pointed (SkPictureArea *area) {
  gtk_widget_set_cursor_from_name (
      GTK_WIDGET (area), sk_picture_area_place (area) >= 0 ? "pointer" : NULL);
}

static void
clicked (SkPictureArea *area, int block, GdkModifierType state) {
  choose (SK_LESION_AREA (area), block, (state & GDK_SHIFT_MASK) != 0);
}

static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  SkLesionArea *self = SK_LESION_AREA (area);
  int last = self->lesions ? self->lesions->plan->n_blocks - 1 : -1;

  if (last < 0)
    return FALSE;
  if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    choose (self, CLAMP (self->selected + (key == GDK_KEY_Left ? -1 : 1), 0, last),
            (state & GDK_SHIFT_MASK) != 0);
  else if (key == GDK_KEY_space && self->selected >= 0)
    choose (self, self->selected, TRUE);
  else
    return FALSE;
  return TRUE;
}

static void
sk_lesion_area_finalize (GObject *object) {
  SkLesionArea *self = SK_LESION_AREA (object);

  sk_lesions_unref (self->lesions);
  g_free (self->chosen);
  G_OBJECT_CLASS (sk_lesion_area_parent_class)->finalize (object);
}

static void
sk_lesion_area_class_init (SkLesionAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_lesion_area_finalize;
  area_class->draw = draw;
  area_class->place_at = block_at;
  area_class->pointed = pointed;
  area_class->clicked = clicked;
  area_class->key_pressed = key_pressed;
  signals[SIGNAL_SELECTED] =
      g_signal_new ("selected", SK_TYPE_LESION_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "lesion");
}

static void
sk_lesion_area_init (SkLesionArea *self) {
  self->selected = -1;
  sk_picture_area_set_label (SK_PICTURE_AREA (self),
                             _ ("Accuracy and loss without each block"));
  tell (self);
}

void
sk_lesion_area_take (SkLesionArea *self, SkLesions *lesions) {
  if (lesions == self->lesions)
    return;
  if (self->lesions == NULL || lesions == NULL ||
      lesions->plan->n_blocks != self->lesions->plan->n_blocks) {
    self->selected = -1;
    sk_picture_area_point (SK_PICTURE_AREA (self), -1);
    g_clear_pointer (&self->chosen, g_free);
    if (lesions != NULL)
      self->chosen = g_new0 (gboolean, MAX (lesions->plan->n_blocks, 1));
  }
  sk_lesions_unref (self->lesions);
  self->lesions = lesions ? sk_lesions_ref (lesions) : NULL;
  /* Read aloud when it is done: not ten times a second. */
  if (lesions == NULL || !lesions->running)
    tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

const SkLesions *
sk_lesion_area_lesions (SkLesionArea *self) {
  return self->lesions;
}

int
sk_lesion_area_selected (SkLesionArea *self) {
  return self->selected;
}

char *
sk_lesion_area_chosen (SkLesionArea *self, int *n) {
  g_autoptr (GString) names = g_string_new (NULL);

  *n = 0;
  for (int b = 0; self->lesions && b < self->lesions->plan->n_blocks; b++)
    if (self->chosen[b])
      g_string_append_printf (names, "%s%s", (*n)++ ? "," : "",
                              self->lesions->plan->blocks[b].name);
  return *n < 2 ? NULL : g_string_free (g_steal_pointer (&names), FALSE);
}
