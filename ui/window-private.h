#pragma once

#include "build-page.h"
#include "classify-page.h"
#include "engine.h"
#include "train-page.h"
#include "window.h"

/* What the window's files share: each has one aspect of it. */
struct _SkWindow {
  AdwApplicationWindow parent;
  SkEngine *engine;

  AdwWindowTitle *title;
  AdwViewStack *views;
  AdwToastOverlay *toasts;
  GtkStack *train_stack; /* "welcome" or "run" */
  GtkWidget *start, *pause, *step, *stop;
  SkBuildPage *build;
  SkTrainPage *train;
  SkClassifyPage *classify;

  guint inhibit; /* cookie; 0: the session may be suspended */
  guint run_serial; /* of the run shown */
  SkPhase phase; /* of the snapshot before */
  gboolean closing; /* close as soon as the run has ended */
};

/* window-actions.c: "win.…" */
void
sk_window_install_actions (GtkWidgetClass *class);

void
sk_window_update_actions (SkWindow *self, const SkSnapshot *snapshot);

/* window-header.c */
GtkWidget *
sk_window_build_header (SkWindow *self);

void
sk_window_update_header (SkWindow *self, const SkSnapshot *snapshot);

/* window-drop.c: pictures, weights and folders from other programs */
void
sk_window_accept_drops (SkWindow *self, GtkWidget *target);

void
sk_window_paste (SkWindow *self);

/* window-files.c: choosers */
void
sk_window_choose_files (SkWindow *self);

void
sk_window_choose_run (SkWindow *self);

void
sk_window_choose_picture (SkWindow *self, SkPicture picture);

/* window-close.c: nothing is lost by leaving */
gboolean
sk_window_ask_to_close (SkWindow *self);

/* A line that goes away by itself. */
void
sk_window_toast (SkWindow *self, const char *text);
