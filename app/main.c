#include <glib.h>
#include <string.h>

int
main (int argc, char **argv) {
  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    g_print ("skipscope %s\n", SK_VERSION);
  else
    g_print ("skipscope\n");
  return 0;
}
