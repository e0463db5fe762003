#pragma once

/* Class names in the order of their labels, for sets without their file of names. */

/* (10), then NULL */
extern const char *const sk_cifar10_names[];

/* (100), then NULL */
extern const char *const sk_cifar100_names[];
