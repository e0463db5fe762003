#include "recipe-options.h"

#include "cli.h"
#include "errors.h"
#include "named-files.h"

#include <string.h>

#include <glib/gi18n.h>

typedef enum {
  FIELD_PRESET,
  FIELD_TEXT,
  FIELD_PATH, /* the bytes as given, whatever the locale's character set */
  FIELD_INT,
  FIELD_INT64,
  FIELD_SEED,
  FIELD_NUMBER,
  FIELD_CHOICE, /* index in choices */
  FIELD_YES,
  FIELD_NO,
  FIELD_TRIPLE,
} FieldKind;

typedef struct {
  const char *name;
  FieldKind kind;
  gsize offset; /* in SkRecipe */
  const char *placeholder;
  const char *help;
  const char *const *choices;
} Flag;

/* In the order of the enumerations in recipe.h. */
static const char *const optimizers[] = { "sgd", "adam", "adamw", NULL };
static const char *const schedules[] = { "constant", "cosine", "step", "onecycle",
                                         NULL };
static const char *const bn_modes[] = { "train", "affine", "statistics", NULL };

#define AT(field) G_STRUCT_OFFSET (SkRecipe, field)

static const Flag flags[] = {
  { "net", FIELD_TEXT, AT (net), N_ ("NAME"),
    N_ ("the network: resnet20, resnet18-cifar, plain56 …; otherwise that of --init, "
        "or "
        "resnet20") },
  { "data", FIELD_PATH, AT (data), N_ ("DATA"),
    N_ ("builtin, cifar10:PATH, cifar100:PATH or folder:DIR") },
  { "recipe", FIELD_PRESET, 0, N_ ("NAME"), N_ ("cifar, imagenet, transfer or demo") },
  { "epochs", FIELD_INT, AT (epochs), N_ ("N"),
    N_ ("how often all pictures are seen") },
  { "steps", FIELD_INT64, AT (steps), N_ ("N"),
    N_ ("optimiser steps in total; beats --epochs; 0: no limit") },
  { "batch", FIELD_INT, AT (batch), N_ ("N"), N_ ("pictures in a step") },
  { "optimizer", FIELD_CHOICE, AT (optimizer), N_ ("NAME"), N_ ("sgd, adam or adamw"),
    optimizers },
  { "lr", FIELD_NUMBER, AT (lr), N_ ("X"), N_ ("learning rate at its highest") },
  { "momentum", FIELD_NUMBER, AT (momentum), N_ ("X"), N_ ("of SGD") },
  { "nesterov", FIELD_YES, AT (nesterov), NULL, N_ ("Nesterov’s momentum") },
  { "weight-decay", FIELD_NUMBER, AT (weight_decay), N_ ("X"),
    N_ ("L2; decoupled for adamw") },
  { "schedule", FIELD_CHOICE, AT (schedule), N_ ("NAME"),
    N_ ("cosine, step, onecycle or constant"), schedules },
  { "warmup", FIELD_NUMBER, AT (warmup), N_ ("EPOCHS"),
    N_ ("linear rise of the learning rate") },
  { "label-smoothing", FIELD_NUMBER, AT (label_smoothing), N_ ("X"), N_ ("0 … 1") },
  { "zero-gamma", FIELD_YES, AT (zero_gamma), NULL,
    N_ ("begin with every residual branch at zero") },
  { "init", FIELD_PATH, AT (init), N_ ("FILE"),
    N_ ("weights to begin with, or a run folder for its best") },
  { "init-parts", FIELD_YES, AT (init_parts), NULL,
    N_ ("of the weights what fits; the rest begins anew") },
  { "freeze", FIELD_TEXT, AT (freeze), N_ ("GROUP,…"),
    N_ ("what does not learn: stem, layer1, layer2.0, fc, trunk") },
  { "bn-mode", FIELD_TEXT, AT (bn_mode), N_ ("MODE"),
    N_ ("batch norm: train, affine or statistics"), bn_modes },
  { "unfreeze", FIELD_INT, AT (unfreeze), N_ ("EPOCHS"),
    N_ ("after so many, what was frozen learns too; 0: never") },
  { "unfreeze-optimizer", FIELD_CHOICE, AT (unfreeze_optimizer), N_ ("NAME"),
    N_ ("sgd, adam or adamw"), optimizers },
  { "unfreeze-lr", FIELD_NUMBER, AT (unfreeze_lr), N_ ("X"),
    N_ ("learning rate from then on") },
  { "unfreeze-momentum", FIELD_NUMBER, AT (unfreeze_momentum), N_ ("X"),
    N_ ("of SGD from then on") },
  { "unfreeze-weight-decay", FIELD_NUMBER, AT (unfreeze_weight_decay), N_ ("X"),
    N_ ("L2 from then on") },
  { "views", FIELD_INT, AT (views), N_ ("N"),
    N_ ("augmented views of a picture while the trunk is frozen") },
  { "lr-scale", FIELD_TEXT, AT (lr_scale), N_ ("GROUP=X,…"),
    N_ ("learning rate of groups, relative") },
  { "mean", FIELD_TRIPLE, AT (mean), N_ ("R,G,B"),
    N_ ("subtracted from pictures (0 … 1)") },
  { "std", FIELD_TRIPLE, AT (std), N_ ("R,G,B"), N_ ("pictures are divided by it") },
  { "seed", FIELD_SEED, AT (seed), N_ ("N"),
    N_ ("of weights, order and augmentation") },
  { "threads", FIELD_INT, AT (threads), N_ ("N"), N_ ("0: one per physical core") },
  { "no-augment", FIELD_NO, AT (augment), NULL, N_ ("pictures as they are") },
  { "no-shuffle", FIELD_NO, AT (shuffle), NULL, N_ ("pictures in their order") },
  { "no-probes", FIELD_NO, AT (probes), NULL, N_ ("do not measure the gradients") },
};

