#pragma once

#include <glib.h>

#include "onnx.pb-c.h"

/* A naive reading of ONNX, written from the format's description alone: what another
 * program would make of our files. */

typedef struct {
  gint64 shape[4];
  int n_dims;
  double *data;
} OnnxValue;

/**
 * onnx_run:
 * @pictures: (n,3,h,w)
 *
 * Fails the test where an operator, an attribute or a name is not what the format wants.
 *
 * Returns: (transfer full): the output, (n × classes); g_free()
 */
double *
onnx_run (const Onnx__ModelProto *model, const float *pictures, int n, int h, int w);
