#pragma once

#include "batchnorm.h"
#include "conv-blocks.h"
#include "join.h"
#include "pooling.h"

/* The kernels that are compiled once for each instruction set. */
typedef struct {
  __typeof__ (&sk_batchnorm_statistics) batchnorm_statistics;
  __typeof__ (&sk_operand_materialise) operand_materialise;
  __typeof__ (&sk_batchnorm_backward_sums) batchnorm_backward_sums;
  __typeof__ (&sk_gradient_materialise) gradient_materialise;
  __typeof__ (&sk_join_forward) join_forward;
  __typeof__ (&sk_join_backward) join_backward;
  __typeof__ (&sk_maxpool_forward) maxpool_forward;
  __typeof__ (&sk_maxpool_backward) maxpool_backward;
  __typeof__ (&sk_avgpool_forward) avgpool_forward;
  __typeof__ (&sk_avgpool_backward) avgpool_backward;
  __typeof__ (&sk_subsample_forward) subsample_forward;
  __typeof__ (&sk_subsample_backward) subsample_backward;
  __typeof__ (&sk_conv_blocks_scratch) conv_blocks_scratch;
  __typeof__ (&sk_conv_blocks_packed_scratch) conv_blocks_packed_scratch;
  __typeof__ (&sk_conv_blocks_forward) conv_blocks_forward;
  __typeof__ (&sk_conv_blocks_backward) conv_blocks_backward;
  __typeof__ (&sk_conv_blocks_packed_size) conv_blocks_packed_size;
  __typeof__ (&sk_conv_blocks_pack) conv_blocks_pack;
} SkKernels;
