#include "answer.h"

#include <math.h>

void
sk_answer_set_thumbnail (SkAnswer *answer, const SkImage *image, int side) {
  int longer = MAX (image->width, image->height);
  SkImage small = { 0 };

  if (longer <= side) {
    answer->thumb_width = image->width;
    answer->thumb_height = image->height;
    answer->thumbnail =
        g_memdup2 (image->pixels, (gsize) image->width * (gsize) image->height * 3);
    return;
  }
  answer->thumb_width = MAX ((int) ((gint64) image->width * side / longer), 1);
  answer->thumb_height = MAX ((int) ((gint64) image->height * side / longer), 1);
  sk_image_resize (image, answer->thumb_width, answer->thumb_height, SK_FILTER_BILINEAR,
                   &small);
  answer->thumbnail = g_steal_pointer (&small.pixels);
}

int
sk_rank_logits (SkRank *best, int n_best, const float *logits, int n) {
  double sum = 0;
  int found = 0;

  for (int i = 0; i < n; i++) {
    int at = found < n_best ? found++ : n_best;

    for (; at > 0 && logits[best[at - 1].index] < logits[i]; at--)
      if (at < n_best)
        best[at] = best[at - 1];
    if (at < n_best)
      best[at].index = i;
  }
  /* Shifted by the largest, so that no exponential overflows. */
  for (int i = 0; i < n; i++)
    sum += exp ((double) logits[i] - (double) logits[best[0].index]);
  for (int i = 0; i < found; i++)
    best[i].probability =
        exp ((double) logits[best[i].index] - (double) logits[best[0].index]) / sum;
  return found;
}

void
sk_answer_rank (SkAnswer *answer, const SkModel *model, const float *logits, int n) {
  SkRank best[G_N_ELEMENTS (answer->top)];

  answer->n_top = sk_rank_logits (best, G_N_ELEMENTS (best), logits, n);
  for (int i = 0; i < answer->n_top; i++) {
    answer->top[i].index = best[i].index;
    answer->top[i].probability = (float) best[i].probability;
    answer->top[i].name = sk_model_class_name (model, best[i].index);
  }
}

void
sk_answer_classify (SkAnswer *answer, const SkModel *model, SkNetwork *network,
                    const SkImage *image, float *input) {
  sk_transform_apply (&model->transform, image, SK_AUGMENT_NONE, NULL, input);
  sk_answer_rank (answer, model, sk_network_forward (network, input, 1, FALSE),
                  model->plan->classes);
}
