#pragma once

#include <adwaita.h>

#include "engine.h"

/* Why the network says what it says about one picture: what it sees, where it speaks for
 * a class, which block argued for it, and what goes on inside. */
#define SK_TYPE_EXPLAIN_VIEW (sk_explain_view_get_type ())
G_DECLARE_FINAL_TYPE (SkExplainView, sk_explain_view, SK, EXPLAIN_VIEW, AdwBin)

void
sk_explain_view_set_engine (SkExplainView *self, SkEngine *engine);

/**
 * sk_explain_view_ask:
 * @path, @bytes: of the picture; both NULL: nothing is chosen
 *
 * Asks the engine; what comes back is shown, unless another picture was asked for since.
 */
void
sk_explain_view_ask (SkExplainView *self, const char *path, GBytes *bytes);
