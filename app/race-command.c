#include "commands.h"

#include <math.h>

#include <glib/gi18n.h>

#include "errors.h"
#include "export.h"
#include "race-view.h"
#include "race-folder.h"
#include "race-report.h"
#include "racing.h"
#include "recipe-options.h"
#include "run-folder.h"
#include "skipped.h"

/* Of race.png, px, and px of it per px of the drawing. */
#define PICTURE_WIDTH 1240
#define PICTURE_HEIGHT 780
#define PICTURE_SCALE 2
/* Over so many steps a loss is said where no epoch has ended yet. */
#define LATEST_STEPS 20

typedef struct {
  SkRecipe recipe;
  char **nets;
  char *dir;
  gboolean resume;
  gboolean as_json;
} Job;

static void
job_clear (Job *job) {
  sk_recipe_clear (&job->recipe);
  g_strfreev (job->nets);
  g_free (job->dir);
}

static void
describe (SkDataset *dataset, const Job *job) {
  g_autofree char *shown = sk_cli_show_path (job->dir);
  g_autofree char *nets = g_strjoinv (", ", job->nets);

  g_printerr (
      _ ("%s on %s: %d classes, %d pictures to learn from, %d to test; race %s\n"),
      nets, sk_dataset_title (dataset), sk_dataset_classes (dataset),
      sk_dataset_count (dataset, SK_SPLIT_TRAIN),
      sk_dataset_count (dataset, SK_SPLIT_TEST), shown);
}

/* "56.1 %", or "–" where there is no such number. */
static char *
format_share (float share) {
  return isfinite (share) ? g_strdup_printf ("%.1f %%", 100 * (double) share)
                          : g_strdup ("–");
}

static char *
format_loss (float loss) {
  return isfinite (loss) ? g_strdup_printf ("%.3f", (double) loss) : g_strdup ("–");
}

static char *
format_departure (const SkContestant *one, int i, GArray *departures) {
  int block = SK_RACE_UNKNOWN;

  for (guint j = 0; j < departures->len; j++)
    if (g_array_index (departures, SkRaceDeparture, j).contestant == i)
      block = g_array_index (departures, SkRaceDeparture, j).block;
  if (block >= 0)
    return g_strdup (one->plan->blocks[block].name);
  return g_strdup (block == SK_RACE_NOWHERE ? _ ("none") : "–");
}

/* The epoch that ended last, or the latest steps where none has. */
static SkTestPoint
newest (int i, GArray *points, GArray *epochs) {
  SkTestPoint last = {
    .train_loss = NAN, .train_accuracy = NAN, .test_loss = NAN, .test_accuracy = NAN
  };
  double loss = 0, accuracy = 0;
  int n = 0;

  for (guint j = points->len; j > 0 && n < LATEST_STEPS; j--) {
    const SkRacePoint *step = &g_array_index (points, SkRacePoint, j - 1);

    if (step->contestant != i)
      continue;
    loss += (double) step->point.loss;
    accuracy += (double) step->point.accuracy;
    n++;
  }
  if (n > 0) {
    last.train_loss = (float) (loss / n);
    last.train_accuracy = (float) (accuracy / n);
  }
  for (guint j = 0; j < epochs->len; j++)
    if (g_array_index (epochs, SkRaceEpoch, j).contestant == i)
      last = g_array_index (epochs, SkRaceEpoch, j).point;
  return last;
}

static void
print_row (const SkContestant *one, int i, const SkTestPoint *last,
           GArray *departures) {
  g_autofree char *departure = format_departure (one, i, departures);
  g_autofree char *train_loss = format_loss (last->train_loss);
  g_autofree char *train = format_share (last->train_accuracy);
  g_autofree char *test_loss = format_loss (last->test_loss);
  g_autofree char *test = format_share (last->test_accuracy);

  g_print ("%-16s %8" G_GINT64_FORMAT " %10s %10s %10s %10s  %s%s\n", one->net,
           one->step, train_loss, train, test_loss, test, departure,
           one->diverged ? _ ("  diverged") : "");
}

/* What was learnt of late, and where the twins' gradients parted after the last step. */
static void
print_table (const SkRace *race) {
  g_autoptr (SkRaceState) state = sk_race_report (race);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (SkRacePoint));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (SkRaceEpoch));
  g_autoptr (GArray) departures = g_array_new (FALSE, FALSE, sizeof (SkRaceDeparture));

  sk_race_report_history (race, points, epochs, departures);
  g_print ("%-16s %8s %10s %10s %10s %10s  %s\n", _ ("network"), _ ("steps"),
           _ ("loss"), _ ("accuracy"), _ ("test loss"), _ ("test acc."), "D10");
  for (int i = 0; i < state->n; i++) {
    SkTestPoint last = newest (i, points, epochs);

    print_row (&state->contestants[i], i, &last, departures);
  }
}

/* race.png, light, as it stands. */
static gboolean
save_picture (const SkRace *race, const char *data_title, const char *dir,
              GError **error) {
  g_autofree char *path = g_build_filename (dir, "race.png", NULL);
  g_autofree char *title = NULL;
  g_autoptr (SkRaceView) view = sk_race_view_new ();
  g_autoptr (SkRaceState) state = sk_race_report (race);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (SkRacePoint));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (SkRaceEpoch));
  g_autoptr (GArray) departures = g_array_new (FALSE, FALSE, sizeof (SkRaceDeparture));
  SkRaceFigure figure = { .view = view };
  SkPalette palette;

  sk_race_report_history (race, points, epochs, departures);
  sk_race_view_show (view, state);
  sk_race_view_add (view, points, epochs, departures);
  figure.title = title = sk_race_figure_title (view, data_title);
  sk_palette_init (&palette, FALSE, FALSE);
  return sk_export (path, PICTURE_WIDTH, PICTURE_HEIGHT, PICTURE_SCALE, &palette,
                    sk_race_figure, &figure, error);
}

