#include "errors.h"

G_DEFINE_QUARK (sk - error - quark, sk_error)
