#include "loader.h"

#include <pthread.h>
#include <string.h>

#include "parallel.h"
#include "rng.h"

/* Batches live in a ring of slots. A worker opens the next free slot, whoever comes then
 * takes pictures of the oldest open one, and the last to finish closes it; the consumer
 * takes slots in order. So all threads work on the batch that is needed first. */

#define SLOTS 4 /* one with the consumer, three ahead */
#define CLAIM_SMALL 16 /* pictures a thread takes at once, where each is quick */
#define SMALL_SIDE 64 /* pixels */
#define NICENESS 5 /* behind the window, ahead of the pool, which would wait for it */

/* What a random stream is for, in the upper half of its name; the epoch is the lower. */
#define STREAM_ORDER ((guint64) 1 << 32)
#define STREAM_AUGMENT ((guint64) 2 << 32)

typedef struct {
  SkBatch batch;
  int wanted; /* pictures before broken ones are left out */
  int claimed; /* taken by threads */
  int finished;
  gboolean *good; /* (wanted) */
} Slot;

struct _SkLoader {
  SkDataset *dataset;
  SkSplit split;
  SkTransform transform;
  SkAugment augment;
  guint64 seed;
  gboolean shuffle;
  int batch_size, n_batches, claim;
  int views; /* 0: one an epoch */

  pthread_t *threads;
  int n_threads;

  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t work; /* a slot became free, or closing */
  pthread_cond_t ready; /* a slot was finished, or a thread became idle */
  gboolean running, closing;
  int busy; /* threads between claim and finish */
  Slot slots[SLOTS];
  /* Counted since start; a slot's place in the ring is the count modulo SLOTS. */
  guint64 n_opened, n_closed, n_taken;
  int next_epoch, next_batch; /* of the slot to be opened next */
  guint32 *order; /* (count) of @order_epoch */
  int order_epoch; /* −1: none yet */

  gint64 waited; /* µs; the consumer's own */
};

static Slot *
slot_at (SkLoader *self, guint64 n) {
  return &self->slots[n % SLOTS];
}

void
sk_loader_order (const SkLoader *self, int epoch, guint32 *order) {
  guint32 n = (guint32) sk_dataset_count (self->dataset, self->split);

  for (guint32 i = 0; i < n; i++)
    order[i] = i;
  if (self->shuffle) {
    SkRng rng = sk_rng_at (self->seed, STREAM_ORDER | (guint32) epoch, self->split);

    sk_rng_shuffle (&rng, order, n);
  }
}

static void
prepare_order (SkLoader *self, int epoch) {
  if (self->order_epoch == epoch)
    return;
  sk_loader_order (self, epoch, self->order);
  self->order_epoch = epoch;
}

/* With the mutex held. */
static void
open_slot (SkLoader *self) {
  Slot *slot = slot_at (self, self->n_opened++);
  int count = sk_dataset_count (self->dataset, self->split);
  int first = self->next_batch * self->batch_size;

  prepare_order (self, self->next_epoch);
  slot->wanted = MIN (self->batch_size, count - first);
  slot->claimed = slot->finished = 0;
  slot->batch.epoch = self->next_epoch;
  slot->batch.batch = self->next_batch;
  slot->batch.last = self->next_batch == self->n_batches - 1;
  for (int i = 0; i < slot->wanted; i++)
    slot->batch.indices[i] = (int) self->order[first + i];
  if (++self->next_batch == self->n_batches) {
    self->next_batch = 0;
    self->next_epoch++;
  }
}

/* The oldest slot with pictures that nobody has taken, a new one where all are taken, NULL
 * where there is no room. With the mutex held. */
static Slot *
find_work (SkLoader *self) {
  /* The slot last taken stays the consumer's until it takes another. */
  guint64 room = self->n_taken > 0 ? SLOTS - 1 : SLOTS;

  for (guint64 n = self->n_closed; n < self->n_opened; n++) {
    Slot *slot = slot_at (self, n);

    if (slot->claimed < slot->wanted)
      return slot;
  }
  if (self->n_opened - self->n_taken >= room)
    return NULL;
  open_slot (self);
  return slot_at (self, self->n_opened - 1);
}