static SkExit
conclude (SkRace *race, SkRacingEnd end, const char *data_title, const Job *job,
          const GError *error) {
  g_autofree char *shown = sk_cli_show_path (job->dir);
  g_autoptr (GError) picture_error = NULL;

  if (end == SK_RACING_FAILED)
    return sk_cli_refuse (error);
  if (!save_picture (race, data_title, job->dir, &picture_error))
    g_printerr ("skipscope: %s\n", picture_error->message);
  if (!job->as_json)
    print_table (race);
  if (end == SK_RACING_INTERRUPTED)
    g_printerr (_ ("Saved. To go on: skipscope race --resume %s\n"), shown);
  else
    g_printerr (_ ("Finished; the networks’ runs and race.png are in %s\n"), shown);
  return SK_EXIT_OK;
}

static SkExit
race (Job *job) {
  g_autoptr (SkInterrupt) interrupt =
      sk_interrupt_new (_ ("Saving … (once more ends it at once)"));
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkPool) pool = NULL;
  g_autoptr (SkRace) self = NULL;
  SkRacing racing;
  SkRacingEnd end;
  guint n_skipped;

  sk_progress_note (progress, _ ("opening the pictures …"));
  dataset = sk_dataset_open (job->recipe.data, SK_DATASET_SEED,
                             sk_interrupt_cancellable (interrupt), &error);
  sk_progress_clear (progress);
  if (dataset == NULL)
    return sk_cli_refuse (error);
  describe (dataset, job);
  n_skipped = sk_report_skipped (dataset, 0);
  pool = sk_pool_new (job->recipe.threads, 0);
  self = sk_race_new (&job->recipe, (const char *const *) job->nets, dataset, job->dir,
                      job->resume, pool, sk_interrupt_flag (interrupt), &error);
  if (self == NULL)
    return sk_cli_refuse (error);

  racing = (SkRacing){
    .race = self, .interrupt = interrupt, .progress = progress, .as_json = job->as_json
  };
  end = sk_racing_run (&racing, &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, n_skipped);
  return conclude (self, end, sk_dataset_title (dataset), job, error);
}

/* Goes on with the race's own recipe: a flag that would change it is refused. */
static gboolean
prepare_resume (Job *job, const SkRecipeOptions *options, const char *nets,
                GError **error) {
  static const char *const allowed[] = { NULL };
  const char *other =
      nets != NULL ? "nets" : sk_recipe_options_first_other (options, allowed);

  if (other != NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 _ ("--resume goes on with the race's own recipe: leave --%s out"),
                 other);
    return FALSE;
  }
  sk_recipe_clear (&job->recipe);
  return sk_race_folder_read (job->dir, &job->recipe, &job->nets, error);
}

static gboolean
prepare (Job *job, const SkRecipeOptions *options, const char *nets, GError **error) {
  if (!sk_recipe_options_apply (options, &job->recipe, error))
    return FALSE;
  sk_recipe_make_paths_absolute (&job->recipe);
  job->nets = sk_race_parse_nets (nets != NULL ? nets : SK_RACE_TWINS, error);
  if (job->nets == NULL)
    return FALSE;
  if (job->dir == NULL)
    job->dir = sk_run_folder_create ("race", error);
  return job->dir != NULL;
}

SkExit
sk_race_command (int argc, char **argv) {
  g_autoptr (SkRecipeOptions) options = sk_recipe_options_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *resume = NULL, *out = NULL, *nets = NULL;
  Job job = { 0 };
  SkExit status;
  const GOptionEntry entries[] = {
    { "nets", 0, 0, G_OPTION_ARG_STRING, &nets,
      N_ ("networks of the race; otherwise resnet56,plain56"), N_ ("NAME,…") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("folder for the networks’ runs and race.png"), N_ ("RUN") },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &resume,
      N_ ("go on with a race that was stopped"), N_ ("RUN") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &job.as_json,
      N_ ("one JSON object an epoch and network"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _ ("Lets networks learn the same pictures in lock-step, from the same "
                  "weights. Without options: ResNet-56 and its twin without skips, on "
                  "the built-in pictures, for about a minute."));
  sk_recipe_options_add_to (options, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 1)
    return sk_cli_usage ("race", _ ("“%s” is not an option"), argv[1]);
  if (out != NULL && resume != NULL)
    return sk_cli_usage ("race", _ ("--resume names the race itself: leave --out out"));
  if (sk_recipe_options_has (options, "net"))
    return sk_cli_usage ("race", _ ("networks that race are named by --nets"));

  sk_race_recipe_init (&job.recipe);
  job.resume = resume != NULL;
  job.dir = g_strdup (job.resume ? resume : out);
  status = (job.resume ? prepare_resume (&job, options, nets, &error)
                       : prepare (&job, options, nets, &error))
               ? race (&job)
               : sk_cli_refuse (error);
  job_clear (&job);
  return status;
}
