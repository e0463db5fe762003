/* Our ONNX files, read back by a naive interpreter and held to our own logits. With
 * SKIPSCOPE_ONNX_DIR the files, the pictures and our logits stay in that folder, for
 * onnx_runtime.py to hold them to onnxruntime. */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "network.h"
#include "onnx-run.h"
#include "onnx.h"
#include "recipe.h"
#include "safetensors.h"

/* Against the largest logit: float32 sums in another order. */
#define TOLERANCE 1e-4

static const struct {
  const char *net;
  int side, n;
} cases[] = {
  { "resnet20", 32, 2 }, { "resnet20-b", 32, 1 },     { "plain20", 32, 1 },
  { "resnet18", 64, 1 }, { "resnet50", 64, 1 },       { "resnet18-cifar", 16, 2 },
  { "plain18", 64, 1 },  { "resnet18-stem7", 33, 1 },
};

typedef struct {
  SkPlan *plan;
  SkParameters *parameters;
  float *logits; /* (n, classes) ours */
  float *pictures; /* (n,3,h,w) */
} Case;

/* (n,h,w,3) as ONNX wants it */
static float *
channels_first (const float *in, int n, int h, int w) {
  float *out = g_new (float, (gsize) n *h *w * 3);
  gsize plane = (gsize) h * (gsize) w;

  for (gsize i = 0; i < (gsize) n; i++)
    for (gsize p = 0; p < plane; p++)
      for (gsize c = 0; c < 3; c++)
        out[(i * 3 + c) * plane + p] = in[(i * plane + p) * 3 + c];
  return out;
}

