#include "offer.h"

void
sk_offer_free (SkOffer *self) {
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self->licence);
  g_free (self->address);
  g_free (self->path);
  g_free (self->data);
  g_free (self->sha256);
  g_free (self->error);
  g_free (self);
}

GPtrArray *
sk_offers_new (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sk_offer_free);
}
