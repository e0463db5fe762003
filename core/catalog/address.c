#include "address.h"

#include <string.h>

#include "errors.h"

/* A server that sends megabytes of address means no good. */
#define LONGEST 2048

gboolean
sk_address_is_local (GUri *address) {
  static const char *const names[] = { "localhost", "127.0.0.1", "::1", NULL };

  return g_strv_contains (names, g_uri_get_host (address));
}

static gboolean
check (GUri *uri, const char *address, GError **error) {
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  if (host == NULL || *host == '\0') {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "“%s” names no server", address);
    return FALSE;
  }
  if (g_uri_get_userinfo (uri) != NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED,
                 "the address at %s carries a name or a password: leave it out", host);
    return FALSE;
  }
  if (strcmp (scheme, "https") == 0 ||
      (strcmp (scheme, "http") == 0 && sk_address_is_local (uri)))
    return TRUE;
  g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED,
               "%s: only https:// is used (http:// on this computer alone), as others "
               "on the way could change what comes",
               address);
  return FALSE;
}

GUri *
sk_address_parse (const char *address, GError **error) {
  g_autoptr (GError) detail = NULL;
  g_autoptr (GUri) uri = NULL;

  if (strlen (address) > LONGEST || !g_str_is_ascii (address)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                 "an address is plain ASCII of at most %d characters", LONGEST);
    return NULL;
  }
  uri = g_uri_parse (address, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE,
                     &detail);
  if (uri == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "“%s” is no address: %s", address,
                 detail->message);
    return NULL;
  }
  return check (uri, address, error) ? g_steal_pointer (&uri) : NULL;
}

GUri *
sk_address_follow (GUri *from, const char *location, GError **error) {
  g_autofree char *base = g_uri_to_string (from);
  g_autofree char *address = NULL;
  g_autoptr (GUri) to = NULL;

  if (strlen (location) <= LONGEST)
    address = g_uri_resolve_relative (base, location, G_URI_FLAGS_ENCODED, NULL);
  if (address == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED,
                 "%s sends us on to something that is no address", base);
    return NULL;
  }
  to = sk_address_parse (address, NULL);
  /* A server elsewhere has no business with what runs on this computer. */
  if (to == NULL ||
      (strcmp (g_uri_get_scheme (from), "https") == 0 &&
       strcmp (g_uri_get_scheme (to), "https") != 0) ||
      (!sk_address_is_local (from) && sk_address_is_local (to))) {
    g_set_error (
        error, SK_ERROR, SK_ERROR_UNSUPPORTED,
        "%s sends us on to %s, which is not as safe: that was not followed and "
        "nothing was read",
        base, address);
    return NULL;
  }
  return g_steal_pointer (&to);
}
