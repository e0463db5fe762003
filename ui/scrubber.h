#pragma once

#include <adwaita.h>

#include "snapshot.h"

/* The bar below the pictures: where in the run one looks. At its end it follows the run;
 * dragged back, it says at which step the pictures stand until "Live" is pressed.
 *
 * Signal "moved" (SkScrubber *, gint64 step): 0: follow the run. */
#define SK_TYPE_SCRUBBER (sk_scrubber_get_type ())
G_DECLARE_FINAL_TYPE (SkScrubber, sk_scrubber, SK, SCRUBBER, AdwBin)

GtkWidget *
sk_scrubber_new (void);

/* The steps that can be shown; last 0: none, and the bar cannot be moved. */
void
sk_scrubber_set_range (SkScrubber *self, gint64 first, gint64 last);

/* Whether the run goes on: what its end is called. */
void
sk_scrubber_set_running (SkScrubber *self, gboolean running);

/* Marks what happened. */
void
sk_scrubber_add_event (SkScrubber *self, gint64 step, const char *text);

void
sk_scrubber_clear_events (SkScrubber *self);

/* @step: the one that is shown; 0: the newest. Emits nothing. */
void
sk_scrubber_show_step (SkScrubber *self, gint64 step);

/* Moves by so many of its hundredths, as a key does. */
void
sk_scrubber_move (SkScrubber *self, int hundredths);
