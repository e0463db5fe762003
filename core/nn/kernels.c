#include "kernels.h"

extern const SkKernels sk_kernels;

const SkKernels sk_kernels = {
  .batchnorm_statistics = sk_batchnorm_statistics,
  .operand_materialise = sk_operand_materialise,
  .batchnorm_backward_sums = sk_batchnorm_backward_sums,
  .gradient_materialise = sk_gradient_materialise,
  .join_forward = sk_join_forward,
  .join_backward = sk_join_backward,
  .maxpool_forward = sk_maxpool_forward,
  .maxpool_backward = sk_maxpool_backward,
  .avgpool_forward = sk_avgpool_forward,
  .avgpool_backward = sk_avgpool_backward,
  .subsample_forward = sk_subsample_forward,
  .subsample_backward = sk_subsample_backward,
  .conv_blocks_scratch = sk_conv_blocks_scratch,
  .conv_blocks_packed_scratch = sk_conv_blocks_packed_scratch,
  .conv_blocks_forward = sk_conv_blocks_forward,
  .conv_blocks_backward = sk_conv_blocks_backward,
  .conv_blocks_packed_size = sk_conv_blocks_packed_size,
  .conv_blocks_pack = sk_conv_blocks_pack,
};
