#pragma once

#include <adwaita.h>

/* A number with what it counts below it. */
#define SK_TYPE_FACT (sk_fact_get_type ())
G_DECLARE_FINAL_TYPE (SkFact, sk_fact, SK, FACT, GtkBox)

GtkWidget *
sk_fact_new (const char *caption);

/* @note: (nullable): a second line under the caption */
void
sk_fact_set (SkFact *self, const char *value, const char *note);
