#pragma once

#include <glib.h>

#include "onnx.pb-c.h"

/* An ONNX model being put together: owns every message of it. */
typedef struct {
  Onnx__ModelProto model;
  Onnx__GraphProto graph;
  GPtrArray *nodes, *initializers, *operators, *properties; /* messages of the lists */
  GPtrArray *owned; /* all memory, freed at once */
} SkOnnxGraph;

/* @name: of the graph */
void
sk_onnx_graph_init (SkOnnxGraph *self, const char *name);

void
sk_onnx_graph_clear (SkOnnxGraph *self);

/**
 * sk_onnx_graph_node:
 * @op: "Conv", …
 * @output: name of what it computes, and of the node
 * @...: names of its inputs, then NULL
 */
Onnx__NodeProto *
sk_onnx_graph_node (SkOnnxGraph *self, const char *op, const char *output,
                    ...) G_GNUC_NULL_TERMINATED;

void
sk_onnx_node_int (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
                  gint64 value);

void
sk_onnx_node_ints (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
                   const gint64 *values, int n);

void
sk_onnx_node_float (SkOnnxGraph *self, Onnx__NodeProto *node, const char *name,
                    float value);

/* A constant: @data (shape) is borrowed, and lies there as in files: little-endian. */
void
sk_onnx_graph_floats (SkOnnxGraph *self, const char *name, const int *shape, int n_dims,
                      const float *data);

/* A constant row of @n whole numbers; copied. */
void
sk_onnx_graph_int64s (SkOnnxGraph *self, const char *name, const gint64 *values, int n);

/* What goes in, and what comes out: float tensors, their first size is any (“N”), the
 * others are @sizes (n). */
void
sk_onnx_graph_interface (SkOnnxGraph *self, const char *input, const gint64 *sizes,
                         int n, const char *output, gint64 classes);

void
sk_onnx_graph_property (SkOnnxGraph *self, const char *key, const char *value);

/* The finished model: (transfer none). Nothing may be added afterwards. */
const Onnx__ModelProto *
sk_onnx_graph_finish (SkOnnxGraph *self);
