#pragma once

#include <adwaita.h>

#include "window.h"

/* A window with a session of its own, and small pictures on disk. */
typedef struct {
  GtkWidget *window; /* cleared when it is gone */
  char *folder; /* of its own, removed at the end */
  SkRecipe recipe; /* of a training on CIFAR-like noise in @folder: seconds */
} Fixture;

typedef gboolean (*FixtureCheck) (Fixture *self);

/* The whole of a test program: warnings are fatal, the user's folders are not touched,
 * and without a display everything is skipped. */
int
fixture_main (int argc, char **argv, void (*add_tests) (void));

void
fixture_set_up (Fixture *self, gconstpointer data);

/* Destroys the window, and sees that nothing holds it. */
void
fixture_tear_down (Fixture *self, gconstpointer data);

const SkSnapshot *
fixture_state (Fixture *self);

/* Runs the main loop until @check holds; fails after two minutes. */
void
fixture_wait (Fixture *self, FixtureCheck check, const char *what);

void
fixture_wait_phase (Fixture *self, SkPhase phase);

/* Starts the fixture's recipe, and waits until it learns. */
void
fixture_train (Fixture *self);

/* Runs the main loop for so long. */
void
fixture_run (guint milliseconds);

/* (transfer none) (nullable): the first widget of a type, in the order of the tree; and
 * the first that is called so by its CSS name. */
GtkWidget *
fixture_find (GtkWidget *root, GType type);

GtkWidget *
fixture_find_named (GtkWidget *root, const char *css_name);

/* (transfer none): a widget's controller of a type. */
GtkEventController *
fixture_controller (GtkWidget *widget, GType type);

/* Whether a label with @text in it can be seen below @root. */
gboolean
fixture_says (GtkWidget *root, const char *text);

/* (transfer full): an accessible property as the test backend tells it. */
char *
fixture_label (GtkWidget *widget);

/* (transfer full): path of a picture in the fixture's folder. */
char *
fixture_picture (Fixture *self, const char *name);

/* Drops a file or folder on the window, as the drop target itself would tell of it. */
void
fixture_drop (Fixture *self, const char *path);
