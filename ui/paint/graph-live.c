#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"

/* What the last snapshot says of the nodes of a drawing, in numbers and in words. */

/* Cosines beyond it are no accident of many dimensions. */
#define AGREEMENT_FROM 0.1

void
sk_graph_live_take (SkGraphLive *self, const SkPlan *plan, const SkSnapshot *snapshot) {
  g_autofree float *values = NULL;
  gsize n = 0;

  g_return_if_fail (self != NULL && plan != NULL && snapshot != NULL);

  self->blocks = snapshot->blocks;
  self->layers = snapshot->layers;
  self->frozen = snapshot->frozen;
  if (self->blocks == NULL)
    return;
  values = g_new (float, 3 * (gsize) plan->n_blocks + 1);
  for (int i = 0; i < plan->n_blocks; i++) {
    values[n++] = self->blocks[i].gradient;
    values[n++] = self->blocks[i].skip;
    values[n++] = self->blocks[i].residual;
  }
  sk_log_range_update (&self->range, values, n);
}

SkAgreement
sk_agreement_of (double cosine) {
  return cosine > AGREEMENT_FROM    ? SK_AGREEMENT_PULL
         : cosine < -AGREEMENT_FROM ? SK_AGREEMENT_FIGHT
                                    : SK_AGREEMENT_NEITHER;
}

/* What several blocks that are drawn as one amount to: geometric means of what is
 * measured in a log, plain means of the rest, the product of the gains. */
static SkBlockState
fold_states (const SkBlockState *states, int n) {
  SkBlockState fold = states[0];
  double logs[3] = { 0 }, gain = 1, share = 0, agreement = 0;
  int counts[3] = { 0 };

  for (int i = 0; i < n; i++) {
    const float values[] = { states[i].gradient, states[i].skip, states[i].residual };

    for (int k = 0; k < 3; k++)
      if (values[k] > 0) {
        logs[k] += log ((double) values[k]);
        counts[k]++;
      }
    gain *= (double) states[i].gain;
    share += (double) states[i].share / n;
    agreement += (double) states[i].agreement / n;
    fold.lambda = MIN (fold.lambda, states[i].lambda);
  }
  fold.gradient = counts[0] > 0 ? (float) exp (logs[0] / counts[0]) : 0;
  fold.skip = counts[1] > 0 ? (float) exp (logs[1] / counts[1]) : 0;
  fold.residual = counts[2] > 0 ? (float) exp (logs[2] / counts[2]) : 0;
  fold.gain = (float) gain;
  fold.share = (float) share;
  fold.agreement = (float) agreement;
  return fold;
}

gboolean
sk_graph_state (const SkGraph *self, int node, const SkGraphLive *live,
                SkBlockState *state) {
  const SkGraphNode *at = &self->nodes[node];

  if (live == NULL || live->blocks == NULL || at->n_blocks == 0)
    return FALSE;
  *state = fold_states (&live->blocks[at->block], at->n_blocks);
  return TRUE;
}

double
sk_graph_gradient (const SkGraph *self, int node, const SkGraphLive *live) {
  const SkGraphNode *at = &self->nodes[node];
  const SkBlockState *last;
  SkBlockState state;

  if (live == NULL || live->blocks == NULL)
    return NAN;
  if (sk_graph_state (self, node, live, &state))
    return (double) state.gradient;
  last = &live->blocks[self->plan->n_blocks - 1];
  switch (at->kind) {
  case SK_NODE_STEM:
    return (double) live->blocks[0].gradient;
  case SK_NODE_HEAD:
    return last->gain > 0 ? (double) (last->gradient / last->gain) : NAN;
  default:
    return NAN;
  }
}

gboolean
sk_graph_is_frozen (const SkGraph *self, int node, const SkGraphLive *live) {
  const SkGraphNode *at = &self->nodes[node];

  if (live == NULL || live->frozen == NULL || at->group < 0)
    return FALSE;
  for (int i = 0; i < MAX (at->n_blocks, 1); i++)
    if (!live->frozen[at->group + i])
      return FALSE;
  return TRUE;
}

