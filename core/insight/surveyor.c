/* Looks at a set of pictures before anything learns from it. */

#include "surveyor.h"

#include <glib/gstdio.h>

#include "transform.h"

#define THUMBNAIL_SIDE 96
#define THUMBNAILS_OF_A_CLASS 6
#define CLASSES_WITH_THUMBNAILS 100

/* Pictures decoded between two looks at the clock. */
#define CHUNK 32

#define MAX_HASHED ((gsize) 1 << 30) /* bytes of a file */

typedef struct {
  SkSplit split;
  int index;
} Place;

static void
file_free (gpointer data) {
  SkSurveyFile *self = data;

  g_free (self->path);
  g_free (self->reason);
  g_free (self->original);
  g_free (self);
}

static void
thumbnail_free (gpointer data) {
  g_free (((SkSurveyThumbnail *) data)->pixels);
  g_free (data);
}

static void
count_classes (SkSurvey *self, SkDataset *dataset) {
  self->n_classes = sk_dataset_classes (dataset);
  self->classes = g_new0 (SkSurveyClass, self->n_classes);
  for (int i = 0; i < self->n_classes; i++)
    self->classes[i].name = g_strdup (sk_dataset_class_name (dataset, i));
  for (int split = 0; split < 2; split++) {
    self->count[split] = sk_dataset_count (dataset, split);
    for (int i = 0; i < self->count[split]; i++)
      self->classes[sk_dataset_label (dataset, split, i)].count[split]++;
  }
}

static void
list_broken (SkSurvey *self, SkDataset *dataset) {
  g_autoptr (GPtrArray) skipped = sk_dataset_skipped (dataset);

  g_ptr_array_set_size (self->broken, 0);
  for (guint i = 0; i < skipped->len; i++) {
    const SkSkipped *from = skipped->pdata[i];
    SkSurveyFile *file = g_new0 (SkSurveyFile, 1);

    file->path = g_strdup (from->path);
    file->reason = g_strdup (from->reason);
    g_ptr_array_add (self->broken, file);
  }
}

SkSurvey *
sk_survey_new (SkDataset *dataset) {
  SkSurvey *self = g_new0 (SkSurvey, 1);

  g_atomic_ref_count_init (&self->refs);
  self->spec = g_strdup (sk_dataset_spec (dataset));
  self->title = g_strdup (sk_dataset_title (dataset));
  self->split_here = sk_dataset_is_split_here (dataset);
  self->broken = g_ptr_array_new_with_free_func (file_free);
  self->duplicates = g_ptr_array_new_with_free_func (file_free);
  self->thumbnails = g_ptr_array_new_with_free_func (thumbnail_free);
  count_classes (self, dataset);
  list_broken (self, dataset);
  return self;
}

/* --- duplicates ---------------------------------------------------------------------- */

static gboolean
is_cancelled (const gint *cancel) {
  return cancel != NULL && g_atomic_int_get (cancel);
}

/* (nullable) (transfer full): files of one size, by what is in them. */
static char *
hash_file (const char *path, gint64 size) {
  g_autofree char *bytes = NULL;
  gsize length;

  if (size > (gint64) MAX_HASHED || !g_file_get_contents (path, &bytes, &length, NULL))
    return NULL;
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes,
                                      length);
}

static void
add_duplicate (SkSurvey *self, SkDataset *dataset, const Place *first,
               const Place *other) {
  SkSurveyFile *file = g_new0 (SkSurveyFile, 1);

  file->path = g_strdup (sk_dataset_path (dataset, other->split, other->index));
  file->original = g_strdup (sk_dataset_path (dataset, first->split, first->index));
  file->leaks = first->split != other->split;
  file->contradicts = sk_dataset_label (dataset, first->split, first->index) !=
                      sk_dataset_label (dataset, other->split, other->index);
  self->n_leaks += file->leaks;
  self->n_contradictions += file->contradicts;
  g_ptr_array_add (self->duplicates, file);
}

static gint64
size_of (const char *path) {
  GStatBuf status;

  return path != NULL && g_stat (path, &status) == 0 ? (gint64) status.st_size : -1;
}

/* Size → GArray of Place, in the order of the set. */
static GHashTable *
group_by_size (SkDataset *dataset, const gint *cancel) {
  GHashTable *groups = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                              (GDestroyNotify) g_array_unref);

  for (int split = 0; split < 2; split++)
    for (int i = 0; i < sk_dataset_count (dataset, split) && !is_cancelled (cancel);
         i++) {
      Place place = { split, i };
      gint64 size = size_of (sk_dataset_path (dataset, split, i));
      GArray *group = g_hash_table_lookup (groups, &size);

      if (size < 0)
        continue;
      if (group == NULL) {
        group = g_array_new (FALSE, FALSE, sizeof (Place));
        g_hash_table_insert (groups, g_memdup2 (&size, sizeof size), group);
      }
      g_array_append_val (group, place);
    }
  return groups;
}

