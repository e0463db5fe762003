#include "commands.h"

#include <string.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "info-data.h"
#include "info-file.h"
#include "json-line.h"
#include "named-files.h"
#include "network.h"
#include "parallel.h"
#include "trainer.h"

static const char *const kind_names[] = {
  [SK_OP_INPUT] = "input", [SK_OP_CONV] = "conv",       [SK_OP_BATCHNORM] = "bn",
  [SK_OP_RELU] = "relu",   [SK_OP_MAXPOOL] = "maxpool", [SK_OP_SUBSAMPLE] = "subsample",
  [SK_OP_ADD] = "add",     [SK_OP_AVGPOOL] = "avgpool", [SK_OP_LINEAR] = "linear",
};

typedef struct {
  guint64 train, infer; /* bytes */
} Memory;

/* What a network takes with its weights, trained by SGD or only asked. */
static Memory
measure_memory (const SkPlan *plan) {
  guint64 weights = (plan->n_values + plan->n_statistics) * sizeof (float);
  SkRecipe recipe;
  Memory memory;

  sk_recipe_init (&recipe);
  memory.train = sk_trainer_memory (plan, &recipe, sk_cores ());
  memory.infer = weights + sk_network_memory (plan, 0, sk_cores ());
  sk_recipe_clear (&recipe);
  return memory;
}

/* Learnt numbers of an op; running statistics are measured, not learnt. */
static gint64
count_learnt (const SkPlan *plan, const SkOp *op) {
  gint64 count = 0;
  int n = op->kind == SK_OP_CONV ? 1 : 2;

  if (op->parameter < 0)
    return 0;
  for (int i = 0; i < n; i++)
    count += (gint64) plan->parameters[op->parameter + i].count;
  return count;
}

/* 11689512 as "11,689,512". */
static char *
group_digits (gint64 value) {
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  gsize length = strlen (digits);
  GString *grouped = g_string_new (NULL);

  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c (grouped, ',');
    g_string_append_c (grouped, digits[i]);
  }
  return g_string_free (grouped, FALSE);
}

static void
print_layers (const SkPlan *plan) {
  g_print ("%-28s %-10s %-14s %-7s %14s %16s\n", _ ("layer"), _ ("kind"), _ ("output"),
           _ ("kernel"), _ ("parameters"), _ ("multiply-adds"));
  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    g_autofree char *output = g_strdup_printf ("%dx%dx%d", op->h, op->w, op->c);
    g_autofree char *kernel = op->kernel > 0 ? g_strdup_printf ("%dx%d/%d", op->kernel,
                                                                op->kernel, op->stride)
                                             : g_strdup ("");
    g_autofree char *learnt = group_digits (count_learnt (plan, op));
    g_autofree char *macs = group_digits (op->macs);

    g_print ("%-28s %-10s %-14s %-7s %14s %16s\n", op->name, kind_names[op->kind],
             output, kernel, op->parameter < 0 ? "" : learnt, op->macs > 0 ? macs : "");
  }
}

static void
print_network (const SkPlan *plan) {
  Memory memory = measure_memory (plan);
  g_autofree char *train = g_format_size_full (memory.train, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *infer = g_format_size_full (memory.infer, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *learnt = group_digits (plan->n_trainable);
  g_autofree char *macs = group_digits (plan->macs);

  g_print (_ ("%s (%s): pictures of %d × %d, %d classes, %d blocks\n\n"),
           plan->variant.title, plan->variant.name, plan->w, plan->h, plan->classes,
           plan->n_blocks);
  print_layers (plan);
  g_print (_ ("\n%s parameters, %s multiply-adds for a picture\n"), learnt, macs);
  g_print (_ ("memory for a batch of %d: %s to train, %s to classify\n"), plan->n,
           train, infer);
}

static void
add_layer (SkJsonLine *json, const SkPlan *plan, const SkOp *op) {
  sk_json_begin_object (json, NULL);
  sk_json_string (json, "name", op->name);
  sk_json_string (json, "kind", kind_names[op->kind]);
  sk_json_begin_array (json, "output");
  sk_json_integer (json, NULL, op->h);
  sk_json_integer (json, NULL, op->w);
  sk_json_integer (json, NULL, op->c);
  sk_json_end_array (json);
  if (op->kernel > 0) {
    sk_json_integer (json, "kernel", op->kernel);
    sk_json_integer (json, "stride", op->stride);
  }
  sk_json_integer (json, "parameters", count_learnt (plan, op));
  sk_json_integer (json, "macs", op->macs);
  sk_json_string (json, "group", op->group >= 0 ? plan->groups[op->group].name : NULL);
  sk_json_end_object (json);
}

static void
add_skip (SkJsonLine *json, const SkPlan *plan, const SkBlock *block) {
  const char *skip = block->skip < 0                             ? "none"
                     : block->skip == block->input               ? "identity"
                     : plan->variant.shortcut == SK_SHORTCUT_PAD ? "pad"
                                                                 : "projection";

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "name", block->name);
  sk_json_string (json, "skip", skip);
  sk_json_end_object (json);
}

static void
print_network_json (const SkPlan *plan) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();
  Memory memory = measure_memory (plan);

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "net", plan->variant.name);
  sk_json_string (json, "title", plan->variant.title);
  sk_json_integer (json, "classes", plan->classes);
  sk_json_integer (json, "height", plan->h);
  sk_json_integer (json, "width", plan->w);
  sk_json_integer (json, "parameters", plan->n_trainable);
  sk_json_integer (json, "macs", plan->macs);
  sk_json_integer (json, "batch", plan->n);
  sk_json_integer (json, "memory_train", (gint64) memory.train);
  sk_json_integer (json, "memory_infer", (gint64) memory.infer);
  sk_json_begin_array (json, "layers");
  for (int i = 0; i < plan->n_ops; i++)
    add_layer (json, plan, &plan->ops[i]);
  sk_json_end_array (json);
  sk_json_begin_array (json, "blocks");
  for (int i = 0; i < plan->n_blocks; i++)
    add_skip (json, plan, &plan->blocks[i]);
  sk_json_end_array (json);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static SkExit
