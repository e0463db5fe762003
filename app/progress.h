#pragma once

#include <glib.h>

/* How far a training is, on standard error: a bar that renews itself on a terminal, a line
 * now and then elsewhere. */
typedef struct _SkProgress SkProgress;

typedef struct {
  int epoch, n_epochs; /* under way, from 1 */
  double done; /* 0 … 1 of the whole run */
  double images_per_s;
  double seconds_left; /* < 0: not known yet */
  double loss; /* of the epoch so far */
  double accuracy; /* fraction, of the epoch so far */
} SkProgressState;

SkProgress *
sk_progress_new (void);

void
sk_progress_free (SkProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkProgress, sk_progress_free)

/* Cheap: draws a few times a second at most. */
void
sk_progress_update (SkProgress *self, const SkProgressState *state);

/* As sk_progress_update(), for who has a line of their own. Whether one is due comes first,
 * so that nobody makes lines that are not shown. */
gboolean
sk_progress_is_due (const SkProgress *self);

void
sk_progress_line (SkProgress *self, const char *text);

/* Something else that takes time: "opening the pictures …". Only on a terminal. */
void
sk_progress_note (SkProgress *self, const char *text);

/* An SkProgressFunc: how much of the test pictures is done. @progress: an SkProgress */
void
sk_progress_testing (double fraction, gpointer progress);

/* Takes the bar away, so that other lines can be printed. */
void
sk_progress_clear (SkProgress *self);

/* "1:23:45", "2:05", "12 s": (transfer full) */
char *
sk_progress_format_seconds (double seconds);
