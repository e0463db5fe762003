#include "normalisation.h"

const SkNormalisation sk_normalisation_imagenet = {
  .mean = { 0.485f, 0.456f, 0.406f },
  .std = { 0.229f, 0.224f, 0.225f },
};

const SkNormalisation sk_normalisation_cifar10 = {
  .mean = { 0.4914f, 0.4822f, 0.4465f },
  .std = { 0.2023f, 0.1994f, 0.2010f },
};
