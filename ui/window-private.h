#pragma once

#include "build-page.h"
#include "classify-page.h"
#include "engine.h"
#include "evaluate-page.h"
#include "lab-page.h"
#include "train-page.h"
#include "transfer-page.h"
#include "window.h"

/* How much finds room in the header beside what the run is doing. */
typedef enum {
  SK_WIDTH_UNKNOWN,
  SK_WIDTH_BAR, /* no pages: they are at the bottom */
  SK_WIDTH_NARROW, /* their icons above their names */
  SK_WIDTH_WIDE,
} SkWindowWidth;

/* What the window's files share: each has one aspect of it. */
struct _SkWindow {
  AdwApplicationWindow parent;
  SkEngine *engine;
  SkTouches *touches;
  AdwToast *undo_toast; /* (nullable): offers to undo the last touch */
  guint undo_timeout; /* source; 0: there is no such toast */

  AdwToastOverlay *toasts;
  GtkWidget *content; /* all of the window, for drops */
  AdwViewSwitcher *switcher;
  AdwViewSwitcherBar *switcher_bar; /* at the bottom, in place of @switcher */
  GtkLabel *status_title, *status_words;
  GtkProgressBar *progress;
  GtkWidget *verbs, *pause, *step, *new_run, *inspector_button;
  AdwButtonContent *pause_content;
  AdwViewStack *views;
  GtkStack *train_stack; /* "welcome", "run", or "race": it is shown in the lab */
  SkBuildPage *build;
  SkTransferPage *transfer;
  SkTrainPage *train;
  SkLabPage *lab;
  SkClassifyPage *classify;
  SkEvaluatePage *evaluate;
  GtkWindow *downloads; /* (nullable): while it is open */

  SkWindowWidth width;
  gboolean narrow; /* what stands side by side stands one above the other */
  gboolean trained; /* there is a run to show, and not only a race */
  guint turn; /* source; 0: none */
  guint inhibit; /* cookie; 0: the session may be suspended */
  guint quiet_load; /* serial: of weights that nobody asked for by name */
  SkPhase phase; /* of the snapshot before */
  gboolean ran; /* so did a run then */
  gboolean closing; /* close as soon as the run has ended */
  gboolean background; /* hidden while it trains; shown again when the run has ended */
};

/* window-actions.c: "win.…" and their keys */
void
sk_window_install_actions (GtkWidgetClass *class);

void
sk_window_add_choices (SkWindow *self);

void
sk_window_add_keys (SkWindow *self);

void
sk_window_update_actions (SkWindow *self, const SkSnapshot *snapshot);

/* window-status.c: what the header says of the run */
void
sk_window_update_status (SkWindow *self, const SkSnapshot *snapshot);

/* window-undo.c: says what was touched, and offers to undo it */
void
sk_window_follow_touches (SkWindow *self);

void
sk_window_undo (SkWindow *self);

/* window-drop.c: pictures, weights and folders from other programs */
void
sk_window_accept_drops (SkWindow *self);

void
sk_window_paste (SkWindow *self);

/* window-downloads.c: what can be downloaded */
void
sk_window_show_downloads (SkWindow *self);

/* window-open.c: goes on with a run or a race; @path: its folder */
void
sk_window_continue_run (SkWindow *self, const char *path);

/* A run that is looked at answers pictures too, with its best weights, and may be gone on
 * with where it was not finished. */
void
sk_window_use_viewed (SkWindow *self, const char *path);

/* window-files.c: choosers */
void
sk_window_choose_files (SkWindow *self);

void
sk_window_choose_run (SkWindow *self);

void
sk_window_choose_view (SkWindow *self);

void
sk_window_choose_picture (SkWindow *self, SkPicture picture);

void
sk_window_show_run_folder (SkWindow *self);

/* window-close.c: nothing is lost by leaving */
gboolean
sk_window_ask_to_close (SkWindow *self);

/* Keeps the machine awake, tells those who look elsewhere, and leaves when asked to. */
void
sk_window_follow_run (SkWindow *self, const SkSnapshot *snapshot);

gboolean
sk_window_shows (SkWindow *self, const char *page);

/* Sets up a transfer that begins with the weights at @path. */
void
sk_window_transfer_from (SkWindow *self, const char *path);

/* A line that goes away by itself. */
void
sk_window_toast (SkWindow *self, const char *text);

/* The same where it has to be read to the end. */
void
sk_window_tell (SkWindow *self, const char *title, const char *text);
