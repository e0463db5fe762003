/* The recipe: defaults, presets, limits. */

#include "recipe.h"

#include <math.h>
#include <string.h>

#include "errors.h"

/* xgettext collects what stands in N_(); whoever shows it translates. */
#define N_(text) text

static const SkPreset presets[] = {
  { "cifar", N_ ("CIFAR, in full"),
    N_ ("100 epochs of SGD, rate 0.1 falling along a cosine, with random crops and "
        "flips") },
  { "imagenet", N_ ("ImageNet, as torchvision"),
    /* xgettext:no-c-format */
    N_ ("90 epochs of SGD, rate 0.1 divided by 10 after 30, 60 and 90 % of the "
        "run") },
  { "transfer", N_ ("Transfer: head, then everything"),
    N_ ("5 epochs of Adam for a new head, everything before it frozen; then 5 of SGD "
        "for all of it") },
  { "demo", N_ ("One-minute demonstration"),
    N_ ("A few fast epochs, the rate rising and falling once") },
  { NULL, NULL, NULL },
};

const SkPreset *
sk_presets (void) {
  return presets;
}

/* Everything that says how to learn, as DESIGN §5 has it without --recipe. */
static void
set_learning_defaults (SkRecipe *self) {
  g_clear_pointer (&self->freeze, g_free);
  self->epochs = 10;
  self->steps = 0;
  self->batch = 128;
  self->optimizer = SK_OPTIMIZER_SGD;
  self->lr = 0.1f;
  self->momentum = 0.9f;
  self->weight_decay = 5e-4f;
  self->nesterov = FALSE;
  self->schedule = SK_SCHEDULE_COSINE;
  self->warmup = 0;
  self->label_smoothing = 0;
  self->zero_gamma = FALSE;
  self->augment = TRUE;
  self->unfreeze = 0;
  self->unfreeze_optimizer = SK_OPTIMIZER_SGD;
  self->unfreeze_lr = 1e-3f;
  self->unfreeze_momentum = 0.9f;
  self->unfreeze_weight_decay = 0;
  self->unfreeze_augment = TRUE;
  self->views = 0;
}

void
sk_recipe_init (SkRecipe *self) {
  *self = (SkRecipe){
    .net = g_strdup ("resnet20"),
    .data = g_strdup ("builtin"),
    .skips = TRUE,
    .shuffle = TRUE,
    .probes = TRUE,
    .std = { 1, 1, 1 },
    .seed = 0,
  };
  set_learning_defaults (self);
}

void
sk_recipe_clear (SkRecipe *self) {
  g_clear_pointer (&self->net, g_free);
  g_clear_pointer (&self->data, g_free);
  g_clear_pointer (&self->init, g_free);
  g_clear_pointer (&self->freeze, g_free);
  g_clear_pointer (&self->bn_mode, g_free);
  g_clear_pointer (&self->lr_scale, g_free);
}

void
sk_recipe_copy (SkRecipe *to, const SkRecipe *from) {
  *to = *from;
  to->net = g_strdup (from->net);
  to->data = g_strdup (from->data);
  to->init = g_strdup (from->init);
  to->freeze = g_strdup (from->freeze);
  to->bn_mode = g_strdup (from->bn_mode);
  to->lr_scale = g_strdup (from->lr_scale);
}

static void
set_cifar (SkRecipe *self) {
  self->epochs = 100;
}

static void
set_imagenet (SkRecipe *self) {
  self->epochs = 90;
  self->weight_decay = 1e-4f;
  self->schedule = SK_SCHEDULE_STEP;
}

/* The article's two phases. While the trunk is frozen pictures are taken as they are, so
 * that what it makes of them is computed once. */
static void
set_transfer (SkRecipe *self) {
  self->epochs = 10;
  self->unfreeze = 5;
  self->augment = FALSE;
  self->batch = 16;
  self->optimizer = SK_OPTIMIZER_ADAM;
  self->lr = 1e-3f;
  self->weight_decay = 0;
  self->schedule = SK_SCHEDULE_CONSTANT;
  self->freeze = g_strdup ("trunk");
}

