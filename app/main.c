#include <glib.h>

int
main (int argc, char **argv) {
  g_print ("skipscope\n");
  return 0;
}