/* Pictures @first … @first + @n − 1 of @slot; without the mutex. */
static void
fill (SkLoader *self, Slot *slot, int first, int n) {
  gsize size = (gsize) self->transform.side * (gsize) self->transform.side * 3;

  for (int i = first; i < first + n; i++) {
    int index = slot->batch.indices[i];
    int view = self->views > 0 ? slot->batch.epoch % self->views : slot->batch.epoch;
    SkRng rng =
        sk_rng_at (self->seed, STREAM_AUGMENT | (guint32) view, (guint64) index);
    SkImage image;

    /* The data set remembers a broken file and why. */
    slot->good[i] = sk_dataset_read (self->dataset, self->split, index, &image, NULL);
    if (!slot->good[i])
      continue;
    slot->batch.labels[i] = sk_dataset_label (self->dataset, self->split, index);
    sk_transform_apply (&self->transform, &image, self->augment, &rng,
                        slot->batch.images + (gsize) i * size);
    sk_image_clear (&image);
  }
}

/* Closes the gaps that broken files left. */
static void
compact (const SkLoader *self, Slot *slot) {
  gsize size = (gsize) self->transform.side * (gsize) self->transform.side * 3;
  SkBatch *batch = &slot->batch;

  batch->n = 0;
  for (int i = 0; i < slot->wanted; i++) {
    if (!slot->good[i])
      continue;
    if (batch->n < i) {
      memcpy (batch->images + (gsize) batch->n * size, batch->images + (gsize) i * size,
              size * sizeof (float));
      batch->labels[batch->n] = batch->labels[i];
      batch->indices[batch->n] = batch->indices[i];
    }
    batch->n++;
  }
}

/* Takes some pictures and does them. With the mutex held, which it lets go meanwhile.
 * Returns FALSE where there was nothing to do. */
static gboolean
work_once (SkLoader *self) {
  Slot *slot = self->running ? find_work (self) : NULL;
  int first, n;

  if (slot == NULL)
    return FALSE;
  first = slot->claimed;
  n = MIN (self->claim, slot->wanted - first);
  slot->claimed += n;
  self->busy++;
  pthread_mutex_unlock (&self->mutex);
  fill (self, slot, first, n);
  pthread_mutex_lock (&self->mutex);
  self->busy--;
  slot->finished += n;
  /* Slots may be finished out of order; they are closed in order. */
  while (self->n_closed < self->n_opened && slot_at (self, self->n_closed)->finished ==
                                                slot_at (self, self->n_closed)->wanted)
    compact (self, slot_at (self, self->n_closed++));
  pthread_cond_broadcast (&self->ready);
  return TRUE;
}

