#include "inquiry-private.h"

#include <math.h>
#include <string.h>

#include "answer.h"
#include "errors.h"
#include "occlusion.h"
#include "waterfall.h"

/* EXPLAIN: everything that one forward and one backward pass tell about a picture, for all
 * blocks at once, so that a slider over them asks nothing. OCCLUDE: what covering it
 * costs. */

/* Channels shown of a block. */
#define MOST_CHANNELS 16
/* Covered pictures that are looked at together. */
#define OCCLUSION_BATCH 8

/* --- channels ---------------------------------------------------------------------- */

typedef struct {
  int index;
  double strength; /* mean over the picture */
} Channel;

static int
by_strength (gconstpointer a, gconstpointer b) {
  const Channel *left = a, *right = b;

  if (left->strength != right->strength)
    return left->strength > right->strength ? -1 : 1;
  return left->index - right->index;
}

static void
take_channels (SkBlockView *view, const float *out, const SkOp *op) {
  gsize pixels = (gsize) op->h * (gsize) op->w, c = (gsize) op->c;
  g_autofree Channel *channels = g_new0 (Channel, c);

  for (gsize k = 0; k < c; k++) {
    channels[k].index = (int) k;
    for (gsize p = 0; p < pixels; p++)
      channels[k].strength += (double) out[p * c + k];
  }
  qsort (channels, c, sizeof *channels, by_strength);
  view->n_channels = MIN (op->c, MOST_CHANNELS);
  view->channels = g_new0 (SkMap, view->n_channels);
  view->channel_indices = g_new (int, view->n_channels);
  for (int i = 0; i < view->n_channels; i++) {
    view->channel_indices[i] = channels[i].index;
    sk_map_init (&view->channels[i], op->h, op->w);
    for (gsize p = 0; p < pixels; p++)
      view->channels[i].values[p] = out[p * c + (gsize) channels[i].index];
  }
}

static void
take_histogram (SkBlockView *view, const float *out, gsize count) {
  const int n = G_N_ELEMENTS (view->histogram);
  gsize zeros = 0;

  for (gsize i = 0; i < count; i++) {
    view->largest = MAX (view->largest, out[i]);
    zeros += !(out[i] > 0);
  }
  view->zeros = (float) ((double) zeros / (double) count);
  for (gsize i = 0; i < count; i++)
    if (out[i] > 0)
      view->histogram[MIN ((int) (out[i] / view->largest * (float) n), n - 1)]++;
}

/* --- the explanation --------------------------------------------------------------- */

static void
take_waterfall (SkExplanation *self, SkExplainer *explainer) {
  SkWaterfall fall;

  sk_waterfall_fill (&fall, explainer, self->class);
  self->logit = fall.logit;
  self->bias = fall.bias;
  self->stem = fall.stem;
  for (int b = 0; b < self->n_blocks; b++) {
    self->blocks[b].added = fall.blocks[b];
    memcpy (self->blocks[b].part.values, fall.maps[b],
            (gsize) self->blocks[b].part.rows * (gsize) self->blocks[b].part.columns *
                sizeof (float));
  }
  sk_waterfall_clear (&fall);
}

/* @logits: (classes) */
static void
take_ranked (SkBlockView *view, const SkModel *model, const float *logits) {
  SkAnswer *ranked = sk_answer_new (SK_COMMAND_EXPLAIN, 0);

  sk_answer_rank (ranked, model, logits, model->plan->classes);
  view->exit_class = ranked->top[0].index;
  view->exit_probability = ranked->top[0].probability;
  view->exit_name = g_strdup (ranked->top[0].name);
  sk_answer_free (ranked);
}

/* @features: (C) */
static void
take_nearest (SkBlockView *view, const SkModel *model, int block,
              const float *features) {
  view->exit_class = sk_class_means_nearest (model->means, block, features);
  view->exit_rule = SK_EXIT_RULE_MEANS;
  view->exit_probability = NAN;
  if (view->exit_class >= 0)
    view->exit_name = sk_model_class_name (model, view->exit_class);
}

/* What a block says: in the last stage by the head; before, by the class means of an
 * evaluation of this model, else by the skips alone. */
