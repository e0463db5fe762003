#include "branch-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

struct _SkBranchArea {
  SkPictureArea parent;
  SkBranch *branch; /* (nullable) */
  int marked; /* block, −1: none */
};

G_DEFINE_FINAL_TYPE (SkBranchArea, sk_branch_area, SK_TYPE_PICTURE_AREA)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
say (SkBranchArea *self) {
  SkPictureArea *area = SK_PICTURE_AREA (self);
  int block = sk_picture_area_place (area);
  g_autofree char *words = block >= 0 ? sk_branch_describe (self->branch, block)
                                      : sk_branch_summary (self->branch);

  sk_picture_area_set_description (area, words);
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkBranchArea *self = SK_BRANCH_AREA (area);

  if (self->branch != NULL)
    sk_branch_draw (cr, self->branch, width, height, palette,
                    sk_picture_area_place (area), self->marked);
}

static int
block_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
          double x, double y) {
  const SkBranch *branch = SK_BRANCH_AREA (area)->branch;

  return branch != NULL ? sk_branch_at (branch, width, height, palette, x, y) : -1;
}

static void
clicked (SkPictureArea *area, int block, GdkModifierType state) {
  if (block >= 0)
    g_signal_emit (area, signals[SIGNAL_PICKED], 0, block);
}

static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  SkBranchArea *self = SK_BRANCH_AREA (area);
  int n = self->branch != NULL ? self->branch->plan->n_blocks : 0;
  int at =
      sk_picture_area_place (area) >= 0 ? sk_picture_area_place (area) : self->marked;

  if (n > 0 && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)) {
    clicked (area, at, state);
    return at >= 0;
  }
  if (!sk_picture_area_walk (area, key, GTK_ORIENTATION_HORIZONTAL, at, n))
    return FALSE;
  say (self);
  return TRUE;
}

/* Beside the bars, where the legend stands: what it means. */
static gboolean
sk_branch_area_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                              GtkTooltip *tooltip) {
  if (keyboard || sk_picture_area_place (SK_PICTURE_AREA (widget)) >= 0)
    return FALSE;
  gtk_tooltip_set_text (
      tooltip,
      _ ("F/x: how large what the branch adds is against what its skip hands on.\n"
         "|γ|: how loud the branch’s last batch norm lets it be.\n"
         "1/√l: what theory expects of block l of a new network: all add as much,\n"
         "so the share of each in what has come together shrinks."));
  return TRUE;
}

static void
sk_branch_area_finalize (GObject *object) {
  g_clear_pointer (&SK_BRANCH_AREA (object)->branch, sk_branch_free);
  G_OBJECT_CLASS (sk_branch_area_parent_class)->finalize (object);
}

static void
sk_branch_area_class_init (SkBranchAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_branch_area_finalize;
  GTK_WIDGET_CLASS (class)->query_tooltip = sk_branch_area_query_tooltip;
  area_class->draw = draw;
  area_class->place_at = block_at;
  area_class->clicked = clicked;
  area_class->key_pressed = key_pressed;
  area_class->keeps_place = TRUE;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_BRANCH_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "branches");
}

static void
sk_branch_area_init (SkBranchArea *self) {
  self->marked = -1;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  sk_picture_area_set_label (SK_PICTURE_AREA (self),
                             _ ("Strength of every branch against its skip"));
}

void
sk_branch_area_take (SkBranchArea *self, const SkSnapshot *snapshot) {
  SkPictureArea *area = SK_PICTURE_AREA (self);

  if (self->branch == NULL || snapshot->plan != self->branch->plan) {
    g_clear_pointer (&self->branch, sk_branch_free);
    self->marked = -1;
    sk_picture_area_point (area, -1);
    if (snapshot->plan != NULL)
      self->branch = sk_branch_new (snapshot->plan);
  }
  if (self->branch != NULL) {
    sk_branch_update (self->branch, snapshot->blocks);
    if (sk_picture_area_words_are_due (area))
      say (self);
  }
  sk_picture_area_redraw_paced (area);
}

void
sk_branch_area_mark (SkBranchArea *self, int block) {
  if (block == self->marked)
    return;
  self->marked = block;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

const SkBranch *
sk_branch_area_branch (SkBranchArea *self) {
  return self->branch;
}
