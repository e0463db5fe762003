#include "fetch-lane.h"

#include "download.h"
#include "errors.h"

/* An entry of the catalogue, and what is known of it here. */
typedef struct {
  const SkCatalogEntry *entry; /* of the lane's catalogue */
  SkShelfState shelf;
  guint64 bytes; /* that are here */
  SkReceipt receipt; /* where it is HERE */
  char *error; /* (nullable) */
} Seen;

struct _SkFetchLane {
  pthread_t thread;
  gboolean started;
  SkBoard *board;

  pthread_mutex_t mutex; /* of the four below */
  pthread_cond_t arrived;
  GQueue wanted; /* names, in turn; LIST_ONLY: none, but tell what there is */
  GCancellable *cancellable; /* (nullable): of the download under way */
  gboolean closed;

  /* the lane's thread alone */
  char *running; /* (nullable): name; written with the mutex */
  SkDownloadState state; /* of @running */
  SkCatalog *catalog; /* (nullable) */
  char *problem; /* (nullable): why there is no catalogue */
  GArray *seen; /* of Seen */
};

/* No entry is called so. */
#define LIST_ONLY ""

/* --- what other threads call ------------------------------------------------------- */

static void
forget_wanted (SkFetchLane *self, const char *name) {
  GList *link = g_queue_find_custom (&self->wanted, name, (GCompareFunc) g_strcmp0);

  if (link != NULL) {
    g_free (link->data);
    g_queue_delete_link (&self->wanted, link);
  }
}

static void
want (SkFetchLane *self, const char *name) {
  forget_wanted (self, name);
  if (g_strcmp0 (self->running, name) != 0)
    g_queue_push_tail (&self->wanted, g_strdup (name));
}

void
sk_fetch_lane_send (SkFetchLane *self, const SkCommand *command) {
  pthread_mutex_lock (&self->mutex);
  if (command->kind == SK_COMMAND_FETCH && command->path != NULL) {
    want (self, command->path);
  } else if (command->kind == SK_COMMAND_FETCH_CANCEL && command->path != NULL) {
    forget_wanted (self, command->path);
    if (self->cancellable != NULL && g_strcmp0 (self->running, command->path) == 0)
      g_cancellable_cancel (self->cancellable);
    want (self, LIST_ONLY);
  } else {
    want (self, LIST_ONLY);
  }
  pthread_cond_signal (&self->arrived);
  pthread_mutex_unlock (&self->mutex);
}

void
sk_fetch_lane_cancel (SkFetchLane *self) {
  pthread_mutex_lock (&self->mutex);
  self->closed = TRUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  pthread_cond_signal (&self->arrived);
  pthread_mutex_unlock (&self->mutex);
}

/* --- on the lane's thread ---------------------------------------------------------- */

static void
seen_clear (gpointer data) {
  Seen *seen = data;

  sk_receipt_clear (&seen->receipt);
  g_free (seen->error);
}

static void
look (Seen *seen) {
  sk_receipt_clear (&seen->receipt);
  seen->shelf = sk_shelf_look (NULL, seen->entry, &seen->bytes, &seen->receipt);
}

/* Looks at the whole shelf, and reads the catalogue where that was not possible yet. */
static void
look_around (SkFetchLane *self) {
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->problem, g_free);
  if (self->catalog == NULL) {
    self->catalog = sk_catalog_load (NULL, &error);
    if (self->catalog == NULL) {
      self->problem = g_strdup (error->message);
      return;
    }
    for (guint i = 0; i < sk_catalog_count (self->catalog); i++) {
      Seen seen = { .entry = sk_catalog_entry (self->catalog, i) };

      g_array_append_val (self->seen, seen);
    }
  }
  for (guint i = 0; i < self->seen->len; i++)
    look (&g_array_index (self->seen, Seen, i));
}

static gboolean
is_wanted (SkFetchLane *self, const char *name) {
  gboolean found;

  pthread_mutex_lock (&self->mutex);
  found = g_queue_find_custom (&self->wanted, name, (GCompareFunc) g_strcmp0) != NULL;
  pthread_mutex_unlock (&self->mutex);
  return found;
}

static SkOfferPhase
phase_of (SkFetchLane *self, const Seen *seen) {
  if (g_strcmp0 (self->running, seen->entry->name) == 0)
    return self->state.checking ? SK_OFFER_CHECKING : SK_OFFER_RUNNING;
  if (is_wanted (self, seen->entry->name))
    return SK_OFFER_WAITING;
  switch (seen->shelf) {
  case SK_SHELF_HERE:
    return SK_OFFER_HERE;
  case SK_SHELF_PART:
    return SK_OFFER_PART;
  case SK_SHELF_UNCHECKED:
    return SK_OFFER_UNCHECKED;
  default:
    return SK_OFFER_ABSENT;
  }
}

