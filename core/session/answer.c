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

/* Where the next one belongs among the @n best so far, best first. */
static int
place (const float *logits, const int *best, int n, int index) {
  while (n > 0 && logits[index] > logits[best[n - 1]])
    n--;
  return n;
}

void
sk_answer_rank (SkAnswer *answer, const SkModel *model, const float *logits, int n) {
  const int room = G_N_ELEMENTS (answer->top);
  int best[G_N_ELEMENTS (answer->top) + 1];
  double sum = 0;
  int found = 0;

  for (int i = 0; i < n; i++) {
    int at = place (logits, best, found, i);

    if (at >= room)
      continue;
    memmove (&best[at + 1], &best[at], sizeof *best * (gsize) (found - at));
    best[at] = i;
    found = MIN (found + 1, room);
  }
  /* Shifted by the largest, so that no exponential overflows. */
  for (int i = 0; i < n; i++)
    sum += exp ((double) logits[i] - (double) logits[best[0]]);
  for (int i = 0; i < found; i++) {
    double logit = (double) logits[best[i]] - (double) logits[best[0]];

    answer->top[i].index = best[i];
    answer->top[i].probability = (float) (exp (logit) / sum);
    answer->top[i].name = sk_model_class_name (model, best[i]);
  }
  answer->n_top = found;
}

void
sk_answer_classify (SkAnswer *answer, const SkModel *model, SkNetwork *network,
                    const SkImage *image, float *input) {
  sk_transform_apply (&model->transform, image, SK_AUGMENT_NONE, NULL, input);
  sk_answer_rank (answer, model, sk_network_forward (network, input, 1, FALSE),
                  model->plan->classes);
}
