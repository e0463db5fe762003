#pragma once

#include <adwaita.h>

#include "engine.h"

/* The window: header, pages, and what can be done. It owns no truth: everything it shows
 * came with a snapshot. */
#define SK_TYPE_WINDOW (sk_window_get_type ())
G_DECLARE_FINAL_TYPE (SkWindow, sk_window, SK, WINDOW, AdwApplicationWindow)

GtkWidget *
sk_window_new (AdwApplication *application);

/**
 * sk_window_take_files:
 * @files: (n): from anywhere
 *
 * Pictures are classified, by the weights that come with them if any do; a folder becomes
 * the data of the next run, or the run to go on with where it holds one.
 */
void
sk_window_take_files (SkWindow *self, GFile **files, gsize n);

/* Shows a run folder as it was left, without its data and without training on. */
void
sk_window_view_run (SkWindow *self, const char *path);

SkEngine *
sk_window_engine (SkWindow *self);

/* Shows "build", "train", "lab" or "classify". */
void
sk_window_show_page (SkWindow *self, const char *name);

/* Saves a run under way, then closes without asking. */
void
sk_window_close_saving (SkWindow *self);

/* What is drawn of the run changes with every snapshot: the widget of the network, for
 * those who measure frames. */
GtkWidget *
sk_window_graph (SkWindow *self);