/* (transfer full) */
static SkOffer *
make_offer (SkFetchLane *self, const Seen *seen) {
  const SkCatalogEntry *entry = seen->entry;
  SkOffer *offer = g_new0 (SkOffer, 1);
  gboolean running;

  offer->phase = phase_of (self, seen);
  running = offer->phase == SK_OFFER_RUNNING || offer->phase == SK_OFFER_CHECKING;
  offer->is_data = entry->kind == SK_CATALOG_DATA;
  offer->included = entry->included;
  offer->name = g_strdup (entry->name);
  offer->title = g_strdup (entry->title);
  offer->licence = g_strdup (entry->licence);
  offer->address = g_strdup (entry->address);
  offer->received = running ? self->state.received : seen->bytes;
  offer->total =
      running && self->state.total > 0 ? self->state.total : entry->size_about;
  offer->speed = running ? self->state.speed : 0;
  offer->error = g_strdup (seen->error);
  if (offer->phase != SK_OFFER_HERE)
    return offer;
  offer->path = g_strdup (seen->receipt.path);
  offer->sha256 = g_strdup (seen->receipt.sha256);
  if (offer->is_data)
    offer->data = g_strconcat (entry->reader, ":", offer->path, NULL);
  return offer;
}

/* The list is made anew: the one before may still be read elsewhere. */
static void
publish (SkFetchLane *self) {
  GPtrArray *offers = sk_offers_new (), *before;
  SkSnapshot *state;

  for (guint i = 0; i < self->seen->len; i++)
    g_ptr_array_add (offers, make_offer (self, &g_array_index (self->seen, Seen, i)));
  state = sk_board_lock (self->board);
  before = state->offers;
  state->offers = offers;
  g_free (state->offers_problem);
  state->offers_problem = g_strdup (self->problem);
  sk_board_unlock (self->board, TRUE);
  g_clear_pointer (&before, g_ptr_array_unref);
}

static void
progress_cb (const SkDownloadState *state, gpointer data) {
  SkFetchLane *self = data;

  self->state = *state;
  publish (self);
}

/* NULL: @name is not in the catalogue. */
static Seen *
find (SkFetchLane *self, const char *name) {
  for (guint i = 0; i < self->seen->len; i++) {
    Seen *seen = &g_array_index (self->seen, Seen, i);

    if (g_strcmp0 (seen->entry->name, name) == 0)
      return seen;
  }
  return NULL;
}

static void
end (SkFetchLane *self) {
  pthread_mutex_lock (&self->mutex);
  g_clear_pointer (&self->running, g_free);
  g_clear_object (&self->cancellable);
  pthread_mutex_unlock (&self->mutex);
}

static void
fetch (SkFetchLane *self, const char *name) {
  SkDownloadOptions options = { .progress = progress_cb, .data = self };
  g_auto (SkReceipt) receipt = { 0 };
  g_autoptr (GError) error = NULL;
  Seen *seen;

  look_around (self);
  seen = find (self, name);
  if (seen == NULL) {
    end (self);
    publish (self);
    return;
  }
  g_clear_pointer (&seen->error, g_free);
  self->state.received = seen->bytes;
  publish (self);
  if (!sk_download_run (seen->entry, &options, self->cancellable, &receipt, &error) &&
      !g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED))
    seen->error = g_strdup (error->message);
  end (self);
  look (seen);
  publish (self);
}

/* (transfer full) (nullable): the next name, which is under way from now on and can be
 * called off; NULL: closed */
static char *
next_wanted (SkFetchLane *self) {
  char *name;

  pthread_mutex_lock (&self->mutex);
  while (!self->closed && g_queue_is_empty (&self->wanted))
    pthread_cond_wait (&self->arrived, &self->mutex);
  name = self->closed ? NULL : g_queue_pop_head (&self->wanted);
  if (name != NULL && *name != '\0') {
    self->running = g_strdup (name);
    self->cancellable = g_cancellable_new ();
    self->state = (SkDownloadState){ 0 };
  }
  pthread_mutex_unlock (&self->mutex);
  return name;
}

static void *
lane_main (void *data) {
  SkFetchLane *self = data;
  char *name;

  while ((name = next_wanted (self)) != NULL) {
    if (*name != '\0') {
      fetch (self, name);
    } else {
      look_around (self);
      publish (self);
    }
    g_free (name);
  }
  return NULL;
}

SkFetchLane *
sk_fetch_lane_new (SkBoard *board) {
  SkFetchLane *self = g_new0 (SkFetchLane, 1);

  self->board = board;
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->arrived, NULL);
  g_queue_init (&self->wanted);
  self->seen = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_array_set_clear_func (self->seen, seen_clear);
  self->started = pthread_create (&self->thread, NULL, lane_main, self) == 0;
  if (!self->started)
    g_warning ("no thread could be started for downloads");
  return self;
}

void
sk_fetch_lane_free (SkFetchLane *self) {
  if (self->started)
    pthread_join (self->thread, NULL);
  g_queue_clear_full (&self->wanted, g_free);
  g_array_unref (self->seen);
  g_clear_pointer (&self->catalog, sk_catalog_unref);
  g_free (self->problem);
  pthread_cond_destroy (&self->arrived);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}
