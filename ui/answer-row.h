#pragma once

#include <adwaita.h>

#include "snapshot.h"

/* One picture that was asked about: the picture, and the five likeliest classes as bars;
 * or why there is no answer. */
#define SK_TYPE_ANSWER_ROW (sk_answer_row_get_type ())
G_DECLARE_FINAL_TYPE (SkAnswerRow, sk_answer_row, SK, ANSWER_ROW, GtkListBoxRow)

/* @path, @bytes: of the picture, one of them NULL: a file, or pasted. Waits for its
 * answer. */
GtkWidget *
sk_answer_row_new (guint serial, const char *path, GBytes *bytes);

guint
sk_answer_row_serial (SkAnswerRow *self);

/* Takes over all that @answer holds. */
void
sk_answer_row_show (SkAnswerRow *self, SkAnswer *answer);

/* In a long list: a small picture and the likeliest class alone. */
void
sk_answer_row_set_brief (SkAnswerRow *self, gboolean brief);

/* (nullable): not answered yet */
const SkAnswer *
sk_answer_row_answer (SkAnswerRow *self);

/* (nullable), as they were given. */
const char *
sk_answer_row_path (SkAnswerRow *self);

GBytes *
sk_answer_row_bytes (SkAnswerRow *self);

/* The file's name, or what stands for it. */
const char *
sk_answer_row_name (SkAnswerRow *self);
