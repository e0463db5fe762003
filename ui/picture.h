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
