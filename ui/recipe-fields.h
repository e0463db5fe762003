#pragma once

#include <adwaita.h>

#include "recipe.h"

/* The plain values of a recipe as rows of a form: one table says what each is called,
 * where it is kept and what it may be. */
typedef struct _SkField SkField;

/* Where in the form a field stands. */
typedef enum {
  SK_FIELDS_NETWORK,
  SK_FIELDS_PICTURES,
  SK_FIELDS_LEARNING,
  SK_FIELDS_MORE, /* what few people change */
  SK_N_FIELD_GROUPS,
} SkFieldGroup;

/* Returns: the table; @n: (out): how many */
const SkField *
sk_fields (guint *n);

const SkField *
sk_field_at (guint index);

SkFieldGroup
sk_field_group (const SkField *field);

/**
 * sk_field_row_new:
 * @value: (out): the widget that holds the value: GtkSpinButton, GtkSwitch, AdwComboRow
 *   or AdwEntryRow
 *
 * Returns: (transfer floating): a row for it
 */
GtkWidget *
sk_field_row_new (const SkField *field, GtkWidget **value);

/* Calls @edited (data) whenever the value is changed. */
void
sk_field_watch (const SkField *field, GtkWidget *value, GCallback edited,
                gpointer data);

/* From the recipe into the widget, and back. */
void
sk_field_show (const SkField *field, GtkWidget *value, const SkRecipe *recipe);

void
sk_field_read (const SkField *field, GtkWidget *value, SkRecipe *recipe);

/* Whether the two recipes say the same there. */
gboolean
sk_field_equal (const SkField *field, const SkRecipe *a, const SkRecipe *b);
