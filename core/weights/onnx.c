/* A network as an ONNX model: the plan's list, op by op. */

#include "onnx.h"

#include <math.h>
#include <string.h>

#include "batchnorm.h"
#include "errors.h"
#include "files.h"
#include "metadata.h"
#include "onnx-graph.h"

/* ONNX keeps the old mean's share, PyTorch the new one's. Inference reads neither. */
#define BN_MOMENTUM 0.9f

typedef struct {
  SkOnnxGraph graph;
  const SkPlan *plan;
  float *
      *values; /* (n_parameters) in files' order; changed where batch norm is folded */
  float *block; /* what they point into */
  gboolean fold;
} Exporter;

static gboolean
export_values (Exporter *e, const SkParameters *parameters, GError **error) {
  const SkPlan *plan = e->plan;
  gsize sum = 0;
  float *at;

  for (int i = 0; i < plan->n_parameters; i++)
    sum += plan->parameters[i].count;
  e->block = g_try_new (float, sum);
  if (e->block == NULL)
    return sk_refuse (error, SK_ERROR_MEMORY,
                      "not enough memory for a copy of the weights (%" G_GSIZE_FORMAT
                      " bytes)",
                      sum * sizeof (float));
  e->values = g_new (float *, plan->n_parameters);
  at = e->block;
  for (int i = 0; i < plan->n_parameters; i++) {
    e->values[i] = at;
    sk_parameters_export (parameters, plan, i, at);
    at += plan->parameters[i].count;
  }
  return TRUE;
}

/* What an op computes is called as the op; the last is the model's output. */
static const char *
output_name (const Exporter *e, int op) {
  if (op == 0)
    return SK_ONNX_INPUT;
  return op == e->plan->n_ops - 1 ? SK_ONNX_OUTPUT : e->plan->ops[op].name;
}

static const char *
parameter_name (const Exporter *e, int op, int offset) {
  return e->plan->parameters[e->plan->ops[op].parameter + offset].name;
}

static void
add_parameter (Exporter *e, int index) {
  const SkParameter *parameter = &e->plan->parameters[index];

  sk_onnx_graph_floats (&e->graph, parameter->name, parameter->shape, parameter->n_dims,
                        e->values[index]);
}

/* y = γ·(x − mean)/√(var + ε) + β after x = w·…: w takes the factor, β what is left. */
static void
fold_batchnorm (Exporter *e, int conv) {
  const SkPlan *plan = e->plan;
  const SkParameter *filters = &plan->parameters[plan->ops[conv].parameter];
  float *w = e->values[plan->ops[conv].parameter];
  float **bn = &e->values[plan->ops[conv + 1].parameter];
  gsize k = (gsize) filters->shape[0], each = filters->count / k;

  for (gsize i = 0; i < k; i++) {
    double scale = (double) bn[0][i] / sqrt ((double) bn[3][i] + SK_BN_EPSILON);

    for (gsize j = 0; j < each; j++)
      w[i * each + j] = (float) ((double) w[i * each + j] * scale);
    bn[1][i] = (float) ((double) bn[1][i] - (double) bn[2][i] * scale);
  }
}

static void
add_conv (Exporter *e, int index) {
  const SkOp *op = &e->plan->ops[index];
  const gint64 kernel[] = { op->kernel, op->kernel },
               strides[] = { op->stride, op->stride };
  const gint64 pads[] = { op->pad, op->pad, op->pad, op->pad }, ones[] = { 1, 1 };
  Onnx__NodeProto *node;

  if (e->fold)
    fold_batchnorm (e, index);
  add_parameter (e, op->parameter);
  if (e->fold) /* it takes the place of the batch norm, whose shift is its bias */
    add_parameter (e, e->plan->ops[index + 1].parameter + 1);
  node =
      sk_onnx_graph_node (&e->graph, "Conv", output_name (e, index + e->fold),
                          output_name (e, op->inputs[0]), parameter_name (e, index, 0),
                          e->fold ? parameter_name (e, index + 1, 1) : NULL, NULL);
  sk_onnx_node_ints (&e->graph, node, "dilations", ones, 2);
  sk_onnx_node_int (&e->graph, node, "group", 1);
  sk_onnx_node_ints (&e->graph, node, "kernel_shape", kernel, 2);
  sk_onnx_node_ints (&e->graph, node, "pads", pads, 4);
  sk_onnx_node_ints (&e->graph, node, "strides", strides, 2);
}

