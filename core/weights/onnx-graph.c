/* Messages of an ONNX model, one call each. */

#include "onnx-graph.h"

#include <string.h>

/* Of ONNX 1.12: old enough for every runtime in use. */
#define IR_VERSION 8
#define OPERATOR_SET 17

#define PRODUCER "skipscope"

static gpointer
own (SkOnnxGraph *self, gpointer memory) {
  g_ptr_array_add (self->owned, memory);
  return memory;
}

static char *
own_string (SkOnnxGraph *self, const char *string) {
  return own (self, g_strdup (string));
}

/* A message of the generated type @name, e.g. Node and node. */
#define NEW(self, Name, init)                                                          \
  ({                                                                                   \
    Onnx__##Name *message_ = own (self, g_new (Onnx__##Name, 1));                      \
    onnx__##init##__init (message_);                                                   \
    message_;                                                                          \
  })

void
sk_onnx_graph_init (SkOnnxGraph *self, const char *name) {
  Onnx__OperatorSetIdProto *set;

  self->owned = g_ptr_array_new_with_free_func (g_free);
  self->nodes = g_ptr_array_new ();
  self->initializers = g_ptr_array_new ();
  self->operators = g_ptr_array_new ();
  self->properties = g_ptr_array_new ();
  onnx__model_proto__init (&self->model);
  onnx__graph_proto__init (&self->graph);
  self->graph.name = own_string (self, name);
  self->model.graph = &self->graph;
  self->model.has_ir_version = TRUE;
  self->model.ir_version = IR_VERSION;
  self->model.producer_name = own_string (self, PRODUCER);
  self->model.producer_version = own_string (self, SK_VERSION);
  set = NEW (self, OperatorSetIdProto, operator_set_id_proto);
  set->domain = own_string (self, "");
  set->has_version = TRUE;
  set->version = OPERATOR_SET;
  g_ptr_array_add (self->operators, set);
}

void
sk_onnx_graph_clear (SkOnnxGraph *self) {
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->initializers);
  g_ptr_array_unref (self->operators);
  g_ptr_array_unref (self->properties);
  g_ptr_array_unref (self->owned);
}

Onnx__NodeProto *
sk_onnx_graph_node (SkOnnxGraph *self, const char *op, const char *output, ...) {
  const gsize most = 8; /* BatchNormalization has five */
  Onnx__NodeProto *node = NEW (self, NodeProto, node_proto);
  const char *input;
  va_list inputs;

  node->op_type = own_string (self, op);
  node->name = own_string (self, output);
  node->output = own (self, g_new (char *, 1));
  node->output[0] = node->name;
  node->n_output = 1;
  node->input = own (self, g_new (char *, most));
  va_start (inputs, output);
  while ((input = va_arg (inputs, const char *)) != NULL && node->n_input < most)
    node->input[node->n_input++] = own_string (self, input);
  va_end (inputs);
  g_ptr_array_add (self->nodes, node);
  return node;
}

static Onnx__AttributeProto *
add_attribute (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
               Onnx__AttributeProto__AttributeType type) {
  const gsize most = 8; /* Conv has five */
  Onnx__AttributeProto *attribute = NEW (self, AttributeProto, attribute_proto);

  if (node->attribute == NULL)
    node->attribute = own (self, g_new (Onnx__AttributeProto *, most));
  g_assert (node->n_attribute < most);
  node->attribute[node->n_attribute++] = attribute;
  attribute->name = own_string (self, name);
  attribute->has_type = TRUE;
  attribute->type = type;
  return attribute;
}