struct _SkRecipeOptions {
  const char *given[G_N_ELEMENTS (flags)]; /* the value's text; NULL: not given */
  GStringChunk *texts;
};

SkRecipeOptions *
sk_recipe_options_new (void) {
  SkRecipeOptions *self = g_new0 (SkRecipeOptions, 1);

  self->texts = g_string_chunk_new (256);
  return self;
}

void
sk_recipe_options_free (SkRecipeOptions *self) {
  if (self == NULL)
    return;
  g_string_chunk_free (self->texts);
  g_free (self);
}

static int
find_flag (const char *name) {
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (flags[i].name, name))
      return (int) i;
  return -1;
}

static gboolean
refuse_value (const Flag *flag, const char *value, const char *wanted, GError **error) {
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--%s: “%s” is not %s"), flag->name, value, wanted);
  return FALSE;
}

static int
find_choice (const Flag *flag, const char *value) {
  for (int i = 0; flag->choices[i] != NULL; i++)
    if (g_str_equal (flag->choices[i], value))
      return i;
  return -1;
}

static void
set_text (char **field, const char *value) {
  g_free (*field);
  *field = g_strdup (value);
}

/* Writes the value into its field; refuses what is no value of its kind. */
static gboolean
set_field (const Flag *flag, const char *value, SkRecipe *recipe, GError **error) {
  gpointer field = G_STRUCT_MEMBER_P (recipe, flag->offset);
  gint64 integer;
  guint64 seed;
  double number;

  switch (flag->kind) {
  case FIELD_PRESET:
    return TRUE;
  case FIELD_TEXT:
    if (flag->choices != NULL && find_choice (flag, value) < 0)
      return refuse_value (flag, value, _ (flag->help), error);
    set_text (field, value);
    return TRUE;
  case FIELD_PATH:
    set_text (field, value);
    return TRUE;
  case FIELD_INT:
    if (!sk_cli_parse_integer (value, G_MININT, G_MAXINT, &integer))
      return refuse_value (flag, value, _ ("a whole number"), error);
    *(int *) field = (int) integer;
    return TRUE;
  case FIELD_INT64:
    if (!sk_cli_parse_integer (value, G_MININT64, G_MAXINT64, &integer))
      return refuse_value (flag, value, _ ("a whole number"), error);
    *(gint64 *) field = integer;
    return TRUE;
  case FIELD_SEED:
    if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &seed, NULL))
      return refuse_value (flag, value, _ ("a whole number from 0 on"), error);
    *(guint64 *) field = seed;
    return TRUE;
  case FIELD_NUMBER:
    if (!sk_cli_parse_number (value, &number))
      return refuse_value (flag, value, _ ("a number"), error);
    *(float *) field = (float) number;
    return TRUE;
  case FIELD_CHOICE:
    if (find_choice (flag, value) < 0)
      return refuse_value (flag, value, _ (flag->help), error);
    *(int *) field = find_choice (flag, value);
    return TRUE;
  case FIELD_YES:
  case FIELD_NO:
    *(gboolean *) field = flag->kind == FIELD_YES;
    return TRUE;
  case FIELD_TRIPLE:
    if (!sk_cli_parse_triple (value, field))
      return refuse_value (flag, value, _ ("three numbers with commas"), error);
    return TRUE;
  }
  g_assert_not_reached ();
}

