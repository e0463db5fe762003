#include <math.h>

#include "graph-area-private.h"

/* From one chevron to the next, in µs; no oftener than this a frame shows them moved. */
#define PERIOD (G_USEC_PER_SEC * 2 / 3)
#define INTERVAL (G_USEC_PER_SEC / 20)
/* The frame clock trembles by so much, in µs. */
#define SLACK 4000

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);

  if (self->flow_at == 0)
    self->flow_at = now;
  if (now - self->flow_at < INTERVAL - SLACK)
    return G_SOURCE_CONTINUE;
  self->flow += (double) (now - self->flow_at) / PERIOD;
  self->flow -= floor (self->flow);
  self->flow_at = now;
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

void
sk_graph_area_set_flowing (SkGraphArea *self, gboolean flowing) {
  flowing = flowing && self->live.blocks != NULL &&
            adw_get_enable_animations (GTK_WIDGET (self));
  if (flowing == (self->flow_tick != 0))
    return;
  self->flow_at = 0;
  if (flowing) {
    self->flow_tick =
        gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  } else {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->flow_tick);
    self->flow_tick = 0;
  }
}
