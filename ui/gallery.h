#pragma once

#include <adwaita.h>

#include "confusion.h"
#include "snapshot.h"

/* The test pictures behind an evaluation: which are shown, in which order, and how. */

/* As the page's choice has them. */
typedef enum {
  SK_GALLERY_LOSS, /* the hardest first */
  SK_GALLERY_SURE, /* mistakes first, the surest of them first */
  SK_GALLERY_MARGIN, /* the closest calls first */
} SkGalleryOrder;

/* (element-type SkVerdict) (transfer container): the verdicts of a cell of the confusion,
 * or all where it is none.
 * @report: (nullable); the verdicts stay its own */
GPtrArray *
sk_gallery_choose (const SkReport *report, SkConfusionCell cell, SkGalleryOrder order);

/* (transfer floating) (nullable): a picture with what was said of it; NULL: @report
 * (nullable) says nothing of it */
GtkWidget *
sk_gallery_item (const SkReport *report, const SkSmallPicture *small);
