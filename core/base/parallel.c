#include "parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Between two layers there are microseconds: waiting for them in the kernel would cost
 * more than the work. After this many turns a waiter sleeps. */
#define SPIN_TURNS 4000

typedef struct {
  SkPool *pool;
  int index;
  pthread_t thread;
} Worker;

struct _SkPool {
  int n_workers;
  int niceness;
  Worker *workers; /* n_workers − 1: the caller is worker 0 */

  SkPoolFunc func;
  gpointer data;

  atomic_uint round; /* a new value: there is work */
  atomic_int pending; /* workers that have not ended this round */
  atomic_bool closing;

  pthread_mutex_t mutex;
  pthread_cond_t start;
  pthread_cond_t done;
};

static void
relax (void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

void
sk_thread_set_niceness (int niceness) {
  /* On Linux priority belongs to the thread, named by its kernel id. */
  if (niceness > 0)
    setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), niceness);
}

static void
wait_for_round (SkPool *self, unsigned seen) {
  for (int i = 0; i < SPIN_TURNS; i++) {
    if (atomic_load_explicit (&self->round, memory_order_acquire) != seen)
      return;
    relax ();
  }
  pthread_mutex_lock (&self->mutex);
  while (atomic_load (&self->round) == seen)
    pthread_cond_wait (&self->start, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
}

static void *
worker_main (void *data) {
  Worker *worker = data;
  SkPool *self = worker->pool;
  unsigned seen = 0;

  sk_thread_set_niceness (self->niceness);
  for (;;) {
    wait_for_round (self, seen);
    seen++;
    if (atomic_load (&self->closing))
      return NULL;
    self->func (self->data, worker->index, self->n_workers);
    if (atomic_fetch_sub (&self->pending, 1) == 1) {
      pthread_mutex_lock (&self->mutex);
      pthread_cond_signal (&self->done);
      pthread_mutex_unlock (&self->mutex);
    }
  }
}

static void
announce (SkPool *self) {
  pthread_mutex_lock (&self->mutex);
  atomic_fetch_add_explicit (&self->round, 1, memory_order_release);
  pthread_cond_broadcast (&self->start);
  pthread_mutex_unlock (&self->mutex);
}

int
sk_cores (void) {
  cpu_set_t allowed;
  int cores = 0;

  if (sched_getaffinity (0, sizeof allowed, &allowed) != 0)
    return 1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    char path[96];
    int first = cpu;
    FILE *file;

    if (!CPU_ISSET (cpu, &allowed))
      continue;
    /* Of the threads of one core, count only the first that we may use. */
    g_snprintf (path, sizeof path,
                "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    file = fopen (path, "r");
    if (file) {
      if (fscanf (file, "%d", &first) != 1)
        first = cpu;
      fclose (file);
    }
    if (first == cpu || !CPU_ISSET (first, &allowed))
      cores++;
  }
  return MAX (cores, 1);
}

SkPool *
sk_pool_new (int n_workers, int niceness) {
  SkPool *self = g_new0 (SkPool, 1);

  self->n_workers = n_workers > 0 ? n_workers : sk_cores ();
  self->niceness = niceness;
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->start, NULL);
  pthread_cond_init (&self->done, NULL);
  self->workers = g_new0 (Worker, (gsize) self->n_workers);
  for (int i = 1; i < self->n_workers; i++) {
    Worker *worker = &self->workers[i - 1];

    *worker = (Worker){ .pool = self, .index = i };
    if (pthread_create (&worker->thread, NULL, worker_main, worker) != 0) {
      g_warning ("only %d of %d worker threads could be started", i, self->n_workers);
      self->n_workers = i;
    }
  }
  return self;
}

void
sk_pool_free (SkPool *self) {
  if (self == NULL)
    return;
  atomic_store (&self->closing, TRUE);
  announce (self);
  for (int i = 1; i < self->n_workers; i++)
    pthread_join (self->workers[i - 1].thread, NULL);
  pthread_mutex_destroy (&self->mutex);
  pthread_cond_destroy (&self->start);
  pthread_cond_destroy (&self->done);
  g_free (self->workers);
  g_free (self);
}

int
sk_pool_size (const SkPool *self) {
  return self->n_workers;
}

void
sk_pool_run (SkPool *self, SkPoolFunc func, gpointer data) {
  if (self->n_workers == 1) {
    func (data, 0, 1);
    return;
  }
  self->func = func;
  self->data = data;
  atomic_store (&self->pending, self->n_workers - 1);
  announce (self);
  func (data, 0, self->n_workers);
  for (int i = 0; i < SPIN_TURNS; i++) {
    if (atomic_load_explicit (&self->pending, memory_order_acquire) == 0)
      return;
    relax ();
  }
  pthread_mutex_lock (&self->mutex);
  while (atomic_load (&self->pending) != 0)
    pthread_cond_wait (&self->done, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
}
