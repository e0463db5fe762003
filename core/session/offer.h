#pragma once

#include <glib.h>

/* Something of the catalogue, and how far its download is. Plain data. */

typedef enum {
  SK_OFFER_ABSENT,
  SK_OFFER_PART, /* begun earlier: FETCH goes on from there */
  SK_OFFER_UNCHECKED, /* a file of that name lies here: FETCH checks it */
  SK_OFFER_WAITING, /* for another one that is under way */
  SK_OFFER_RUNNING,
  SK_OFFER_CHECKING, /* a file that is here is read for its hash */
  SK_OFFER_HERE,
} SkOfferPhase;

typedef struct {
  SkOfferPhase phase;
  gboolean is_data; /* else weights */
  gboolean included; /* comes with the program: always HERE where that is whole */
  char *name; /* as FETCH wants it */
  char *title, *licence;
  char *address; /* (nullable): NULL: @included */
  guint64 received, total; /* bytes; @total about where nobody counted them */
  double speed; /* bytes a second; 0: not known */
  char *path; /* (nullable): HERE: of the file */
  char *data; /* (nullable): HERE: as recipes say it, "cifar10:PATH" */
  char *sha256; /* (nullable): HERE: of what was read */
  char *error; /* (nullable): why the last FETCH came to nothing, and what to do */
} SkOffer;

void
sk_offer_free (SkOffer *self);

/* (transfer full): a list that frees its offers */
GPtrArray *
sk_offers_new (void);