void
sk_onnx_node_int (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
                  gint64 value) {
  Onnx__AttributeProto *attribute =
      add_attribute (self, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

  attribute->has_i = TRUE;
  attribute->i = value;
}

void
sk_onnx_node_ints (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
                   const gint64 *values, int n) {
  Onnx__AttributeProto *attribute =
      add_attribute (self, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);

  attribute->ints = own (self, g_new (int64_t, n));
  for (int i = 0; i < n; i++)
    attribute->ints[i] = values[i];
  attribute->n_ints = (gsize) n;
}

void
sk_onnx_node_float (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
                    float value) {
  Onnx__AttributeProto *attribute =
      add_attribute (self, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

  attribute->has_f = TRUE;
  attribute->f = value;
}

static Onnx__TensorProto *
add_tensor (SkOnnxGraph *self, const char *name, Onnx__TensorProto__DataType type,
            const int *shape, int n_dims) {
  Onnx__TensorProto *tensor = NEW (self, TensorProto, tensor_proto);

  tensor->name = own_string (self, name);
  tensor->has_data_type = TRUE;
  tensor->data_type = (int32_t) type;
  tensor->dims = own (self, g_new (int64_t, n_dims));
  tensor->n_dims = (gsize) n_dims;
  tensor->has_raw_data = TRUE;
  tensor->raw_data.len = 1;
  for (int i = 0; i < n_dims; i++) {
    tensor->dims[i] = shape[i];
    tensor->raw_data.len *= (gsize) shape[i];
  }
  g_ptr_array_add (self->initializers, tensor);
  return tensor;
}

void
sk_onnx_graph_floats (SkOnnxGraph *self, const char *name, const int *shape, int n_dims,
                      const float *data) {
  Onnx__TensorProto *tensor =
      add_tensor (self, name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, shape, n_dims);

  tensor->raw_data.len *= sizeof *data;
  tensor->raw_data.data = (uint8_t *) data; /* only read */
}

void
sk_onnx_graph_int64s (SkOnnxGraph *self, const char *name, const gint64 *values,
                      int n) {
  Onnx__TensorProto *tensor =
      add_tensor (self, name, ONNX__TENSOR_PROTO__DATA_TYPE__INT64, &n, 1);
  gint64 *little = own (self, g_new (gint64, n));

  for (int i = 0; i < n; i++)
    little[i] = GINT64_TO_LE (values[i]);
  tensor->raw_data.len *= sizeof *little;
  tensor->raw_data.data = (uint8_t *) little;
}

/* (transfer none) (n + 1): N, then @sizes */
static Onnx__ValueInfoProto **
describe_value (SkOnnxGraph *self, const char *name, const gint64 *sizes, int n) {
  Onnx__ValueInfoProto **list = own (self, g_new (Onnx__ValueInfoProto *, 1));
  Onnx__ValueInfoProto *value = NEW (self, ValueInfoProto, value_info_proto);
  Onnx__TypeProto *type = NEW (self, TypeProto, type_proto);
  Onnx__TypeProto__Tensor *tensor = NEW (self, TypeProto__Tensor, type_proto__tensor);
  Onnx__TensorShapeProto *shape = NEW (self, TensorShapeProto, tensor_shape_proto);

  value->name = own_string (self, name);
  value->type = type;
  type->tensor_type = tensor;
  tensor->has_elem_type = TRUE;
  tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  tensor->shape = shape;
  shape->n_dim = (gsize) n + 1;
  shape->dim = own (self, g_new (Onnx__TensorShapeProto__Dimension *, n + 1));
  for (int i = 0; i <= n; i++) {
    Onnx__TensorShapeProto__Dimension *dim =
        NEW (self, TensorShapeProto__Dimension, tensor_shape_proto__dimension);

    shape->dim[i] = dim;
    if (i == 0) {
      dim->dim_param = own_string (self, "N");
      continue;
    }
    dim->has_dim_value = TRUE;
    dim->dim_value = sizes[i - 1];
  }
  list[0] = value;
  return list;
}

void
sk_onnx_graph_interface (SkOnnxGraph *self, const char *input, const gint64 *sizes,
                         int n, const char *output, gint64 classes) {
  self->graph.input = describe_value (self, input, sizes, n);
  self->graph.n_input = 1;
  self->graph.output = describe_value (self, output, &classes, 1);
  self->graph.n_output = 1;
}

void
sk_onnx_graph_property (SkOnnxGraph *self, const char *key, const char *value) {
  Onnx__StringStringEntryProto *entry =
      NEW (self, StringStringEntryProto, string_string_entry_proto);

  entry->key = own_string (self, key);
  entry->value = own_string (self, value);
  g_ptr_array_add (self->properties, entry);
}

const Onnx__ModelProto *
sk_onnx_graph_finish (SkOnnxGraph *self) {
  self->graph.node = (Onnx__NodeProto **) self->nodes->pdata;
  self->graph.n_node = self->nodes->len;
  self->graph.initializer = (Onnx__TensorProto **) self->initializers->pdata;
  self->graph.n_initializer = self->initializers->len;
  self->model.opset_import = (Onnx__OperatorSetIdProto **) self->operators->pdata;
  self->model.n_opset_import = self->operators->len;
  self->model.metadata_props =
      (Onnx__StringStringEntryProto **) self->properties->pdata;
  self->model.n_metadata_props = self->properties->len;
  return &self->model;
}
