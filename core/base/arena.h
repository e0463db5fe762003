#pragma once

#include <glib.h>

/* One block of floats whose size is known before it is allocated. */
typedef struct {
  float *base;
  gsize capacity; /* floats */
  gsize used; /* floats */
} SkArena;

/* Every piece an arena gives begins on a cache line: 16 floats. */
#define SK_ARENA_ALIGN 16

/**
 * sk_arena_round:
 * @n_floats: a count
 *
 * Returns: @n_floats rounded up to what the arena will take for it
 */
gsize
sk_arena_round (gsize n_floats);

/**
 * sk_arena_init:
 * @self: uninitialised
 * @n_floats: sum of sk_arena_round() over all pieces
 * @what: what the memory is for, for the message ("activations")
 * @error: SK_ERROR_MEMORY, naming @what and the size
 *
 * Allocates zeroed memory, aligned to 64 bytes, on huge pages where the system has
 * them. Free with sk_arena_clear().
 */
gboolean
sk_arena_init (SkArena *self, gsize n_floats, const char *what, GError **error);

/**
 * sk_arena_take:
 *
 * Cannot fail where the sizes were summed right; asserts otherwise.
 *
 * Returns: (transfer none): the next @n_floats floats
 */
float *
sk_arena_take (SkArena *self, gsize n_floats);

void
sk_arena_clear (SkArena *self);

/**
 * sk_memory_available:
 *
 * Returns: bytes that can be allocated without swapping, from /proc/meminfo and the
 *   control group's limit; G_MAXUINT64 where neither can be read
 */
guint64
sk_memory_available (void);
