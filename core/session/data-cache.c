#include "data-cache.h"

void
sk_data_cache_init (SkDataCache *self) {
  *self = (SkDataCache){ 0 };
  pthread_mutex_init (&self->mutex, NULL);
}

void
sk_data_cache_clear (SkDataCache *self) {
  g_clear_pointer (&self->dataset, sk_dataset_unref);
  g_clear_pointer (&self->spec, g_free);
  pthread_mutex_destroy (&self->mutex);
}

static SkDataset *
find (SkDataCache *self, const char *spec) {
  SkDataset *dataset = NULL;

  pthread_mutex_lock (&self->mutex);
  if (self->dataset && g_strcmp0 (self->spec, spec) == 0)
    dataset = sk_dataset_ref (self->dataset);
  pthread_mutex_unlock (&self->mutex);
  return dataset;
}

static void
keep (SkDataCache *self, const char *spec, SkDataset *dataset) {
  SkDataset *before;

  pthread_mutex_lock (&self->mutex);
  before = self->dataset;
  self->dataset = sk_dataset_ref (dataset);
  g_free (self->spec);
  self->spec = g_strdup (spec);
  pthread_mutex_unlock (&self->mutex);
  g_clear_pointer (&before, sk_dataset_unref);
}

SkDataset *
sk_data_cache_open (SkDataCache *self, const char *spec, GCancellable *cancellable,
                    GError **error) {
  SkDataset *dataset = find (self, spec);

  if (dataset)
    return dataset;
  dataset = sk_dataset_open (spec, SK_DATASET_SEED, cancellable, error);
  if (dataset)
    keep (self, spec, dataset);
  return dataset;
}

SkDataset *
sk_data_cache_latest (SkDataCache *self) {
  SkDataset *dataset;

  pthread_mutex_lock (&self->mutex);
  dataset = self->dataset ? sk_dataset_ref (self->dataset) : NULL;
  pthread_mutex_unlock (&self->mutex);
  return dataset;
}