static void *
worker_main (void *data) {
  SkLoader *self = data;

  sk_thread_set_niceness (NICENESS);
  pthread_mutex_lock (&self->mutex);
  while (!self->closing)
    if (!work_once (self))
      pthread_cond_wait (&self->work, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

static void
start_threads (SkLoader *self, int n_threads) {
  if (n_threads <= 0)
    n_threads = sk_dataset_side (self->dataset) > 0 ? 1 : sk_cores ();
  self->threads = g_new (pthread_t, (gsize) n_threads);
  for (int i = 0; i < n_threads; i++) {
    if (pthread_create (&self->threads[i], NULL, worker_main, self) != 0) {
      g_warning ("only %d of %d loading threads could be started", i, n_threads);
      break;
    }
    self->n_threads++;
  }
}

SkLoader *
sk_loader_new (SkDataset *dataset, SkSplit split, const SkTransform *transform,
               SkAugment augment, int batch, guint64 seed, gboolean shuffle,
               int n_threads) {
  int count = sk_dataset_count (dataset, split);
  gsize size = (gsize) transform->side * (gsize) transform->side * 3;
  SkLoader *self;

  g_return_val_if_fail (count > 0, NULL);
  g_return_val_if_fail (batch > 0, NULL);
  self = g_new0 (SkLoader, 1);
  self->dataset = sk_dataset_ref (dataset);
  self->split = split;
  self->transform = *transform;
  self->augment = augment;
  self->seed = seed;
  self->shuffle = shuffle;
  self->batch_size = MIN (batch, count);
  self->n_batches = (count - 1) / self->batch_size + 1;
  self->claim = transform->side <= SMALL_SIDE ? CLAIM_SMALL : 1;
  self->order = g_new (guint32, (gsize) count);
  self->order_epoch = -1;
  for (int i = 0; i < SLOTS; i++) {
    gsize n = (gsize) self->batch_size;

    self->slots[i].batch.images = g_new (float, n *size);
    self->slots[i].batch.labels = g_new (int, n);
    self->slots[i].batch.indices = g_new (int, n);
    self->slots[i].good = g_new (gboolean, n);
  }
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->work, NULL);
  pthread_cond_init (&self->ready, NULL);
  start_threads (self, n_threads);
  return self;
}

void
sk_loader_free (SkLoader *self) {
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->mutex);
  self->closing = TRUE;
  pthread_cond_broadcast (&self->work);
  pthread_mutex_unlock (&self->mutex);
  for (int i = 0; i < self->n_threads; i++)
    pthread_join (self->threads[i], NULL);
  for (int i = 0; i < SLOTS; i++) {
    g_free (self->slots[i].batch.images);
    g_free (self->slots[i].batch.labels);
    g_free (self->slots[i].batch.indices);
    g_free (self->slots[i].good);
  }
  pthread_cond_destroy (&self->ready);
  pthread_cond_destroy (&self->work);
  pthread_mutex_destroy (&self->mutex);
  sk_dataset_unref (self->dataset);
  g_free (self->order);
  g_free (self->threads);
  g_free (self);
}

void
sk_loader_set_views (SkLoader *self, int views) {
  g_return_if_fail (!self->running && views >= 0);
  self->views = views;
}

int
sk_loader_n_batches (const SkLoader *self) {
  return self->n_batches;
}

guint64
sk_loader_memory (int batch, int side) {
  return (guint64) SLOTS * (guint64) batch * (guint64) side * (guint64) side * 3 *
         sizeof (float);
}

void
sk_loader_start (SkLoader *self, int epoch, int batch) {
  g_return_if_fail (epoch >= 0 && batch >= 0 && batch < self->n_batches);
  pthread_mutex_lock (&self->mutex);
  self->running = FALSE;
  while (self->busy > 0)
    pthread_cond_wait (&self->ready, &self->mutex);
  self->n_opened = self->n_closed = self->n_taken = 0;
  self->next_epoch = epoch;
  self->next_batch = batch;
  self->waited = 0;
  self->running = TRUE;
  pthread_cond_broadcast (&self->work);
  pthread_mutex_unlock (&self->mutex);
}

const SkBatch *
sk_loader_next (SkLoader *self) {
  gint64 began = g_get_monotonic_time ();
  const SkBatch *batch;

  g_return_val_if_fail (self->running, NULL);
  pthread_mutex_lock (&self->mutex);
  while (self->n_taken == self->n_closed)
    if (self->n_threads > 0)
      pthread_cond_wait (&self->ready, &self->mutex);
    else
      work_once (self);
  batch = &slot_at (self, self->n_taken++)->batch;
  /* This frees the slot taken before. */
  pthread_cond_broadcast (&self->work);
  pthread_mutex_unlock (&self->mutex);
  self->waited += g_get_monotonic_time () - began;
  return batch;
}

double
sk_loader_waited (const SkLoader *self) {
  return (double) self->waited * 1e-6;
}