static void
open_case (Case *self, gsize index) {
  int n = cases[index].n, side = cases[index].side;
  g_autofree float *pictures = g_new (float, (gsize) n *side *side * 3);
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  g_autoptr (SkNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  SkVariant variant;

  g_assert_true (sk_variant_find (cases[index].net, &variant, NULL));
  self->plan = sk_plan_new (&variant, n, side, side, 7, &error);
  g_assert_no_error (error);
  self->parameters = sk_parameters_new (self->plan, &error);
  golden_fill (self->parameters, self->plan, FALSE);
  golden_pictures (0, n, side, side, pictures);
  network = sk_network_new (self->plan, self->parameters, 0, pool, &error);
  g_assert_no_error (error);
  self->logits = g_memdup2 (sk_network_forward (network, pictures, n, FALSE),
                            (gsize) n * 7 * sizeof (float));
  self->pictures = channels_first (pictures, n, side, side);
}

static void
close_case (Case *self) {
  g_free (self->logits);
  g_free (self->pictures);
  sk_parameters_free (self->parameters);
  sk_plan_unref (self->plan);
}

static Onnx__ModelProto *
read_model (const char *path) {
  g_autofree char *bytes = NULL;
  gsize size;
  Onnx__ModelProto *model;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  model = onnx__model_proto__unpack (NULL, size, (const uint8_t *) bytes);
  g_assert_nonnull (model);
  return model;
}

static const char *
property (const Onnx__ModelProto *model, const char *key) {
  for (gsize i = 0; i < model->n_metadata_props; i++)
    if (strcmp (model->metadata_props[i]->key, key) == 0)
      return model->metadata_props[i]->value;
  return NULL;
}

static guint
count_nodes (const Onnx__ModelProto *model, const char *op) {
  guint n = 0;

  for (gsize i = 0; i < model->graph->n_node; i++)
    n += strcmp (model->graph->node[i]->op_type, op) == 0;
  return n;
}

static void
check_frame (const Onnx__ModelProto *model, const SkPlan *plan, gboolean fold) {
  const Onnx__TensorShapeProto *in = model->graph->input[0]->type->tensor_type->shape;
  const Onnx__TensorShapeProto *out = model->graph->output[0]->type->tensor_type->shape;
  guint convs = 0, norms = 0;

  g_assert_cmpint (model->ir_version, ==, 8);
  g_assert_cmpuint (model->n_opset_import, ==, 1);
  g_assert_cmpint (model->opset_import[0]->version, ==, 17);
  g_assert_cmpstr (model->producer_name, ==, "skipscope");
  g_assert_cmpstr (model->graph->name, ==, plan->variant.name);
  g_assert_cmpuint (in->n_dim, ==, 4);
  g_assert_cmpstr (in->dim[0]->dim_param, ==, "N");
  g_assert_cmpint (in->dim[1]->dim_value, ==, 3);
  g_assert_cmpint (in->dim[2]->dim_value, ==, plan->h);
  g_assert_cmpuint (out->n_dim, ==, 2);
  g_assert_cmpint (out->dim[1]->dim_value, ==, plan->classes);
  g_assert_cmpstr (property (model, "net"), ==, plan->variant.name);
  g_assert_cmpstr (property (model, "mean"), ==, "0.5,0.25,0.125");
  g_assert_nonnull (strstr (property (model, "class_names"), "“two”"));
  for (int i = 0; i < plan->n_ops; i++) {
    convs += plan->ops[i].kind == SK_OP_CONV;
    norms += plan->ops[i].kind == SK_OP_BATCHNORM;
  }
  g_assert_cmpuint (count_nodes (model, "Conv"), ==, convs);
  g_assert_cmpuint (count_nodes (model, "BatchNormalization"), ==, fold ? 0 : norms);
}

static void
check_logits (const Onnx__ModelProto *model, const Case *c) {
  g_autofree double *got =
      onnx_run (model, c->pictures, c->plan->n, c->plan->h, c->plan->w);
  double worst = 0, largest = 0;

  for (int i = 0; i < c->plan->n * c->plan->classes; i++) {
    worst = MAX (worst, fabs (got[i] - (double) c->logits[i]));
    largest = MAX (largest, fabs (got[i]));
  }
  g_test_message ("%s: %.2g", c->plan->variant.name, worst / largest);
  g_assert_cmpfloat (worst, <, TOLERANCE * largest);
}

/* Pictures and logits beside the models, for onnxruntime. */
static void
keep_numbers (const Case *c, const char *dir) {
  g_autofree char *name = g_strconcat (c->plan->variant.name, ".safetensors", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  const SkTensorToWrite tensors[] = {
    { "pictures",
      SK_DTYPE_F32,
      { c->plan->n, 3, c->plan->h, c->plan->w },
      4,
      c->pictures,
      FALSE },
    { "logits", SK_DTYPE_F32, { c->plan->n, c->plan->classes }, 2, c->logits, FALSE },
  };

  g_assert_true (sk_safetensors_write (path, tensors, 2, NULL, NULL));
}

static void
test_model (gconstpointer data) {
  const char *kept = g_getenv ("SKIPSCOPE_ONNX_DIR");
  g_autofree char *dir =
      kept ? g_strdup (kept) : g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  char *names[] = { (char *) "one", (char *) "“two”", (char *) "3", (char *) "4",
                    (char *) "5",   (char *) "6",     (char *) "7", NULL };
  SkWeightsInfo info = { .has_normalisation = TRUE,
                         .mean = { 0.5f, 0.25f, 0.125f },
                         .std = { 1, 1, 1 },
                         .class_names = names };
  Case c;

  open_case (&c, GPOINTER_TO_SIZE (data));
  for (int fold = 0; fold < 2; fold++) {
    g_autofree char *name =
        g_strconcat (c.plan->variant.name, fold ? "-folded.onnx" : ".onnx", NULL);
    g_autofree char *path = g_build_filename (dir, name, NULL);
    g_autoptr (GError) error = NULL;
    Onnx__ModelProto *model;

    g_assert_true (sk_onnx_write (path, c.plan, c.parameters, fold, &info, &error));
    g_assert_no_error (error);
    model = read_model (path);
    check_frame (model, c.plan, fold);
    check_logits (model, &c);
    onnx__model_proto__free_unpacked (model, NULL);
    if (!kept)
      g_remove (path);
  }
  if (kept)
    keep_numbers (&c, dir);
  else
    g_rmdir (dir);
  close_case (&c);
}

static void
test_full_disk (void) {
  g_autoptr (GError) error = NULL;
  Case c;

  open_case (&c, 0);
  g_assert_false (
      sk_onnx_write ("/no/such/folder/x.onnx", c.plan, c.parameters, 0, NULL, &error));
  g_assert_nonnull (strstr (error->message, "/no/such/folder/x.onnx"));
  close_case (&c);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/onnx/", cases[i].net, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_model);
  }
  g_test_add_func ("/onnx/full-disk", test_full_disk);
  return g_test_run ();
}
