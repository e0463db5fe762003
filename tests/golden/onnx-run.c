#include "onnx-run.h"

#include <math.h>
#include <string.h>

typedef struct {
  const Onnx__ModelProto *model;
  GHashTable *values; /* name → OnnxValue */
} Runner;

static void
value_free (gpointer data) {
  OnnxValue *value = data;

  g_free (value->data);
  g_free (value);
}

static gsize
count (const OnnxValue *value) {
  gsize n = 1;

  for (int i = 0; i < value->n_dims; i++)
    n *= (gsize) value->shape[i];
  return n;
}

static OnnxValue *
new_value (Runner *r, const char *name, int n_dims, const gint64 *shape) {
  OnnxValue *value = g_new0 (OnnxValue, 1);

  g_assert_cmpint (n_dims, <=, 4);
  value->n_dims = n_dims;
  memcpy (value->shape, shape, (gsize) n_dims * sizeof *shape);
  value->data = g_new0 (double, count (value));
  /* Single assignment: a name is made once. */
  g_assert_true (g_hash_table_insert (r->values, g_strdup (name), value));
  return value;
}

/* Input @i of @node; the list is in an order that makes it known by now. */
static const OnnxValue *
input (Runner *r, const Onnx__NodeProto *node, gsize i) {
  const OnnxValue *value;

  g_assert_cmpuint (i, <, node->n_input);
  value = g_hash_table_lookup (r->values, node->input[i]);
  g_assert_nonnull (value);
  return value;
}

static const Onnx__AttributeProto *
attribute (const Onnx__NodeProto *node, const char *name) {
  for (gsize i = 0; i < node->n_attribute; i++)
    if (strcmp (node->attribute[i]->name, name) == 0)
      return node->attribute[i];
  g_assert_not_reached ();
}

