/* The head alone, for who keeps what a frozen trunk makes of pictures. */

#include <string.h>

#include "linear.h"
#include "network-private.h"

static int
head (const SkNetwork *self) {
  int index = self->plan->n_ops - 1;

  g_assert (self->plan->ops[index].kind == SK_OP_LINEAR);
  return index;
}

const float *
sk_network_features (SkNetwork *self) {
  return self->ops[self->plan->ops[head (self)].inputs[0]].out;
}

const float *
sk_network_forward_head (SkNetwork *self, const float *features, int n) {
  int index = head (self);
  const SkOp *op = &self->plan->ops[index];
  int channels = self->plan->ops[op->inputs[0]].c;
  float *input = self->ops[op->inputs[0]].out;

  g_return_val_if_fail (features != NULL && n > 0 && n <= self->plan->n, NULL);

  /* Backward reads them there too; of the trunk it reads nothing. */
  self->images = NULL;
  self->n = n;
  /* What the trunk measured was of other pictures. */
  sk_network_clear_probes (self);
  memcpy (input, features, (gsize) n * (gsize) channels * sizeof (float));
  sk_linear_forward (self->ops[index].out, input, sk_network_parameter (self, index, 0),
                     sk_network_parameter (self, index, 1), n, channels, op->c,
                     self->pool);
  return self->ops[index].out;
}
