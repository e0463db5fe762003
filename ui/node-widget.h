#pragma once

#include <adwaita.h>

#include "graph.h"

/* A node of the drawn network as a thing that can be focused, pressed and read aloud. */
#define SK_TYPE_NODE_WIDGET (sk_node_widget_get_type ())
G_DECLARE_FINAL_TYPE (SkNodeWidget, sk_node_widget, SK, NODE_WIDGET, GtkWidget)

GtkWidget *
sk_node_widget_new (void);

/**
 * sk_node_widget_show:
 * @graph, @live: not owned; they must last until others are shown, and @live is changed
 *   in place
 * @node: in @graph
 */
void
sk_node_widget_show (SkNodeWidget *self, const SkGraph *graph, const SkGraphLive *live,
                     int node);

int
sk_node_widget_node (SkNodeWidget *self);

void
sk_node_widget_set_selected (SkNodeWidget *self, gboolean selected);

/* The live numbers changed: draws anew, and renews what is read aloud. */
void
sk_node_widget_refresh (SkNodeWidget *self, gboolean and_words);

/* Signal "activated" (SkNodeWidget *): clicked, or Enter or Space pressed. */
/* Signal "lock" (SkNodeWidget *): the lock in its corner was clicked. */