static void
add_batchnorm (Exporter *e, int index) {
  const SkOp *op = &e->plan->ops[index];
  Onnx__NodeProto *node;

  for (int i = 0; i < 4; i++)
    add_parameter (e, op->parameter + i);
  node =
      sk_onnx_graph_node (&e->graph, "BatchNormalization", output_name (e, index),
                          output_name (e, op->inputs[0]), parameter_name (e, index, 0),
                          parameter_name (e, index, 1), parameter_name (e, index, 2),
                          parameter_name (e, index, 3), NULL);
  sk_onnx_node_float (&e->graph, node, "epsilon", (float) SK_BN_EPSILON);
  sk_onnx_node_float (&e->graph, node, "momentum", BN_MOMENTUM);
}

static void
add_maxpool (Exporter *e, int index) {
  const SkOp *op = &e->plan->ops[index];
  const gint64 kernel[] = { op->kernel, op->kernel },
               strides[] = { op->stride, op->stride };
  const gint64 pads[] = { op->pad, op->pad, op->pad, op->pad };
  Onnx__NodeProto *node =
      sk_onnx_graph_node (&e->graph, "MaxPool", output_name (e, index),
                          output_name (e, op->inputs[0]), NULL);

  sk_onnx_node_ints (&e->graph, node, "kernel_shape", kernel, 2);
  sk_onnx_node_ints (&e->graph, node, "pads", pads, 4);
  sk_onnx_node_ints (&e->graph, node, "strides", strides, 2);
}

/* Option A: every second pixel, then as many zero channels before as after. */
static void
add_subsample (Exporter *e, int index) {
  const SkOp *op = &e->plan->ops[index];
  gint64 before = (op->c - e->plan->ops[op->inputs[0]].c) / 2;
  gint64 after = op->c - e->plan->ops[op->inputs[0]].c - before;
  const gint64 starts[] = { 0, 0 }, ends[] = { G_MAXINT64, G_MAXINT64 };
  const gint64 axes[] = { 2, 3 }, steps[] = { op->stride, op->stride };
  const gint64 pads[] = { 0, before, 0, 0, 0, after, 0, 0 };
  const struct {
    const char *name;
    const gint64 *values;
    int n;
  } constants[] = {
    { "starts", starts, 2 }, { "ends", ends, 2 }, { "axes", axes, 2 },
    { "steps", steps, 2 },   { "pads", pads, 8 },
  };
  g_autofree char *slice = g_strconcat (op->name, ".slice", NULL);
  char *names[G_N_ELEMENTS (constants)];

  for (gsize i = 0; i < G_N_ELEMENTS (constants); i++) {
    names[i] = g_strconcat (op->name, ".", constants[i].name, NULL);
    sk_onnx_graph_int64s (&e->graph, names[i], constants[i].values, constants[i].n);
  }
  sk_onnx_graph_node (&e->graph, "Slice", slice, output_name (e, op->inputs[0]),
                      names[0], names[1], names[2], names[3], NULL);
  sk_onnx_graph_node (&e->graph, "Pad", output_name (e, index), slice, names[4], NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (constants); i++)
    g_free (names[i]);
}

static void
add_head (Exporter *e, int index) {
  const SkOp *op = &e->plan->ops[index];
  g_autofree char *flat = g_strconcat (op->name, ".flatten", NULL);
  Onnx__NodeProto *node = sk_onnx_graph_node (&e->graph, "Flatten", flat,
                                              output_name (e, op->inputs[0]), NULL);

  sk_onnx_node_int (&e->graph, node, "axis", 1);
  add_parameter (e, op->parameter);
  add_parameter (e, op->parameter + 1);
  node = sk_onnx_graph_node (&e->graph, "Gemm", output_name (e, index), flat,
                             parameter_name (e, index, 0), parameter_name (e, index, 1),
                             NULL);
  sk_onnx_node_int (&e->graph, node, "transB", 1);
}

