/* What becomes of a file or a folder that was opened, dropped, or named on the command
 * line. */

#include <glib/gi18n.h>

#include "window-private.h"

/* Time to read what is offered, before it gives way to what lies under it. */
#define CONTINUE_SECONDS 12

static void
load_weights (SkWindow *self, const char *path) {
  SkCommand command = { .kind = SK_COMMAND_LOAD,
                        .path = path,
                        .serial = sk_engine_next_serial (self->engine) };

  sk_engine_send (self->engine, &command);
  sk_window_show_page (self, "classify");
}

static gboolean
holds (const char *folder, const char *name) {
  g_autofree char *file = g_build_filename (folder, name, NULL);

  return g_file_test (file, G_FILE_TEST_EXISTS);
}

static gboolean
holds_run (const char *folder) {
  return holds (folder, "run.json") || holds (folder, "race.json");
}

/* Pictures, and no folder of any class: there is nothing to learn from, but something to be
 * told. */
static gboolean
holds_pictures_alone (const char *folder) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean pictures = FALSE;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *type = NULL;

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      return FALSE;
    if (pictures)
      continue;
    type = g_content_type_guess (name, NULL, 0, NULL);
    pictures = g_str_has_prefix (type, "image/");
  }
  return pictures;
}

void
sk_window_continue_run (SkWindow *self, const char *path) {
  SkCommand command = { .kind = SK_COMMAND_RESUME_RUN, .path = path };

  if (sk_engine_has_run (self->engine)) {
    sk_window_toast (self, _ ("Stop the run under way first"));
  } else if (!holds_run (path)) {
    sk_window_tell (self, _ ("There Is No Run in This Folder"),
                    _ ("A run’s folder holds a file run.json, a race’s race.json."));
  } else {
    sk_engine_send (self->engine, &command);
    sk_window_show_page (self, holds (path, "race.json") ? "lab" : "train");
  }
}

void
sk_window_view_run (SkWindow *self, const char *path) {
  SkCommand command = { .kind = SK_COMMAND_VIEW_RUN,
                        .path = path,
                        .serial = sk_engine_next_serial (self->engine) };

  if (sk_engine_has_run (self->engine)) {
    sk_window_toast (self, _ ("Stop the run under way first, then open the folder"));
    return;
  }
  sk_engine_send (self->engine, &command);
  sk_window_show_page (self, "train");
}

/* Opening a folder changes nothing in it: that is another step. */
static void
offer_to_continue (SkWindow *self, const char *path, const char *words) {
  AdwToast *toast = adw_toast_new (words);

  adw_toast_set_button_label (toast, _ ("Continue It"));
  adw_toast_set_action_name (toast, "win.continue-run");
  adw_toast_set_action_target_value (toast, g_variant_new_bytestring (path));
  adw_toast_set_timeout (toast, CONTINUE_SECONDS);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sk_window_use_viewed (SkWindow *self, const char *path) {
  const char *name =
      holds (path, "best.safetensors") ? "best.safetensors" : "last.safetensors";
  g_autofree char *file = g_build_filename (path, name, NULL);
  SkCommand command = { .kind = SK_COMMAND_LOAD,
                        .path = file,
                        .recipe = &sk_engine_state (self->engine)->recipe,
                        .serial = sk_engine_next_serial (self->engine) };

  self->quiet_load = command.serial;
  if (holds (path, name))
    sk_engine_send (self->engine, &command);
  if (sk_engine_state (self->engine)->phase == SK_PHASE_STOPPED)
    offer_to_continue (self, path, _ ("This is how the run was left"));
}

/* A folder or an archive: of a run, or of pictures to learn from. */
static void
take_folder (SkWindow *self, const char *path) {
  if (sk_engine_has_run (self->engine)) {
    sk_window_toast (self, _ ("Stop the run under way first, then open the folder"));
  } else if (holds (path, "race.json")) {
    offer_to_continue (self, path, _ ("The folder of a race"));
  } else if (holds_run (path)) {
    sk_window_view_run (self, path);
  } else {
    sk_recipe_form_take_data (sk_build_page_form (self->build), path);
    sk_window_show_page (self, "build");
  }
}

static const char *const weights[] = { ".safetensors", ".pth", ".pt", ".th", NULL };
/* None of these can be taken, but the reader of weights knows them and says what to do. */
static const char *const strangers[] = { ".onnx", ".xz",  ".gz",  ".ckpt", ".h5",
                                         ".gguf", ".npz", ".pkl", ".bin",  NULL };
static const char *const archives[] = { ".tar",    ".tar.gz",  ".tgz",
                                        ".tar.xz", ".tar.bz2", NULL };

static gboolean
ends_in (const char *path, const char *const *endings) {
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; endings[i] != NULL; i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

/* On the page where a transfer is set up, folders and weights are what it is made of. */
static gboolean
transfer_takes (SkWindow *self, const char *path) {
  gboolean folder = g_file_test (path, G_FILE_TEST_IS_DIR);

  if (!sk_window_shows (self, "transfer") || (!folder && !ends_in (path, weights)))
    return FALSE;
  if (sk_engine_has_run (self->engine))
    sk_window_toast (self, _ ("Stop the run under way first"));
  else if (folder && !holds_run (path))
    sk_transfer_page_take_data (self->transfer, path);
  else
    sk_transfer_page_take_weights (self->transfer, path);
  return TRUE;
}

static void
take_file (SkWindow *self, const char *path) {
  if (transfer_takes (self, path))
    return;
  /* The page that classifies looks through any folder; the others would learn from it. */
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !holds_run (path) &&
      (sk_window_shows (self, "classify") || holds_pictures_alone (path))) {
    sk_classify_page_ask_path (self->classify, path);
    sk_window_show_page (self, "classify");
  } else if (g_file_test (path, G_FILE_TEST_IS_DIR) || ends_in (path, archives)) {
    take_folder (self, path);
  } else if (ends_in (path, weights) || ends_in (path, strangers)) {
    load_weights (self, path);
  } else {
    sk_classify_page_ask_path (self->classify, path);
    sk_window_show_page (self, "classify");
  }
}

/* A folder of classes and weights together: what a transfer is made of. */
static gboolean
makes_transfer (SkWindow *self, GFile **files, gsize n) {
  g_autofree char *first = n == 2 ? g_file_get_path (files[0]) : NULL;
  g_autofree char *second = n == 2 ? g_file_get_path (files[1]) : NULL;
  const char *folder = first != NULL && ends_in (first, weights) ? second : first;

  return first != NULL && second != NULL && !sk_engine_has_run (self->engine) &&
         (ends_in (first, weights) != ends_in (second, weights)) &&
         g_file_test (folder, G_FILE_TEST_IS_DIR) && !holds_run (folder) &&
         !holds_pictures_alone (folder);
}

void
sk_window_take_files (SkWindow *self, GFile **files, gsize n) {
  if (makes_transfer (self, files, n))
    sk_window_show_page (self, "transfer");
  /* Weights first: they are to tell what is in the pictures. */
  for (int pictures = 0; pictures < 2; pictures++)
    for (gsize i = 0; i < n; i++) {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path == NULL) {
        if (pictures)
          sk_window_toast (self, _ ("Only files on this computer can be opened"));
      } else if (ends_in (path, weights) == !pictures) {
        take_file (self, path);
      }
    }
}
