#pragma once

#include <adwaita.h>

#include "snapshot.h"

/* One picture that was asked about: the picture, and the five likeliest classes as bars;
 * or why there is no answer. */
#define SK_TYPE_ANSWER_ROW (sk_answer_row_get_type ())
G_DECLARE_FINAL_TYPE (SkAnswerRow, sk_answer_row, SK, ANSWER_ROW, GtkListBoxRow)

/* @path: (nullable): of the picture; NULL: it was pasted. Waits for its answer. */
GtkWidget *
sk_answer_row_new (guint serial, const char *path);

guint
sk_answer_row_serial (SkAnswerRow *self);

void
sk_answer_row_show (SkAnswerRow *self, const SkAnswer *answer);
