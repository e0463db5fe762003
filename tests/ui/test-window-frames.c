/* The window keeps drawing while every core trains: intervals between frames that show
 * something new are printed against the 25 ms that 99 of 100 should stay under. Whether
 * they do depends on what else the machine does, so it does not decide. */

#include <stdlib.h>
#include <time.h>

#include "graph-area.h"
#include "window-fixture.h"

#define SECONDS 8
#define WARM_UP_FRAMES 30
#define MAX_FRAMES (SECONDS * 200)

typedef struct {
  SkGraphArea *graph;
  double intervals[MAX_FRAMES]; /* ms from the end of a frame to the end of the next */
  double work[MAX_FRAMES]; /* ms of this thread's time in a frame */
  int n, frame;
  gint64 last; /* µs */
  double began; /* ms of this thread's time */
} Meter;

/* ms that this thread has computed: others that use the machine do not count. */
static double
thread_time (void) {
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * (double) now.tv_sec + 1e-6 * (double) now.tv_nsec;
}

/* Every frame shows the network at another place, as when it is dragged. */
static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data) {
  Meter *self = data;

  sk_graph_area_pan (self->graph, self->frame++ % 60 < 30 ? 3 : -3, 0);
  return G_SOURCE_CONTINUE;
}

static void
before_paint_cb (GdkFrameClock *clock, Meter *self) {
  self->began = thread_time ();
}

static void
after_paint_cb (GdkFrameClock *clock, Meter *self) {
  gint64 now = g_get_monotonic_time ();

  if (self->frame > WARM_UP_FRAMES && self->last > 0 && self->n < MAX_FRAMES) {
    self->intervals[self->n] = (double) (now - self->last) / 1000;
    self->work[self->n] = thread_time () - self->began;
    self->n++;
  }
  self->last = now;
}

static int
compare (const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Sorts @values. */
static double
percentile (double *values, int n, double share) {
  qsort (values, (size_t) n, sizeof *values, compare);
  return values[MIN ((int) (share * n), n - 1)];
}

static double
load_before (void) {
  double loads[1];

  return getloadavg (loads, 1) == 1 ? loads[0] : 0;
}

static void
measure (Fixture *fixture, const char *net) {
  g_autofree Meter *meter = g_new0 (Meter, 1);
  GdkFrameClock *clock;
  double p99, work, load;
  guint tick;

  load = load_before ();
  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup (net);
  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_run (500);
  meter->graph = SK_GRAPH_AREA (sk_window_graph (SK_WINDOW (fixture->window)));
  for (int i = fixture_state (fixture)->plan->n_blocks - 1; i >= 0; i--)
    sk_graph_area_select_block (meter->graph, i); /* unfolds its stage */
  clock = gtk_widget_get_frame_clock (fixture->window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), meter);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), meter);
  tick = gtk_widget_add_tick_callback (fixture->window, tick_cb, meter, NULL);
  fixture_run (SECONDS * 1000);
  gtk_widget_remove_tick_callback (fixture->window, tick);
  g_signal_handlers_disconnect_by_data (clock, meter);

  g_assert_cmpint (meter->n, >, 20);
  p99 = percentile (meter->intervals, meter->n, 0.99);
  work = percentile (meter->work, meter->n, 0.99);
  g_test_message ("%s: %d frames while all cores train: median %.1f ms, p99 %.1f ms, "
                  "longest %.1f ms; drawing one: median %.1f ms, p99 %.1f ms (load "
                  "before: %.1f)",
                  net, meter->n, percentile (meter->intervals, meter->n, 0.5), p99,
                  percentile (meter->intervals, meter->n, 1),
                  percentile (meter->work, meter->n, 0.5), work, load);
  g_assert_cmpint (fixture_state (fixture)->step, >=, 2);
}

/* All blocks at once: what is folded at first is shown. */
static void
test_frames_deepest (Fixture *fixture, gconstpointer data) {
  measure (fixture, "resnet152-cifar");
}

static void
test_frames (Fixture *fixture, gconstpointer data) {
  measure (fixture, "resnet20");
}

static void
test_frames_deep (Fixture *fixture, gconstpointer data) {
  measure (fixture, "resnet56");
}

static void
add_tests (void) {
  g_test_add ("/window/frames/resnet20", Fixture, NULL, fixture_set_up, test_frames,
              fixture_tear_down);
  g_test_add ("/window/frames/resnet56", Fixture, NULL, fixture_set_up,
              test_frames_deep, fixture_tear_down);
  g_test_add ("/window/frames/resnet152", Fixture, NULL, fixture_set_up,
              test_frames_deepest, fixture_tear_down);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