static void
take_exits (SkExplanation *self, SkExplainer *explainer, const SkModel *model) {
  const SkPlan *plan = model->plan;
  gsize classes = (gsize) plan->classes;
  int head = sk_exits_first_head (plan);
  int most = plan->ops[plan->ops[plan->n_ops - 1].inputs[0]].c;
  g_autofree float *logits = g_new (float, (gsize) self->n_blocks *classes);
  g_autofree float *features = g_new (float, most);
  gboolean known = model->means || sk_explainer_exits (explainer, logits);

  for (int b = 0; b < self->n_blocks; b++) {
    SkBlockView *view = &self->blocks[b];

    view->exit_class = -1;
    if (!known)
      continue;
    if (b >= head) {
      view->exit_rule = SK_EXIT_RULE_HEAD;
      sk_explainer_head (explainer, b, logits + (gsize) b * classes);
      take_ranked (view, model, logits + (gsize) b * classes);
    } else if (model->means) {
      sk_explainer_pool (explainer, b, features);
      take_nearest (view, model, b, features);
    } else {
      view->exit_rule = SK_EXIT_RULE_SKIPS;
      take_ranked (view, model, logits + (gsize) b * classes);
    }
  }
}

/* (R,S,C,K) of the first convolution as K small pictures. */
static void
take_filters (SkExplanation *self, const SkModel *model) {
  const SkParameter *first = &model->plan->parameters[0];
  const float *w = sk_parameters_at (model->parameters, model->plan, 0);
  gsize k = (gsize) first->shape[0], size = first->count / k;

  self->n_filters = first->shape[0];
  self->filter_side = first->shape[2];
  self->filters = g_new (guint8, first->count);
  for (gsize f = 0; f < k; f++) {
    float low = w[f], high = w[f];

    for (gsize i = 0; i < size; i++) {
      low = MIN (low, w[i * k + f]);
      high = MAX (high, w[i * k + f]);
    }
    for (gsize i = 0; i < size; i++)
      self->filters[f * size + i] =
          high > low ? (guint8) lrintf ((w[i * k + f] - low) / (high - low) * 255)
                     : 128;
  }
}

static void
take_blocks (SkExplanation *self, SkExplainer *explainer) {
  const SkPlan *plan = sk_explainer_plan (explainer);
  g_autofree float **cams = g_new (float *, self->n_blocks);

  for (int b = 0; b < self->n_blocks; b++) {
    SkBlockView *view = &self->blocks[b];
    const SkOp *op = &plan->ops[plan->blocks[b].last];
    const float *out = sk_explainer_block (explainer, b);

    view->name = g_strdup (plan->blocks[b].name);
    sk_map_init (&view->cam, op->h, op->w);
    sk_map_init (&view->part, op->h, op->w);
    cams[b] = view->cam.values;
    take_channels (view, out, op);
    take_histogram (view, out, (gsize) op->h * (gsize) op->w * (gsize) op->c);
  }
  sk_explainer_grad_cam (explainer, self->class, cams);
}

/* Kept for the next question: taking its memory takes longer than looking. */
static SkExplainer *
ensure_explainer (SkInquiryLane *self, SkModel *model, GError **error) {
  if (self->explainer && self->explainer_model == model)
    return self->explainer;
  g_clear_pointer (&self->explainer, sk_explainer_free);
  self->explainer =
      sk_explainer_new (model->plan, model->parameters, self->pool, error);
  self->explainer_model = model;
  return self->explainer;
}

