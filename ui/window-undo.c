#include "window-private.h"

#include <glib/gi18n.h>

/* How long a touch can be undone by the toast. */
#define UNDO_SECONDS 10

static void
gone_cb (AdwToast *toast, SkWindow *self) {
  if (self->undo_toast != toast)
    return;
  self->undo_toast = NULL;
  g_clear_handle_id (&self->undo_timeout, g_source_remove);
}

static gboolean
timeout_cb (gpointer data) {
  SkWindow *self = data;

  self->undo_timeout = 0;
  if (self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
  return G_SOURCE_REMOVE;
}

/* One toast whose words change: a row of touches would queue up a row of toasts, each to
 * be waited for. What was done before stays on the stack of Ctrl+Z. */
static void
show (SkWindow *self, const char *words) {
  g_autofree char *plain = g_markup_escape_text (words, -1);
  const char *label = sk_touches_can_undo (self->touches) ? _ ("_Undo") : NULL;

  g_clear_handle_id (&self->undo_timeout, g_source_remove);
  self->undo_timeout = g_timeout_add_seconds (UNDO_SECONDS, timeout_cb, self);
  if (self->undo_toast != NULL) {
    adw_toast_set_title (self->undo_toast, plain);
    adw_toast_set_button_label (self->undo_toast, label);
    return;
  }
  self->undo_toast = adw_toast_new (plain);
  adw_toast_set_button_label (self->undo_toast, label);
  adw_toast_set_action_name (self->undo_toast, "win.undo");
  adw_toast_set_timeout (self->undo_toast, 0);
  g_signal_connect_object (self->undo_toast, "dismissed", G_CALLBACK (gone_cb), self,
                           0);
  adw_toast_overlay_add_toast (self->toasts, self->undo_toast);
}

static void
touched_cb (SkWindow *self, const char *words) {
  show (self, words);
}

void
sk_window_undo (SkWindow *self) {
  if (!sk_touches_can_undo (self->touches))
    return;
  sk_touches_undo (self->touches);
  /* Its button takes the toast away; a key leaves it to say what happened. */
  if (self->undo_toast != NULL)
    show (self, _ ("Undone"));
}

void
sk_window_follow_touches (SkWindow *self) {
  g_signal_connect_object (self->touches, "touched", G_CALLBACK (touched_cb), self,
                           G_CONNECT_SWAPPED);
}