static void
set_demo (SkRecipe *self) {
  self->epochs = 4;
  self->schedule = SK_SCHEDULE_ONECYCLE;
}

gboolean
sk_recipe_apply_preset (SkRecipe *self, const char *name, GError **error) {
  static void (*const setters[]) (SkRecipe *) = { set_cifar, set_imagenet, set_transfer,
                                                  set_demo };

  for (gsize i = 0; i < G_N_ELEMENTS (setters); i++)
    if (strcmp (presets[i].name, name) == 0) {
      set_learning_defaults (self);
      setters[i](self);
      return TRUE;
    }
  return sk_refuse (error, SK_ERROR_ARGUMENT,
                    "unknown recipe “%s”; there are cifar, imagenet, transfer and demo",
                    name);
}

gboolean
sk_recipe_find_variant (const SkRecipe *self, SkVariant *variant, GError **error) {
  SkVariant row;

  if (!sk_variant_find (self->net, &row, error))
    return FALSE;
  /* "plain56" stays plain though skips are on by default. */
  if (self->skips)
    *variant = row;
  else
    sk_variant_twin (&row, FALSE, variant);
  return TRUE;
}

static gboolean
within (const char *name, double value, double least, double most, GError **error) {
  if (isfinite (value) && value >= least && value <= most)
    return TRUE;
  return sk_refuse (error, SK_ERROR_ARGUMENT, "%s is %g; it may be %g to %g", name,
                    value, least, most);
}

static gboolean
check_manner (const SkManner *manner, GError **error) {
  if (!within ("learning rate", (double) manner->lr, 0, 1000, error) ||
      !within ("weight decay", (double) manner->weight_decay, 0, 100, error) ||
      !within ("momentum", (double) manner->momentum, 0, 0.99999, error))
    return FALSE;
  if (!manner->nesterov || manner->optimizer != SK_OPTIMIZER_SGD ||
      manner->momentum > 0)
    return TRUE;
  return sk_refuse (error, SK_ERROR_ARGUMENT,
                    "Nesterov needs momentum above 0; momentum is %g",
                    (double) manner->momentum);
}

static gboolean
check_phases (const SkRecipe *self, GError **error) {
  for (int phase = 0; phase < (self->unfreeze > 0 ? 2 : 1); phase++) {
    SkManner manner = sk_recipe_manner (self, phase);

    if (!check_manner (&manner, error))
      return FALSE;
  }
  return within ("epochs before unfreezing", self->unfreeze, 0, 1000000, error) &&
         within ("views of a picture", self->views, 0, 1000, error) &&
         within ("short side of a picture", self->resize, 0, 4096, error);
}

static gboolean
check_bn_mode (const SkRecipe *self, GError **error) {
  const char *mode = self->bn_mode;

  if (mode == NULL || strcmp (mode, "train") == 0 || strcmp (mode, "affine") == 0 ||
      strcmp (mode, "statistics") == 0)
    return TRUE;
  return sk_refuse (error, SK_ERROR_ARGUMENT,
                    "batch-norm mode is “%s”; it may be train, affine or statistics",
                    mode);
}

static gboolean
check_normalisation (const SkRecipe *self, GError **error) {
  if (!self->has_normalisation)
    return TRUE;
  for (int i = 0; i < 3; i++)
    if (!within ("mean", (double) self->mean[i], -1000, 1000, error) ||
        !within ("std", (double) self->std[i], 1e-6, 1000, error))
      return FALSE;
  return TRUE;
}

gboolean
sk_recipe_check (const SkRecipe *self, GError **error) {
  SkVariant variant;

  if (!within ("epochs", self->epochs, 1, 1000000, error) ||
      !within ("steps", (double) self->steps, 0, 1e12, error) ||
      !within ("batch", self->batch, 1, 65536, error) ||
      !within ("warm-up", (double) self->warmup, 0, 100000, error) ||
      !within ("threads", self->threads, 0, 1024, error))
    return FALSE;
  return within ("label smoothing", (double) self->label_smoothing, 0, 0.999, error) &&
         check_phases (self, error) && check_bn_mode (self, error) &&
         check_normalisation (self, error) &&
         sk_recipe_find_variant (self, &variant, error);
}
