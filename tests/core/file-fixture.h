#pragma once

#include <glib.h>

/* Files that tests make, find and throw away. */

/* @path and everything in it; what a link points to stays. */
void
remove_tree (const char *path);

/* (transfer full): a file of shared/data, whether it is there or not */
char *
shared_path (const char *name);

/* (transfer full): the bytes of a file that may be packed by xz */
GBytes *
unpack_xz (const char *path);

/**
 * make_cifar10:
 * @folder: exists
 *
 * A small CIFAR-10 of noise with a hint of its class.
 *
 * Returns: (transfer full): its spec
 */
char *
make_cifar10 (const char *folder, int n_train, int n_test);

/* Where the pixels of a BMP begin. */
#define BMP_PIXELS 54

/* (transfer full): a black BMP: rows bottom up, each of a multiple of 4 bytes, blue first */
guint8 *
make_bmp (int width, int height, gsize *size);
