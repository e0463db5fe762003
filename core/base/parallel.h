#pragma once

#include <glib.h>

/* A fixed team of workers. Work is cut statically, so that sums are always taken in the
 * same order for the same number of workers. */
typedef struct _SkPool SkPool;

/* One worker's part; @worker is 0 … @n_workers − 1. The caller of sk_pool_run() is
 * worker 0. */
typedef void (*SkPoolFunc) (gpointer data, int worker, int n_workers);

/**
 * sk_pool_new:
 * @n_workers: threads, the caller's included; 0: one per physical core
 * @niceness: added to the priority of the workers started here, 0 … 19
 *
 * Returns: (transfer full): free with sk_pool_free()
 */
SkPool *
sk_pool_new (int n_workers, int niceness);

void
sk_pool_free (SkPool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkPool, sk_pool_free)

int
sk_pool_size (const SkPool *self);

/**
 * sk_pool_run:
 *
 * Calls @func once for every worker, and returns when all have ended. Never call it from
 * within @func, nor from two threads at once. Allocates nothing.
 */
void
sk_pool_run (SkPool *self, SkPoolFunc func, gpointer data);

/* The part [*begin, *end) of @n items that is @worker's: parts differ by at most one. */
static inline void
sk_share (gsize n, int worker, int n_workers, gsize *begin, gsize *end) {
  *begin = n * (gsize) worker / (gsize) n_workers;
  *end = n * ((gsize) worker + 1) / (gsize) n_workers;
}

/**
 * sk_cores:
 *
 * Returns: physical cores this process may run on, at least 1
 */
int
sk_cores (void);

/* Lowers the calling thread's own priority by @niceness. */
void
sk_thread_set_niceness (int niceness);
