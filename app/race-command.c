#include "commands.h"

#include <math.h>

#include <glib/gi18n.h>

#include "export.h"
#include "job.h"
#include "race-folder.h"
#include "race-report.h"
#include "race-view.h"
#include "racing.h"
#include "run-folder.h"
#include "skipped.h"

/* Of race.png, px, and px of it per px of the drawing. */
#define PICTURE_WIDTH 1240
#define PICTURE_HEIGHT 780
#define PICTURE_SCALE 2
/* Over so many steps a loss is said where no epoch has ended yet. */
#define LATEST_STEPS 20

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
           _ ("loss"), _ ("accuracy"), _ ("test loss"), _ ("test acc."),
           _ ("D10: gradients part at"));
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
conclude (SkRace *race, SkRacingEnd end, const char *data_title, const SkJob *job,
          const GError *error) {
  g_autoptr (GError) picture_error = NULL;

  if (end == SK_RACING_FAILED)
    return sk_cli_refuse (error);
  if (!save_picture (race, data_title, job->dir, &picture_error))
    g_printerr ("skipscope: %s\n", picture_error->message);
  if (!job->as_json)
    print_table (race);
  return sk_job_conclude (job, end == SK_RACING_INTERRUPTED);
}

static SkExit
race (SkJob *job, char **nets) {
  g_autoptr (SkInterrupt) interrupt =
      sk_interrupt_new (_ ("Saving … (once more ends it at once)"));
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkPool) pool = NULL;
  g_autoptr (SkRace) self = NULL;
  g_autofree char *names = g_strjoinv (", ", nets);
  SkRacing racing;
  SkRacingEnd end;
  guint n_skipped;

  dataset = sk_job_open_data (job, interrupt, progress, &error);
  if (dataset == NULL)
    return sk_cli_refuse (error);
  /* A race that cannot begin takes its folder away itself. */
  if (job->dir == NULL)
    job->dir = sk_run_folder_create ("race", &error);
  if (job->dir == NULL)
    return sk_cli_refuse (error);
  pool = sk_pool_new (job->recipe.threads, 0);
  self = sk_race_new (&job->recipe, (const char *const *) nets, dataset, job->dir,
                      job->resume, pool, sk_interrupt_flag (interrupt), &error);
  if (self == NULL)
    return sk_cli_refuse (error);
  n_skipped = sk_job_announce (job, names, dataset);

  racing = (SkRacing){
    .race = self, .interrupt = interrupt, .progress = progress, .as_json = job->as_json
  };
  end = sk_racing_run (&racing, &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, n_skipped);
  return conclude (self, end, sk_dataset_title (dataset), job, error);
}

/* @list: (nullable): networks that were named
 * Returns: (transfer full) (nullable): those of the race */
static char **
prepare_resume (SkJob *job, const SkRecipeOptions *options, const char *list,
                GError **error) {
  char **nets = NULL;

  if (!sk_job_check_resume (job, options, list != NULL ? "nets" : NULL, error))
    return NULL;
  sk_recipe_clear (&job->recipe);
  sk_race_folder_read (job->dir, &job->recipe, &nets, error);
  return nets;
}

/* As prepare_resume() */
static char **
prepare (SkJob *job, const SkRecipeOptions *options, const char *list, GError **error) {
  if (!sk_recipe_options_apply (options, &job->recipe, error))
    return NULL;
  sk_recipe_make_paths_absolute (&job->recipe);
  return sk_race_parse_nets (list != NULL ? list : SK_RACE_TWINS, error);
}

SkExit
sk_race_command (int argc, char **argv) {
  g_autoptr (SkRecipeOptions) options = sk_recipe_options_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *resume = NULL, *out = NULL, *list = NULL;
  g_auto (GStrv) nets = NULL;
  SkJob job = { .kind = SK_JOB_RACE };
  SkExit status;
  const GOptionEntry entries[] = {
    { "nets", 0, 0, G_OPTION_ARG_STRING, &list,
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
                  "the built-in pictures, for about a minute. D10 in what it "
                  "prints is the first block, on the way back from the loss, where the "
                  "gradients of twins differ more than tenfold."));
  /* Known all the same, to say what stands in its place. */
  sk_recipe_options_add_to (options, context, "net");
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
  nets = job.resume ? prepare_resume (&job, options, list, &error)
                    : prepare (&job, options, list, &error);
  status = nets != NULL ? race (&job, nets) : sk_cli_refuse (error);
  sk_job_clear (&job);
  return status;
}
