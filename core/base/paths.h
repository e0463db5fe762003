#pragma once

#include <glib.h>

/* Where the program's own files lie: beside it in the build folder, or where it was
 * installed, wherever that was moved to. */

/* (transfer full): the folder with the compiled settings schema; NULL: nowhere */
char *
sk_paths_schemas (void);

/* (transfer full): a file of data/, as "labels/cifar10.txt", or of the folder that
 * SKIPSCOPE_DATA names; NULL: it is not there */
char *
sk_paths_data (const char *name);

/* (transfer full): the weights that come with the program, a ResNet-20 for CIFAR-10; NULL:
 * they are not there */
char *
sk_paths_weights (void);

/* (transfer full): the folder with translations */
char *
sk_paths_locale (void);
