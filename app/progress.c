#include "progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib/gi18n.h>

#define REDRAW_SECONDS 0.1 /* on a terminal */
#define LINE_SECONDS 10.0 /* in a log */
#define BAR_WIDTH 24

struct _SkProgress {
  gboolean terminal;
  gboolean utf8;
  gboolean shown; /* a bar stands in the current line */
  gint64 last; /* microseconds; 0: never */
};

SkProgress *
sk_progress_new (void) {
  SkProgress *self = g_new0 (SkProgress, 1);

  self->terminal = isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  self->utf8 = g_get_charset (NULL);
  return self;
}

void
sk_progress_free (SkProgress *self) {
  if (self == NULL)
    return;
  sk_progress_clear (self);
  g_free (self);
}

char *
sk_progress_format_seconds (double seconds) {
  int whole = (int) (seconds + 0.5);

  if (whole < 60)
    return g_strdup_printf (_ ("%d s"), whole);
  if (whole < 3600)
    return g_strdup_printf ("%d:%02d", whole / 60, whole % 60);
  return g_strdup_printf ("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

static char *
format_bar (SkProgress *self, double done) {
  GString *bar = g_string_new (NULL);
  int filled = (int) (CLAMP (done, 0, 1) * BAR_WIDTH);

  for (int i = 0; i < BAR_WIDTH; i++) {
    if (self->utf8)
      g_string_append (bar, i < filled ? "━" : "┄");
    else
      g_string_append_c (bar, i < filled ? '#' : '.');
  }
  return g_string_free (bar, FALSE);
}

static char *
format_state (SkProgress *self, const SkProgressState *state) {
  g_autofree char *bar = format_bar (self, state->done);
  g_autofree char *left = state->seconds_left < 0
                              ? g_strdup ("")
                              : sk_progress_format_seconds (state->seconds_left);

  return g_strdup_printf (
      /* Translators: epoch, bar, percent, speed, time left, loss, accuracy */
      _ ("epoch %d/%d %s %3.0f %%  %.0f images/s  %s left  loss %.3f  accuracy %.1f "
         "%%"),
      state->epoch, state->n_epochs, bar, 100 * state->done, state->images_per_s,
      state->seconds_left < 0 ? "…" : left, state->loss, 100 * state->accuracy);
}

/* Longer lines would wrap, and a wrapped line cannot be renewed. */
static void
cut_to_terminal (char *line) {
  struct winsize size = { 0 };
  glong columns = 80;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    columns = size.ws_col;
  if (g_utf8_strlen (line, -1) >= columns)
    *g_utf8_offset_to_pointer (line, columns - 1) = '\0';
}

static void
show (SkProgress *self, char *line) {
  if (self->terminal) {
    cut_to_terminal (line);
    g_printerr ("\r%s\033[K", line);
    self->shown = TRUE;
  } else {
    g_printerr ("%s\n", line);
  }
}

gboolean
sk_progress_is_due (const SkProgress *self) {
  double wait = self->terminal ? REDRAW_SECONDS : LINE_SECONDS;

  return g_get_monotonic_time () - self->last >= wait * G_USEC_PER_SEC;
}

void
sk_progress_line (SkProgress *self, const char *text) {
  gboolean begun = self->last != 0 || self->terminal;
  g_autofree char *line = g_strdup (text);

  self->last = g_get_monotonic_time ();
  if (begun)
    show (self, line);
}

void
sk_progress_update (SkProgress *self, const SkProgressState *state) {
  g_autofree char *line = NULL;

  if (!sk_progress_is_due (self))
    return;
  line = format_state (self, state);
  sk_progress_line (self, line);
}

void
sk_progress_note (SkProgress *self, const char *text) {
  g_autofree char *line = NULL;

  if (!self->terminal)
    return;
  line = g_strdup (text);
  show (self, line);
}

void
sk_progress_testing (double fraction, gpointer progress) {
  g_autofree char *text =
      g_strdup_printf (_ ("looking at the test pictures … %.0f %%"), 100 * fraction);

  sk_progress_note (progress, text);
}

void
sk_progress_clear (SkProgress *self) {
  if (self->shown)
    g_printerr ("\r\033[K");
  self->shown = FALSE;
}