int
sk_graph_stop (const SkGraph *self, const SkGraphLive *live) {
  gboolean before = FALSE;

  if (live == NULL || live->frozen == NULL)
    return -1;
  for (int i = 0; i < self->n_nodes; i++) {
    if (self->nodes[i].group < 0)
      continue;
    if (!sk_graph_is_frozen (self, i, live))
      return before ? i : -1;
    before = TRUE;
  }
  return -1;
}

double
sk_graph_entering (const SkGraph *self, int node, const SkGraphLive *live) {
  const SkGraphNode *at = &self->nodes[node];
  int next = at->block + at->n_blocks;
  double gain;

  if (live == NULL || live->blocks == NULL || at->n_blocks == 0)
    return NAN;
  if (next < self->plan->n_blocks)
    return (double) live->blocks[next].gradient;
  gain = (double) live->blocks[next - 1].gain;
  return gain > 0 ? (double) live->blocks[next - 1].gradient / gain : NAN;
}

const char *
sk_agreement_words (SkAgreement agreement) {
  switch (agreement) {
  case SK_AGREEMENT_PULL:
    return _ ("they pull together");
  case SK_AGREEMENT_FIGHT:
    return _ ("they fight");
  case SK_AGREEMENT_NEITHER:
  default:
    return _ ("they are independent");
  }
}

/* "77 % through the skip, RMS 3.1×10⁻⁴", and so on, @between each two. */
static void
append_terms (GString *words, const SkBlockState *state, const char *between) {
  g_autofree char *skip = sk_format_number ((double) state->skip);
  g_autofree char *residual = sk_format_number ((double) state->residual);
  g_autofree char *cosine = sk_format_signed ((double) state->agreement);
  double share = 100 * (double) state->share;

  g_string_append (words, between);
  g_string_append_printf (words, _ ("through the skip %.0f %%, RMS %s"), share, skip);
  g_string_append (words, between);
  g_string_append_printf (words, _ ("through the branch %.0f %%, RMS %s"), 100 - share,
                          residual);
  g_string_append (words, between);
  g_string_append_printf (
      words, _ ("%s: agreement %s"),
      sk_agreement_words (sk_agreement_of ((double) state->agreement)), cosine);
}

/* What the numbers of a block say; nothing where none came through. */
static void
append_state (GString *words, const SkGraph *self, int node, const SkBlockState *state,
              const char *between) {
  gboolean join = sk_graph_has_join (self, node);

  if (join && state->gradient > 0)
    append_terms (words, state, between);
  if (state->gain > 0) {
    g_string_append (words, between);
    g_string_append_printf (words, _ ("gain × %.2f"), (double) state->gain);
  }
  if (join && state->branch > 0) {
    g_string_append (words, between);
    g_string_append_printf (words, _ ("F(x) against x %.2f"), (double) state->branch);
  }
  if (join && state->lambda <= 0) {
    g_string_append (words, between);
    g_string_append (words, _ ("skip cut"));
  } else if (join && state->lambda < 1) {
    g_string_append (words, between);
    g_string_append_printf (words, _ ("skip scaled by %.2f"), (double) state->lambda);
  }
}

static char *
describe (const SkGraph *self, int node, const SkGraphLive *live, const char *between) {
  const SkGraphNode *at = &self->nodes[node];
  GString *words = g_string_new (at->title);
  double gradient = sk_graph_gradient (self, node, live);
  gboolean stopped = node <= sk_graph_stop (self, live) && at->group >= 0;
  SkBlockState state;

  if (sk_graph_is_frozen (self, node, live)) {
    g_string_append (words, between);
    g_string_append (words, _ ("frozen"));
  }
  if (stopped) {
    g_string_append (words, between);
    g_string_append (words, node == sk_graph_stop (self, live)
                                ? _ ("the gradient ends here: all before it is frozen")
                                : _ ("no gradient comes here"));
  } else if (!isnan (gradient)) {
    g_autofree char *number = sk_format_number (gradient);

    g_string_append (words, between);
    g_string_append_printf (words, _ ("gradient %s"), number);
  }
  if (sk_graph_state (self, node, live, &state))
    append_state (words, self, node, &state, between);
  return g_string_free (words, FALSE);
}

char *
sk_graph_describe (const SkGraph *self, int node, const SkGraphLive *live) {
  return describe (self, node, live, ", ");
}

char *
sk_graph_describe_lines (const SkGraph *self, int node, const SkGraphLive *live) {
  return describe (self, node, live, "\n");
}