static gboolean
look (SkInquiryLane *self, const SkCommand *command, SkModel *model,
      const SkImage *image, SkAnswer *answer, GError **error) {
  SkExplainer *explainer = ensure_explainer (self, model, error);
  gsize size = (gsize) model->transform.side * (gsize) model->transform.side * 3;
  g_autofree float *input = g_new (float, size);
  SkExplanation *why;
  const float *logits;

  if (explainer == NULL)
    return FALSE;
  why = answer->explanation = sk_explanation_new (model->plan->n_blocks);
  why->side = model->transform.side;
  why->resize = model->transform.resize;
  memcpy (why->mean, model->transform.mean, sizeof why->mean);
  memcpy (why->std, model->transform.std, sizeof why->std);
  why->seen = g_new (guint8, size);
  sk_transform_pixels (&model->transform, image, SK_AUGMENT_NONE, NULL, why->seen);
  sk_transform_normalise (&model->transform, why->seen, input);
  sk_explainer_set_cancel (explainer, &self->interrupted);
  for (int b = 0; b < model->plan->n_blocks; b++)
    sk_explainer_set_lambda (explainer, b, model->lambda[b]);
  logits = sk_explainer_look (explainer, input);
  sk_answer_rank (answer, model, logits, model->plan->classes);
  why->class = command->class_index >= 0 && command->class_index < model->plan->classes
                   ? command->class_index
                   : answer->top[0].index;
  why->class_name = sk_model_class_name (model, why->class);
  take_blocks (why, explainer);
  take_waterfall (why, explainer);
  take_exits (why, explainer, model);
  take_filters (why, model);
  return TRUE;
}

/* --- covering ---------------------------------------------------------------------- */

static gboolean
cover (SkInquiryLane *self, const SkCommand *command, SkModel *model,
       const SkImage *image, SkAnswer *answer, GError **error) {
  gsize size = (gsize) model->transform.side * (gsize) model->transform.side * 3;
  g_autofree float *input = g_new (float, size);
  g_autoptr (SkPlan) plan =
      sk_plan_new (&model->plan->variant, OCCLUSION_BATCH, model->plan->h,
                   model->plan->w, model->plan->classes, error);
  g_autoptr (SkNetwork) network =
      plan ? sk_network_new (plan, model->parameters, 0, self->pool, error) : NULL;
  SkOcclusion occlusion;
  gboolean done;

  if (network == NULL)
    return FALSE;
  sk_network_set_cancel (network, &self->interrupted);
  sk_model_fade (model, network);
  sk_transform_apply (&model->transform, image, SK_AUGMENT_NONE, NULL, input);
  sk_answer_rank (answer, model, sk_network_forward (network, input, 1, FALSE),
                  model->plan->classes);
  self->evaluating = TRUE;
  done = sk_occlusion_fill (&occlusion, network, input,
                            command->class_index >= 0 &&
                                    command->class_index < model->plan->classes
                                ? command->class_index
                                : answer->top[0].index,
                            sk_inquiry_progress_cb, self, &self->interrupted);
  self->evaluating = FALSE;
  if (!done)
    return TRUE;
  answer->occlusion = (SkMap){ occlusion.rows, occlusion.columns, occlusion.lost };
  return TRUE;
}

typedef gboolean (*QuestionFunc) (SkInquiryLane *self, const SkCommand *command,
                                  SkModel *model, const SkImage *image,
                                  SkAnswer *answer, GError **error);

static void
ask (SkInquiryLane *self, const SkCommand *command, QuestionFunc func) {
  gint64 begin = g_get_monotonic_time ();
  SkAnswer *answer = sk_answer_new (command->kind, command->serial);
  SkModel *model;
  g_autoptr (GError) error = NULL;
  SkImage image = { 0 };

  answer->file = g_strdup (command->path);
  sk_inquiry_begin (self, command);
  model = sk_inquiry_choose_model (self, &error);
  if (model && sk_inquiry_decode (self, command, &image, &error)) {
    answer->width = image.width;
    answer->height = image.height;
    sk_answer_set_thumbnail (answer, &image, SK_THUMBNAIL_SIDE);
    answer->model =
        sk_model_describe (model, self->training && model == self->run, TRUE);
    func (self, command, model, &image, answer, &error);
    sk_image_clear (&image);
  }
  if (sk_inquiry_end (self) && error == NULL)
    g_set_error_literal (&error, SK_ERROR, SK_ERROR_CANCELLED, "It was called off.");
  if (error) {
    /* Half of an explanation explains nothing. */
    g_clear_pointer (&answer->explanation, sk_explanation_free);
    answer->error = g_strdup (error->message);
  }
  sk_inquiry_publish (self, answer, begin);
}

void
sk_inquiry_explain (SkInquiryLane *self, const SkCommand *command) {
  ask (self, command, look);
}

void
sk_inquiry_occlude (SkInquiryLane *self, const SkCommand *command) {
  ask (self, command, cover);
}
