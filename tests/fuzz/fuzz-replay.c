/* Any bytes as the record of a run: refused with a reason, or records that can all be
 * read. */

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "replay.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Every number of a record is touched, so that the sanitizers see bad bounds. */
static gboolean
touch_cb (gsize index, const SkRecord *record, gpointer data) {
  const SkPlan *plan = data;
  float sum = record->point.loss;

  for (int i = 0; i < plan->n_blocks; i++)
    sum += record->blocks[i].gradient;
  for (int i = 0; i < plan->n_parameters; i++)
    sum += record->layers[i].gradient_norm;
  return sum * 0 == 0 || index < 1000;
}

static void
try_open (int file) {
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", file);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkReplay) replay = sk_replay_open (path, &error);

  g_assert ((replay == NULL) == (error != NULL));
  if (replay == NULL)
    return;
  sk_replay_walk (replay, 0, G_MAXSIZE, 1, touch_cb,
                  (gpointer) sk_replay_plan (replay));
  for (gint64 step = -1; step < 20; step++)
    g_assert (sk_replay_at (replay, step) != NULL || sk_replay_count (replay) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  int file = memfd_create ("record", MFD_CLOEXEC);

  g_assert (file >= 0);
  if (write (file, data, size) == (ssize_t) size)
    try_open (file);
  close (file);
  return 0;
}