static void
compare_group (SkSurvey *self, SkDataset *dataset, gint64 size, const GArray *group,
               const gint *cancel) {
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < group->len && !is_cancelled (cancel); i++) {
    const Place *place = &g_array_index (group, Place, i);
    char *hash =
        hash_file (sk_dataset_path (dataset, place->split, place->index), size);
    const Place *first = hash != NULL ? g_hash_table_lookup (seen, hash) : NULL;

    if (first != NULL)
      add_duplicate (self, dataset, first, place);
    if (first == NULL && hash != NULL)
      g_hash_table_insert (seen, hash, (gpointer) place);
    else
      g_free (hash);
  }
}

static int
compare_files (gconstpointer a, gconstpointer b) {
  const SkSurveyFile *x = *(SkSurveyFile *const *) a, *y = *(SkSurveyFile *const *) b;

  /* What spoils a result first. */
  if (x->leaks != y->leaks)
    return y->leaks - x->leaks;
  if (x->contradicts != y->contradicts)
    return y->contradicts - x->contradicts;
  return g_strcmp0 (x->path, y->path);
}

void
sk_survey_find_duplicates (SkSurvey *self, SkDataset *dataset, const gint *cancel) {
  g_autoptr (GHashTable) groups = group_by_size (dataset, cancel);
  GHashTableIter iter;
  gpointer size, group;

  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, &size, &group))
    if (((GArray *) group)->len > 1)
      compare_group (self, dataset, *(gint64 *) size, group, cancel);
  g_ptr_array_sort (self->duplicates, compare_files);
}

/* --- pictures ------------------------------------------------------------------------ */

typedef struct {
  SkDataset *dataset;
  const Place *places; /* (n) */
  int n;
  const gboolean *wanted; /* (n) as thumbnails */
  SkSurveyThumbnail **thumbnails; /* (n) made, or NULL */
} Reading;

static SkSurveyThumbnail *
make_thumbnail (const SkImage *image, int label) {
  SkSurveyThumbnail *self = g_new0 (SkSurveyThumbnail, 1);
  int longer = MAX (MAX (image->width, image->height), THUMBNAIL_SIDE);
  SkImage small = { 0 };

  self->label = label;
  self->width = MAX ((int) ((gint64) image->width * THUMBNAIL_SIDE / longer), 1);
  self->height = MAX ((int) ((gint64) image->height * THUMBNAIL_SIDE / longer), 1);
  sk_image_resize (image, self->width, self->height, SK_FILTER_BILINEAR, &small);
  self->pixels = g_steal_pointer (&small.pixels);
  return self;
}

static void
read_share (gpointer data, int worker, int n_workers) {
  Reading *self = data;

  for (int i = worker; i < self->n; i += n_workers) {
    const Place *place = &self->places[i];
    SkImage image;

    /* The set remembers who is broken. */
    if (!sk_dataset_read (self->dataset, place->split, place->index, &image, NULL))
      continue;
    if (self->wanted[i])
      self->thumbnails[i] = make_thumbnail (
          &image, sk_dataset_label (self->dataset, place->split, place->index));
    sk_image_clear (&image);
  }
}

/* Who is to be read: everybody with a file of his own, and some of each class. */
static GArray *
choose (const SkSurvey *self, SkDataset *dataset, GArray *wanted) {
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autofree int *taken = g_new0 (int, self->n_classes);

  for (int split = 0; split < 2; split++)
    for (int i = 0; i < self->count[split]; i++) {
      Place place = { split, i };
      int label = sk_dataset_label (dataset, split, i);
      gboolean shown =
          label < CLASSES_WITH_THUMBNAILS && taken[label] < THUMBNAILS_OF_A_CLASS;

      if (!shown && sk_dataset_path (dataset, split, i) == NULL)
        continue;
      taken[label] += shown;
      g_array_append_val (places, place);
      g_array_append_val (wanted, shown);
    }
  return places;
}

static int
compare_thumbnails (gconstpointer a, gconstpointer b) {
  const SkSurveyThumbnail *x = *(SkSurveyThumbnail *const *) a;
  const SkSurveyThumbnail *y = *(SkSurveyThumbnail *const *) b;

  return x->label - y->label;
}

gboolean
sk_survey_read_pictures (SkSurvey *self, SkDataset *dataset, SkPool *pool,
                         SkProgressFunc progress, gpointer data, const gint *cancel) {
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (gboolean));
  g_autoptr (GArray) places = choose (self, dataset, wanted);

  for (guint begin = 0; begin < places->len; begin += CHUNK) {
    SkSurveyThumbnail *made[CHUNK] = { NULL };
    Reading reading = { .dataset = dataset,
                        .places = &g_array_index (places, Place, begin),
                        .n = (int) MIN (CHUNK, places->len - begin),
                        .wanted = &g_array_index (wanted, gboolean, begin),
                        .thumbnails = made };

    if (is_cancelled (cancel))
      return FALSE;
    sk_pool_run (pool, read_share, &reading);
    for (int i = 0; i < reading.n; i++)
      if (made[i] != NULL)
        g_ptr_array_add (self->thumbnails, made[i]);
    if (progress != NULL)
      progress ((double) (begin + (guint) reading.n) / places->len, data);
  }
  g_ptr_array_sort (self->thumbnails, compare_thumbnails);
  list_broken (self, dataset);
  self->checked = TRUE;
  return TRUE;
}