static gint64
int_of (const Onnx__NodeProto *node, const char *name) {
  const Onnx__AttributeProto *found = attribute (node, name);

  g_assert_cmpint (found->type, ==, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
  return found->i;
}

static gint64
ints_of (const Onnx__NodeProto *node, const char *name, gsize n, gsize i) {
  const Onnx__AttributeProto *found = attribute (node, name);

  g_assert_cmpint (found->type, ==, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
  g_assert_cmpuint (found->n_ints, ==, n);
  return found->ints[i];
}

static void
read_constant (Runner *r, const Onnx__TensorProto *tensor) {
  OnnxValue *value = new_value (r, tensor->name, (int) tensor->n_dims, tensor->dims);
  gsize n = count (value);
  gboolean is_float = tensor->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;

  g_assert_true (is_float || tensor->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__INT64);
  g_assert_cmpuint (tensor->raw_data.len, ==, n * (is_float ? 4 : 8));
  for (gsize i = 0; i < n; i++) {
    float number;
    gint64 whole;

    memcpy (&number, tensor->raw_data.data + 4 * (is_float ? i : 0), sizeof number);
    memcpy (&whole, tensor->raw_data.data + (is_float ? 0 : 8 * i), is_float ? 4 : 8);
    value->data[i] = is_float ? (double) number : (double) whole;
  }
}

static gint64
windows (gint64 size, const Onnx__NodeProto *node, int axis) {
  return (size + ints_of (node, "pads", 4, (gsize) axis) +
          ints_of (node, "pads", 4, (gsize) axis + 2) -
          ints_of (node, "kernel_shape", 2, (gsize) axis)) /
             ints_of (node, "strides", 2, (gsize) axis) +
         1;
}

/* The sum over one window, or its largest element where @w is NULL. */
static double
window (const OnnxValue *x, gsize n, const double *w, gint64 c0, gint64 c1, gint64 y0,
        gint64 x0, gint64 kernel) {
  gint64 h = x->shape[2], width = x->shape[3];
  double sum = w ? 0 : -INFINITY;

  for (gint64 c = c0; c < c1; c++)
    for (gint64 i = MAX (0, -y0); i < MIN (kernel, h - y0); i++)
      for (gint64 j = MAX (0, -x0); j < MIN (kernel, width - x0); j++) {
        double v =
            x->data[(((gint64) n * x->shape[1] + c) * h + y0 + i) * width + x0 + j];

        sum = w ? sum + v * w[((c - c0) * kernel + i) * kernel + j] : MAX (sum, v);
      }
  return sum;
}

/* Conv where there are weights, MaxPool where there are none. */
static void
run_windows (Runner *r, const Onnx__NodeProto *node, gboolean conv) {
  const OnnxValue *x = input (r, node, 0), *w = conv ? input (r, node, 1) : NULL;
  const OnnxValue *bias = node->n_input > 2 ? input (r, node, 2) : NULL;
  gint64 channels = conv ? w->shape[0] : x->shape[1];
  gint64 shape[4] = { x->shape[0], channels, windows (x->shape[2], node, 0),
                      windows (x->shape[3], node, 1) };
  OnnxValue *y = new_value (r, node->output[0], 4, shape);
  gint64 kernel = ints_of (node, "kernel_shape", 2, 0), at = 0;
  gint64 stride = ints_of (node, "strides", 2, 0), pad = ints_of (node, "pads", 4, 0);

  if (conv) {
    g_assert_cmpint (int_of (node, "group"), ==, 1);
    g_assert_cmpint (w->shape[1], ==, x->shape[1]);
    g_assert_cmpint (w->shape[2], ==, kernel);
    g_assert_cmpint (ints_of (node, "dilations", 2, 1), ==, 1);
  }
  for (gint64 n = 0; n < shape[0]; n++)
    for (gint64 k = 0; k < channels; k++)
      for (gint64 i = 0; i < shape[2]; i++)
        for (gint64 j = 0; j < shape[3]; j++)
          y->data[at++] =
              window (x, (gsize) n,
                      conv ? w->data + k * w->shape[1] * kernel * kernel : NULL,
                      conv ? 0 : k, conv ? x->shape[1] : k + 1, i * stride - pad,
                      j * stride - pad, kernel) +
              (bias ? bias->data[k] : 0);
}

static void
run_batchnorm (Runner *r, const Onnx__NodeProto *node) {
  const OnnxValue *x = input (r, node, 0), *scale = input (r, node, 1);
  const OnnxValue *shift = input (r, node, 2), *mean = input (r, node, 3);
  const OnnxValue *var = input (r, node, 4);
  OnnxValue *y = new_value (r, node->output[0], 4, x->shape);
  gsize plane = (gsize) (x->shape[2] * x->shape[3]);
  double epsilon = (double) attribute (node, "epsilon")->f;

  for (gsize i = 0; i < count (x); i++) {
    gsize c = i / plane % (gsize) x->shape[1];

    y->data[i] =
        (x->data[i] - mean->data[c]) / sqrt (var->data[c] + epsilon) * scale->data[c] +
        shift->data[c];
  }
}

static void
run_each (Runner *r, const Onnx__NodeProto *node, gboolean add) {
  const OnnxValue *x = input (r, node, 0), *other = add ? input (r, node, 1) : NULL;
  OnnxValue *y = new_value (r, node->output[0], x->n_dims, x->shape);

  if (add)
    g_assert_cmpmem (x->shape, sizeof x->shape, other->shape, sizeof other->shape);
  for (gsize i = 0; i < count (x); i++)
    y->data[i] = add ? x->data[i] + other->data[i] : MAX (x->data[i], 0);
}

/* Slice (data, starts, ends, axes, steps) along rows and columns. */
static void
run_slice (Runner *r, const Onnx__NodeProto *node) {
  const OnnxValue *x = input (r, node, 0), *axes = input (r, node, 3);
  gint64 step[4] = { 1, 1, 1, 1 }, shape[4];
  OnnxValue *y;
  gint64 at = 0;

  for (gsize i = 0; i < count (axes); i++) {
    g_assert_cmpfloat (input (r, node, 1)->data[i], ==, 0);
    g_assert_cmpfloat (input (r, node, 2)->data[i], >, 1e9);
    step[(int) axes->data[i]] = (gint64) input (r, node, 4)->data[i];
  }
  for (int d = 0; d < 4; d++)
    shape[d] = (x->shape[d] + step[d] - 1) / step[d];
  y = new_value (r, node->output[0], 4, shape);
  for (gint64 p = 0; p < shape[0] * shape[1]; p++)
    for (gint64 i = 0; i < shape[2]; i++)
      for (gint64 j = 0; j < shape[3]; j++)
        y->data[at++] =
            x->data[(p * x->shape[2] + i * step[2]) * x->shape[3] + j * step[3]];
}

/* Pad (data, pads) with zero channels. */
static void
run_pad (Runner *r, const Onnx__NodeProto *node) {
  const OnnxValue *x = input (r, node, 0), *pads = input (r, node, 1);
  gint64 shape[4];
  OnnxValue *y;
  gsize plane, before;

  g_assert_cmpuint (count (pads), ==, 8);
  for (int d = 0; d < 4; d++) {
    shape[d] = x->shape[d] + (gint64) (pads->data[d] + pads->data[d + 4]);
    g_assert_true (d == 1 || shape[d] == x->shape[d]);
  }
  y = new_value (r, node->output[0], 4, shape);
  plane = (gsize) (shape[2] * shape[3]);
  before = (gsize) pads->data[1] * plane;
  for (gint64 n = 0; n < shape[0]; n++)
    memcpy (y->data + (gsize) (n * shape[1]) * plane + before,
            x->data + (gsize) (n * x->shape[1]) * plane,
            (gsize) x->shape[1] * plane * sizeof (double));
}

static void
run_average (Runner *r, const Onnx__NodeProto *node) {
  const OnnxValue *x = input (r, node, 0);
  gint64 shape[4] = { x->shape[0], x->shape[1], 1, 1 };
  OnnxValue *y = new_value (r, node->output[0], 4, shape);
  gsize plane = (gsize) (x->shape[2] * x->shape[3]);

  for (gsize i = 0; i < count (x); i++)
    y->data[i / plane] += x->data[i] / (double) plane;
}

static void
run_flatten (Runner *r, const Onnx__NodeProto *node) {
  const OnnxValue *x = input (r, node, 0);
  gint64 shape[2] = { x->shape[0], x->shape[1] * x->shape[2] * x->shape[3] };

  g_assert_cmpint (int_of (node, "axis"), ==, 1);
  memcpy (new_value (r, node->output[0], 2, shape)->data, x->data,
          count (x) * sizeof (double));
}

static void
run_gemm (Runner *r, const Onnx__NodeProto *node) {
  const OnnxValue *x = input (r, node, 0), *w = input (r, node, 1);
  const OnnxValue *bias = input (r, node, 2);
  gint64 shape[2] = { x->shape[0], w->shape[0] }, c = x->shape[1];
  OnnxValue *y = new_value (r, node->output[0], 2, shape);

  g_assert_cmpint (int_of (node, "transB"), ==, 1);
  g_assert_cmpint (w->shape[1], ==, c);
  for (gint64 n = 0; n < shape[0]; n++)
    for (gint64 k = 0; k < shape[1]; k++) {
      double sum = bias->data[k];

      for (gint64 i = 0; i < c; i++)
        sum += x->data[n * c + i] * w->data[k * c + i];
      y->data[n * shape[1] + k] = sum;
    }
}

static void
run_node (Runner *r, const Onnx__NodeProto *node) {
  const char *op = node->op_type;

  if (strcmp (op, "Conv") == 0 || strcmp (op, "MaxPool") == 0)
    run_windows (r, node, op[0] == 'C');
  else if (strcmp (op, "BatchNormalization") == 0)
    run_batchnorm (r, node);
  else if (strcmp (op, "Relu") == 0 || strcmp (op, "Add") == 0)
    run_each (r, node, op[0] == 'A');
  else if (strcmp (op, "Slice") == 0)
    run_slice (r, node);
  else if (strcmp (op, "Pad") == 0)
    run_pad (r, node);
  else if (strcmp (op, "GlobalAveragePool") == 0)
    run_average (r, node);
  else if (strcmp (op, "Flatten") == 0)
    run_flatten (r, node);
  else if (strcmp (op, "Gemm") == 0)
    run_gemm (r, node);
  else
    g_assert_not_reached ();
}

double *
onnx_run (const Onnx__ModelProto *model, const float *pictures, int n, int h, int w) {
  Runner r = { model,
               g_hash_table_new_full (g_str_hash, g_str_equal, g_free, value_free) };
  const Onnx__GraphProto *graph = model->graph;
  gint64 shape[4] = { n, 3, h, w };
  OnnxValue *value = new_value (&r, graph->input[0]->name, 4, shape);
  double *out;

  for (gsize i = 0; i < count (value); i++)
    value->data[i] = (double) pictures[i];
  for (gsize i = 0; i < graph->n_initializer; i++)
    read_constant (&r, graph->initializer[i]);
  for (gsize i = 0; i < graph->n_node; i++)
    run_node (&r, graph->node[i]);
  value = g_hash_table_lookup (r.values, graph->output[0]->name);
  g_assert_nonnull (value);
  out = g_memdup2 (value->data, count (value) * sizeof *out);
  g_hash_table_unref (r.values);
  return out;
}