describe_network (const char *name, int batch, gboolean as_json) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkPlan) plan = NULL;
  SkVariant variant;

  if (!sk_variant_find (name, &variant, &error))
    return sk_cli_refuse (error);
  plan = sk_plan_new (&variant, batch, 0, 0, 0, &error);
  if (plan == NULL)
    return sk_cli_refuse (error);
  if (as_json)
    print_network_json (plan);
  else
    print_network (plan);
  return SK_EXIT_OK;
}

/* Every network there is, a line each. */
static SkExit
list_networks (gboolean as_json) {
  const char *const *names = sk_variant_names ();

  if (!as_json)
    g_print ("%-18s %14s %18s  %s\n", _ ("network"), _ ("parameters"),
             _ ("multiply-adds"), _ ("pictures"));
  for (int i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SkPlan) plan = NULL;
    g_autofree char *learnt = NULL;
    g_autofree char *macs = NULL;
    SkVariant variant;

    if (!sk_variant_find (names[i], &variant, &error) ||
        (plan = sk_plan_new (&variant, 1, 0, 0, 0, &error)) == NULL)
      return sk_cli_refuse (error);
    if (as_json) {
      g_autoptr (SkJsonLine) json = sk_json_line_new ();

      sk_json_begin_object (json, NULL);
      sk_json_string (json, "net", variant.name);
      sk_json_string (json, "title", variant.title);
      sk_json_integer (json, "classes", plan->classes);
      sk_json_integer (json, "side", variant.side);
      sk_json_integer (json, "parameters", plan->n_trainable);
      sk_json_integer (json, "macs", plan->macs);
      sk_json_end_object (json);
      sk_json_line_print (json);
      continue;
    }
    learnt = group_digits (plan->n_trainable);
    macs = group_digits (plan->macs);
    g_print ("%-18s %14s %18s  %d × %d\n", variant.name, learnt, macs, variant.side,
             variant.side);
  }
  return SK_EXIT_OK;
}

SkExit
sk_info_command (int argc, char **argv) {
  int batch = 128, classes = 0;
  gboolean parts = FALSE, as_json = FALSE;
  g_autofree char *net = NULL, *named = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "batch", 0, 0, G_OPTION_ARG_INT, &batch, N_ ("pictures that memory is told for"),
      N_ ("N") },
    { "net", 0, 0, G_OPTION_ARG_STRING, &net,
      N_ ("which network a weight file is meant for"), N_ ("NAME") },
    { "classes", 0, 0, G_OPTION_ARG_INT, &classes,
      N_ ("classes that the network is to tell apart (the file's)"), N_ ("N") },
    { "parts", 0, 0, G_OPTION_ARG_NONE, &parts,
      N_ ("what fits into the network is enough"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (_ ("[NET | FILE | RUN | DATA]"));

  g_option_context_set_summary (
      context,
      _ ("Tells of a network its layers, shapes, parameters, multiply-adds and "
         "memory;\nof a weight file (of a run: its best weights) what it holds and how "
         "that maps;\nof data (folder:DIR) classes, counts, broken and repeated files. "
         "Without any\nit lists the networks."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 2)
    return sk_cli_usage ("info", _ ("one NET, FILE, RUN or DATA at a time"));
  if (batch < 1)
    return sk_cli_usage ("info", _ ("--batch must be at least 1"));
  if (classes < 0)
    return sk_cli_usage ("info", _ ("--classes must be at least 1"));
  if (argc == 1)
    return list_networks (as_json);
  if (sk_info_is_data (argv[1]))
    return sk_info_data (argv[1], as_json);
  named = sk_named_weights_find (argv[1], &error);
  if (named == NULL)
    return sk_cli_refuse (error);
  if (strcmp (named, argv[1]) != 0 || g_file_test (named, G_FILE_TEST_EXISTS) ||
      strchr (named, '/') != NULL || g_str_has_suffix (named, ".safetensors"))
    return sk_info_file (named, net, classes, parts, as_json);
  return describe_network (argv[1], batch, as_json);
}
