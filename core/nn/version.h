#pragma once

/* Included before anything else where a kernel is compiled, once for each instruction set
 * (meson.build): every name then carries the set's, and kernels.c lists them in a table
 * that door.c chooses from. The sources read as if there were one. */

#define SK_PASTE(name, version) name##_##version
#define SK_PASTE_EXPANDED(name, version) SK_PASTE (name, version)
#define SK_NAMED(name) SK_PASTE_EXPANDED (name, SK_ISA)

#define sk_kernels SK_NAMED (sk_kernels)

#define sk_batchnorm_statistics SK_NAMED (sk_batchnorm_statistics)
#define sk_operand_materialise SK_NAMED (sk_operand_materialise)
#define sk_batchnorm_backward_sums SK_NAMED (sk_batchnorm_backward_sums)
#define sk_gradient_materialise SK_NAMED (sk_gradient_materialise)

#define sk_join_forward SK_NAMED (sk_join_forward)
#define sk_join_backward SK_NAMED (sk_join_backward)

#define sk_maxpool_forward SK_NAMED (sk_maxpool_forward)
#define sk_maxpool_backward SK_NAMED (sk_maxpool_backward)
#define sk_avgpool_forward SK_NAMED (sk_avgpool_forward)
#define sk_avgpool_backward SK_NAMED (sk_avgpool_backward)
#define sk_subsample_forward SK_NAMED (sk_subsample_forward)
#define sk_subsample_backward SK_NAMED (sk_subsample_backward)

#define sk_conv_blocks_scratch SK_NAMED (sk_conv_blocks_scratch)
#define sk_conv_blocks_packed_scratch SK_NAMED (sk_conv_blocks_packed_scratch)
#define sk_conv_blocks_forward SK_NAMED (sk_conv_blocks_forward)
#define sk_conv_blocks_backward SK_NAMED (sk_conv_blocks_backward)
#define sk_conv_blocks_packed_size SK_NAMED (sk_conv_blocks_packed_size)
#define sk_conv_blocks_pack SK_NAMED (sk_conv_blocks_pack)

#define sk_conv_input_sums SK_NAMED (sk_conv_input_sums)
#define sk_conv_job_new SK_NAMED (sk_conv_job_new)
#define sk_conv_job_lay_out SK_NAMED (sk_conv_job_lay_out)
#define sk_conv_job_space SK_NAMED (sk_conv_job_space)
#define sk_conv_job_pack SK_NAMED (sk_conv_job_pack)
#define sk_conv_job_gather_sums SK_NAMED (sk_conv_job_gather_sums)
#define sk_conv_job_source SK_NAMED (sk_conv_job_source)
#define sk_conv_prefetch_parts SK_NAMED (sk_conv_prefetch_parts)
#define sk_conv_prefetch_input SK_NAMED (sk_conv_prefetch_input)
#define sk_conv_prefetch_output SK_NAMED (sk_conv_prefetch_output)
#define sk_conv_product SK_NAMED (sk_conv_product)
#define sk_conv_plan SK_NAMED (sk_conv_plan)
#define sk_conv_plan_input_rows SK_NAMED (sk_conv_plan_input_rows)
#define sk_conv_plan_output_rows SK_NAMED (sk_conv_plan_output_rows)
#define sk_packed_at SK_NAMED (sk_packed_at)
#define sk_product SK_NAMED (sk_product)
#define sk_product_outer SK_NAMED (sk_product_outer)
#define sk_winograd_input SK_NAMED (sk_winograd_input)
#define sk_winograd_output SK_NAMED (sk_winograd_output)
#define sk_winograd_gradient SK_NAMED (sk_winograd_gradient)
#define sk_winograd_scatter SK_NAMED (sk_winograd_scatter)
#define sk_winograd_filters SK_NAMED (sk_winograd_filters)
#define sk_winograd_filter_gradient SK_NAMED (sk_winograd_filter_gradient)
#define sk_patches_input SK_NAMED (sk_patches_input)
#define sk_patches_output SK_NAMED (sk_patches_output)
#define sk_patches_gradient SK_NAMED (sk_patches_gradient)
#define sk_patches_scatter SK_NAMED (sk_patches_scatter)
#define sk_patches_filters SK_NAMED (sk_patches_filters)
#define sk_patches_filter_gradient SK_NAMED (sk_patches_filter_gradient)
