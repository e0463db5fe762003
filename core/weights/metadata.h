#pragma once

#include <json-glib/json-glib.h>

#include "weights.h"

/* What a file's metadata say beside the tensors: the network's name, the classes, the
 * transform that the weights were trained with. */

/* The key that other programs look for before they read tensors: whose layout it is. */
#define SK_METADATA_FORMAT "format"

/* Keys that are missing or make no sense leave @info as it is. */
void
sk_metadata_read (GHashTable *metadata, SkWeightsInfo *info);

/* Appends string → string as a JSON object, in the order of keys. */
void
sk_metadata_append (GString *text, GHashTable *metadata);

/* Adds the members of @object to @metadata; @error: one is not text */
gboolean
sk_metadata_take (GHashTable *metadata, JsonObject *object, GError **error);

/* (transfer full): string → string */
GHashTable *
sk_metadata_build (const SkWeightsInfo *info, const char *net);
