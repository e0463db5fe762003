#pragma once

#include "cli.h"

/* The subcommands, each in a file of its own. */

SkExit
sk_train_command (int argc, char **argv);

SkExit
sk_eval_command (int argc, char **argv);

SkExit
sk_classify_command (int argc, char **argv);

SkExit
sk_convert_command (int argc, char **argv);

SkExit
sk_info_command (int argc, char **argv);

SkExit
sk_race_command (int argc, char **argv);

SkExit
sk_lesion_command (int argc, char **argv);

SkExit
sk_fetch_command (int argc, char **argv);

SkExit
sk_bench_command (int argc, char **argv);
