#pragma once

/* The window's program: one instance, opened with pictures, weights or folders. Returns:
 * the exit status */
int
sk_application_run (int argc, char **argv);
