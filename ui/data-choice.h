#pragma once

#include <adwaita.h>

/* The rows that choose a data set: which one, and where it lies. */
#define SK_TYPE_DATA_CHOICE (sk_data_choice_get_type ())
G_DECLARE_FINAL_TYPE (SkDataChoice, sk_data_choice, SK, DATA_CHOICE, GObject)

/* (transfer full): adds its rows to @group. */
SkDataChoice *
sk_data_choice_new (AdwPreferencesGroup *group);

/* (transfer none): "builtin", "cifar10:PATH", … as recipes say it. */
const char *
sk_data_choice_data (SkDataChoice *self);

/* Shows @data; does not emit "changed". */
void
sk_data_choice_show (SkDataChoice *self, const char *data);

/* A folder or archive from anywhere: what it is is seen from what lies in it. */
void
sk_data_choice_take (SkDataChoice *self, const char *path);

/* Signal "changed" (SkDataChoice *). */
