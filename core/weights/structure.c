/* The structure of a network, read off names and shapes. */

#include "structure.h"

#include "errors.h"

#define MAX_BLOCKS 1000

static gboolean
read_stem (const SkNamedTensors *tensors, const SkTensorFile *file, SkStructure *s,
           GError **error) {
  const SkTensor *conv = sk_named_tensors_find (tensors, "conv1.weight");

  if (conv == NULL && sk_named_tensors_find (tensors, "conv1.0.weight") != NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its stem is a row of three convolutions (a timm “d”, “t” or "
                      "“s” variant); take the plain variant of the same depth");
  if (conv == NULL && file->tensors->len > 0)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it has no tensor “conv1.weight”, its first is “%.100s”; a "
                      "residual network with torchvision's names is wanted",
                      ((const SkTensor *) file->tensors->pdata[0])->name);
  if (conv == NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it has no tensor “conv1.weight”; a residual network with "
                      "torchvision's names is wanted");
  if (conv->n_dims != 4 || conv->shape[1] != 3 || conv->shape[2] != conv->shape[3] ||
      (conv->shape[2] != 3 && conv->shape[2] != 7))
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its first convolution is neither 3×3 nor 7×7 over three "
                      "channels");
  s->stem = conv->shape[2] == 7 ? SK_STEM_IMAGENET : SK_STEM_CIFAR;
  s->width = (int) MIN (conv->shape[0], G_MAXINT);
  return TRUE;
}

static gboolean
read_stages (const SkNamedTensors *tensors, SkStructure *s, GError **error) {
  for (int stage = 0; stage < 4; stage++) {
    while (s->depths[stage] < MAX_BLOCKS &&
           sk_named_tensors_find (tensors, "layer%d.%d.conv1.weight", stage + 1,
                                  s->depths[stage]) != NULL) {
      if (sk_named_tensors_find (tensors, "layer%d.%d.downsample.0.weight", stage + 1,
                                 s->depths[stage]) != NULL)
        s->projections = TRUE;
      s->depths[stage]++;
    }
    if (s->depths[stage] == 0)
      break;
    s->n_stages++;
  }
  if (s->n_stages < 3)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it has %d stages of blocks (layer1, layer2, …); three or four "
                      "are wanted",
                      s->n_stages);
  if (sk_named_tensors_find (tensors, "layer2.0.downsample.1.weight") != NULL &&
      sk_named_tensors_find (tensors, "layer2.0.downsample.0.weight") == NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its shortcuts average before they project (a timm “d” "
                      "variant); take the plain variant of the same depth");
  s->block = sk_named_tensors_find (tensors, "layer1.0.conv3.weight") != NULL
                 ? SK_BLOCK_BOTTLENECK
                 : SK_BLOCK_BASIC;
  return TRUE;
}

/* Relatives of the networks here, each told by one tensor of its first block. */
static gboolean
refuse_relatives (const SkNamedTensors *tensors, const SkStructure *s, GError **error) {
  const SkTensor *first = sk_named_tensors_find (tensors, "layer1.0.conv1.weight");
  const SkTensor *second = sk_named_tensors_find (tensors, "layer1.0.conv2.weight");
  gboolean shaped = first->n_dims == 4 && second != NULL && second->n_dims == 4;

  if (sk_named_tensors_find (tensors, "bn1.weight") == NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "no batch norm follows its first convolution (a pre-activation "
                      "network, or one whose batch norm was folded away); take the "
                      "plain variant of the same depth");
  if (sk_named_tensors_find (tensors, "bn1.running_mean") == NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its normalisation keeps no running mean (group or layer norm); "
                      "batch norm is wanted");
  if (sk_named_tensors_find (tensors, "conv1.bias") != NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its convolutions have a bias (Caffe's or Keras's networks); "
                      "torchvision's have none");
  if (sk_named_tensors_find (tensors, "layer1.0.se.fc1.weight") != NULL ||
      sk_named_tensors_find (tensors, "layer1.0.se.fc1.bias") != NULL ||
      sk_named_tensors_find (tensors, "layer1.0.se.conv.weight") != NULL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its blocks weigh their channels (squeeze-and-excitation); take "
                      "the plain variant of the same depth");
  if (shaped && second->shape[1] != second->shape[0] && second->shape[1] > 0 &&
      second->shape[0] % second->shape[1] == 0)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its 3×3 convolutions are in %d groups (ResNeXt); take the plain "
                      "variant of the same depth",
                      (int) MIN (second->shape[0] / second->shape[1], G_MAXINT));
  if (shaped && s->block == SK_BLOCK_BOTTLENECK && first->shape[0] > s->width)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "its blocks are wider than usual (a wide ResNet); take the plain "
                      "variant of the same depth");
  return TRUE;
}

/* It may be written as a 1×1 convolution. */
static gboolean
is_matrix (const SkTensor *tensor) {
  for (int d = 2; d < tensor->n_dims; d++)
    if (tensor->shape[d] != 1)
      return FALSE;
  return tensor->n_dims >= 2;
}

static gboolean
read_head (const SkNamedTensors *tensors, SkStructure *s, GError **error) {
  const SkTensor *head = sk_named_tensors_find (tensors, "fc.weight");

  if (head == NULL)
    return sk_refuse (
        error, SK_ERROR_UNSUPPORTED,
        "it has no head “fc.weight”; add one of any number of classes, it "
        "can be replaced");
  if (!is_matrix (head) || head->shape[0] < 1 || head->shape[0] > G_MAXINT)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED, "its head “fc.weight” is no matrix");
  s->classes = (int) head->shape[0];
  return TRUE;
}

gboolean
sk_structure_read (SkStructure *self, const SkNamedTensors *tensors,
                   const SkTensorFile *file, GError **error) {
  *self = (SkStructure){ 0 };
  return read_stem (tensors, file, self, error) && read_stages (tensors, self, error) &&
         refuse_relatives (tensors, self, error) && read_head (tensors, self, error);
}
