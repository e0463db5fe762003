#pragma once

#include <adwaita.h>

#include "engine.h"

/* Experiments on networks, one beside the other: each a page of its own, chosen by a
 * switcher where there are several. */
#define SK_TYPE_LAB_PAGE (sk_lab_page_get_type ())
G_DECLARE_FINAL_TYPE (SkLabPage, sk_lab_page, SK, LAB_PAGE, AdwBin)

GtkWidget *
sk_lab_page_new (SkEngine *engine);

/**
 * sk_lab_page_add:
 * @experiment: (transfer none): its page, made with the engine it listens to
 * @name: for sk_lab_page_show()
 * @title: translated
 *
 * The experiments stand in the order in which they are added.
 */
void
sk_lab_page_add (SkLabPage *self, GtkWidget *experiment, const char *name,
                 const char *title);

/* Starts a race there, of the networks named with commas, and shows it. */
void
sk_lab_page_race (SkLabPage *self, const char *nets);

void
sk_lab_page_show (SkLabPage *self, const char *name);

/* (transfer none) (nullable): the name of the experiment that is shown. */
const char *
sk_lab_page_shown (SkLabPage *self);

/* Signal "selected" (SkLabPage *, int block): of the network that is trained, or was. */
