#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "errors.h"

#define HUGE_PAGE (2u << 20)

gsize
sk_arena_round (gsize n_floats) {
  return (n_floats + SK_ARENA_ALIGN - 1) / SK_ARENA_ALIGN * SK_ARENA_ALIGN;
}

static guint64
read_number (const char *path, const char *key) {
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return G_MAXUINT64;
  at = key ? strstr (text, key) : text;
  if (at == NULL)
    return G_MAXUINT64;
  at += key ? strlen (key) : 0;
  while (g_ascii_isspace (*at))
    at++;
  return g_ascii_isdigit (*at) ? g_ascii_strtoull (at, NULL, 10) : G_MAXUINT64;
}

guint64
sk_memory_available (void) {
  guint64 system = read_number ("/proc/meminfo", "MemAvailable:");
  guint64 limit = read_number ("/sys/fs/cgroup/memory.max", NULL);
  guint64 current = read_number ("/sys/fs/cgroup/memory.current", NULL);

  if (system != G_MAXUINT64)
    system *= 1024;
  if (limit != G_MAXUINT64 && current != G_MAXUINT64)
    system = MIN (system, limit > current ? limit - current : 0);
  return system;
}

gboolean
sk_arena_init (SkArena *self, gsize n_floats, const char *what, GError **error) {
  gsize bytes;
  void *memory = NULL;

  *self = (SkArena){ 0 };
  if (!g_size_checked_mul (&bytes, MAX (n_floats, 1), sizeof (float)) ||
      bytes > sk_memory_available () ||
      posix_memalign (&memory, bytes >= HUGE_PAGE ? HUGE_PAGE : 64, bytes) != 0) {
    g_autofree char *size = g_format_size ((guint64) n_floats * sizeof (float));
    g_autofree char *left = g_format_size (sk_memory_available ());

    return sk_refuse (error, SK_ERROR_MEMORY,
                      "%s need %s and %s are free: choose a smaller batch or network",
                      what, size, left);
  }
  if (bytes >= HUGE_PAGE)
    madvise (memory, bytes, MADV_HUGEPAGE);
  memset (memory, 0, bytes);
  self->base = memory;
  self->capacity = n_floats;
  return TRUE;
}

float *
sk_arena_take (SkArena *self, gsize n_floats) {
  float *piece = self->base + self->used;

  self->used += sk_arena_round (n_floats);
  g_assert (self->used <= self->capacity);
  return piece;
}

void
sk_arena_clear (SkArena *self) {
  free (self->base);
  *self = (SkArena){ 0 };
}