static void
add_op (Exporter *e, int index) {
  const SkOp *op = &e->plan->ops[index];
  const char *output = output_name (e, index);
  const char *input = op->inputs[0] >= 0 ? output_name (e, op->inputs[0]) : NULL;

  switch (op->kind) {
  case SK_OP_CONV:
    add_conv (e, index);
    break;
  case SK_OP_BATCHNORM:
    if (!e->fold)
      add_batchnorm (e, index);
    break;
  case SK_OP_RELU:
    sk_onnx_graph_node (&e->graph, "Relu", output, input, NULL);
    break;
  case SK_OP_MAXPOOL:
    add_maxpool (e, index);
    break;
  case SK_OP_SUBSAMPLE:
    add_subsample (e, index);
    break;
  case SK_OP_ADD:
    sk_onnx_graph_node (&e->graph, "Add", output, input, output_name (e, op->inputs[1]),
                        NULL);
    break;
  case SK_OP_AVGPOOL:
    sk_onnx_graph_node (&e->graph, "GlobalAveragePool", output, input, NULL);
    break;
  case SK_OP_LINEAR:
    add_head (e, index);
    break;
  case SK_OP_INPUT:
    break;
  }
}

/* In the order of their keys: the same weights give the same file. */
static void
add_properties (Exporter *e, const SkWeightsInfo *info) {
  g_autoptr (GHashTable) metadata = sk_metadata_build (info, e->plan->variant.name);
  g_autoptr (GList) keys = NULL;

  g_hash_table_remove (metadata, SK_METADATA_FORMAT);
  keys = g_list_sort (g_hash_table_get_keys (metadata), (GCompareFunc) strcmp);
  for (GList *l = keys; l != NULL; l = l->next)
    sk_onnx_graph_property (&e->graph, l->data,
                            g_hash_table_lookup (metadata, l->data));
}

static void
swap_bytes (Exporter *e) {
  const SkParameter *last = &e->plan->parameters[e->plan->n_parameters - 1];
  gsize count = (gsize) (e->values[e->plan->n_parameters - 1] - e->block) + last->count;
  guint32 bits;

  for (gsize i = 0; G_BYTE_ORDER != G_LITTLE_ENDIAN && i < count; i++) {
    memcpy (&bits, &e->block[i], sizeof bits);
    bits = GUINT32_TO_LE (bits);
    memcpy (&e->block[i], &bits, sizeof bits);
  }
}

/* Bytes go to the file as they are packed: no second copy of the weights. */
typedef struct {
  ProtobufCBuffer base;
  SkOutput *output;
  GError *error;
} Sink;

static void
append_cb (ProtobufCBuffer *buffer, size_t length, const uint8_t *data) {
  Sink *sink = (Sink *) buffer; /* its first member */

  if (sink->error == NULL)
    sk_output_write (sink->output, data, length, &sink->error);
}

static gboolean
write_model (const char *path, const Onnx__ModelProto *model, GError **error) {
  g_autoptr (SkOutput) output = sk_output_new (path, error);
  Sink sink = { .base = { .append = append_cb }, .output = output };

  if (output == NULL)
    return FALSE;
  protobuf_c_message_pack_to_buffer (&model->base, &sink.base);
  if (sink.error != NULL) {
    g_propagate_error (error, sink.error);
    return FALSE;
  }
  return sk_output_commit (output, error);
}

gboolean
sk_onnx_write (const char *path, const SkPlan *plan, const SkParameters *parameters,
               gboolean fold, const SkWeightsInfo *info, GError **error) {
  Exporter e = { .plan = plan, .fold = fold };
  const gint64 sizes[] = { 3, plan->h, plan->w };
  gboolean ok;

  if (!export_values (&e, parameters, error))
    return FALSE;
  sk_onnx_graph_init (&e.graph, plan->variant.name);
  for (int i = 0; i < plan->n_ops; i++)
    add_op (&e, i);
  sk_onnx_graph_interface (&e.graph, SK_ONNX_INPUT, sizes, 3, SK_ONNX_OUTPUT,
                           plan->classes);
  add_properties (&e, info);
  swap_bytes (&e);
  ok = write_model (path, sk_onnx_graph_finish (&e.graph), error);
  sk_onnx_graph_clear (&e.graph);
  g_free (e.values);
  g_free (e.block);
  return ok;
}
