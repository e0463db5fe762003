#pragma once

#include <adwaita.h>

#include "palette.h"

/* What every drawn widget needs of its surroundings. */

/* The palette for the desktop's style now: dark, high contrast, font, text size. The
 * font's name is kept on @widget. */
void
sk_picture_palette (GtkWidget *widget, SkPalette *palette);

/* Has @redraw (widget) called whenever the desktop's style changes. */
void
sk_picture_follow_style (GtkWidget *widget, GCallback redraw);

/* Batches come faster than a picture of them has to change: a redraw that is asked for
 * takes place at once if the last one is a while ago, else as soon as it is. Zeros to
 * begin with; clear it when the widget is disposed of. */
typedef struct {
  GtkWidget *widget;
  void (*redraw) (GtkWidget *widget);
  gint64 at; /* monotonic µs of the last one */
  guint source; /* of the one to come; 0: none */
} SkPace;

void
sk_pace_redraw (SkPace *self, GtkWidget *widget, void (*redraw) (GtkWidget *widget));

void
sk_pace_clear (SkPace *self);
