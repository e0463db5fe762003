#include "errors.h"

/* Not G_DEFINE_QUARK: its cache is written without care for other threads. */
GQuark
sk_error_quark (void) {
  return g_quark_from_static_string ("sk-error-quark");
}

gboolean
sk_refuse (GError **error, SkErrorCode code, const char *format, ...) {
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (SK_ERROR, (int) code, format, args);
  va_end (args);
  return FALSE;
}
