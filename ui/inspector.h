#pragma once

#include <adwaita.h>

#include "engine.h"
#include "graph.h"
#include "touches.h"

/* What is selected in the network, and the run: their numbers, and what can be done. */
#define SK_TYPE_INSPECTOR (sk_inspector_get_type ())
G_DECLARE_FINAL_TYPE (SkInspector, sk_inspector, SK, INSPECTOR, GtkBox)

GtkWidget *
sk_inspector_new (SkEngine *engine, SkTouches *touches);

/* @node: in @graph, −1: nothing is selected. */
void
sk_inspector_show (SkInspector *self, const SkGraph *graph, int node);

/* @moment: in the past of the run, whose numbers are shown; NULL: the newest ones. In the
 * past nothing can be done. */
void
sk_inspector_set_moment (SkInspector *self, const SkSnapshot *moment);

/* Freezes or thaws what is selected. */
void
sk_inspector_toggle_frozen (SkInspector *self);

/* Cuts the skip of the block selected, or restores it. */
void
sk_inspector_toggle_skip (SkInspector *self);
