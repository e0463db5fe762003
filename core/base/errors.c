#include "errors.h"

/* Not G_DEFINE_QUARK: its cache is written without care for other threads. */
GQuark
sk_error_quark (void) {
  return g_quark_from_static_string ("sk-error-quark");
}