/* Values are judged where they stand, so that GOption reports them as its own errors. */
static gboolean
take_flag_cb (const char *option, const char *value, gpointer data, GError **error) {
  SkRecipeOptions *self = data;
  int index = find_flag (option + strlen ("--"));
  SkRecipe trial;
  gboolean fits;

  sk_recipe_init (&trial);
  fits = set_field (&flags[index], value, &trial, error);
  sk_recipe_clear (&trial);
  if (fits)
    self->given[index] =
        g_string_chunk_insert (self->texts, value != NULL ? value : "");
  return fits;
}

void
sk_recipe_options_add_to (SkRecipeOptions *self, GOptionContext *context,
                          const char *hidden) {
  GOptionGroup *group = g_option_group_new ("recipe", NULL, NULL, self, NULL);
  GOptionEntry entries[G_N_ELEMENTS (flags) + 1] = { { 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    const Flag *flag = &flags[i];
    gboolean bare = flag->kind == FIELD_YES || flag->kind == FIELD_NO;

    entries[i] = (GOptionEntry){
      .long_name = flag->name,
      .flags = bare ? G_OPTION_FLAG_NO_ARG
                    : (flag->kind == FIELD_PATH ? G_OPTION_FLAG_FILENAME : 0),
      .arg = G_OPTION_ARG_CALLBACK,
      .arg_data = (gpointer) take_flag_cb,
      .description = flag->help,
      .arg_description = flag->placeholder,
    };
    if (g_strcmp0 (flag->name, hidden) == 0)
      entries[i].flags |= G_OPTION_FLAG_HIDDEN;
  }
  g_option_group_add_entries (group, entries);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_context_set_main_group (context, group);
}

gboolean
sk_recipe_options_apply (const SkRecipeOptions *self, SkRecipe *recipe,
                         GError **error) {
  const char *preset = self->given[find_flag ("recipe")];
  gboolean mean = sk_recipe_options_has (self, "mean");
  gboolean std = sk_recipe_options_has (self, "std");

  if (mean != std) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 _ ("--mean and --std belong together: give both"));
    return FALSE;
  }
  if (preset != NULL && !sk_recipe_apply_preset (recipe, preset, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (self->given[i] != NULL && !set_field (&flags[i], self->given[i], recipe, error))
      return FALSE;
  /* Epochs said here beat steps that came with the recipe. */
  if (sk_recipe_options_has (self, "epochs") && !sk_recipe_options_has (self, "steps"))
    recipe->steps = 0;
  recipe->has_normalisation |= mean;
  /* No pictures as they are, in neither phase; views are augmented ones. */
  if (sk_recipe_options_has (self, "no-augment"))
    recipe->unfreeze_augment = FALSE;
  else if (recipe->views > 0)
    recipe->augment = TRUE;
  if (g_strcmp0 (preset, "transfer") == 0 && recipe->init == NULL)
    return sk_refuse (error, SK_ERROR_ARGUMENT,
                      _ ("transfer teaches trained weights something new, so it needs "
                         "--init: those that come with the program are --init "
                         "resnet20-cifar10"));
  return sk_named_files_resolve (recipe, error) && sk_recipe_check (recipe, error);
}

gboolean
sk_recipe_options_has (const SkRecipeOptions *self, const char *name) {
  return self->given[find_flag (name)] != NULL;
}

const char *
sk_recipe_options_first_other (const SkRecipeOptions *self,
                               const char *const *allowed) {
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (self->given[i] != NULL && !g_strv_contains (allowed, flags[i].name))
      return flags[i].name;
  return NULL;
}

void
sk_recipe_make_paths_absolute (SkRecipe *recipe) {
  char *colon = strchr (recipe->data, ':');

  if (colon != NULL) {
    g_autofree char *path = g_canonicalize_filename (colon + 1, NULL);
    char *data = NULL;

    *colon = '\0';
    data = g_strconcat (recipe->data, ":", path, NULL);
    g_free (recipe->data);
    recipe->data = data;
  }
  if (recipe->init != NULL) {
    char *init = g_canonicalize_filename (recipe->init, NULL);

    g_free (recipe->init);
    recipe->init = init;
  }
}
