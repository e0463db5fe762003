#include "interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <ucontext.h>
#include <unistd.h>

/* A signal handler could only reach global variables. A thread that reads the signals from
 * a descriptor needs none, and may do what every thread may. */
struct _SkInterrupt {
  sigset_t signals;
  int signal_fd;
  int stop_fd;
  pthread_t thread;
  GCancellable *cancellable;
  gint asked;
  char *message;
};

/* Threads that a library started before us (OpenBLAS does when it is loaded) have not
 * blocked the signals. Whichever is hit blocks it from now on, and passes it on. */
static void
pass_on (int number, siginfo_t *info, void *context) {
  ucontext_t *interrupted = context;

  sigaddset (&interrupted->uc_sigmask, number);
  kill (getpid (), number);
}

static void
set_handlers (void (*handler) (int, siginfo_t *, void *)) {
  struct sigaction action = { .sa_flags = SA_SIGINFO | SA_RESTART };

  sigemptyset (&action.sa_mask);
  if (handler != NULL)
    action.sa_sigaction = handler;
  else
    action.sa_handler = SIG_DFL;
  /* Set for SIGINT even where a shell has it ignored for a job in the background: an
   * ignored signal never reaches the descriptor. */
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

static void *
watch (void *data) {
  SkInterrupt *self = data;
  struct pollfd fds[2] = {
    { .fd = self->signal_fd, .events = POLLIN },
    { .fd = self->stop_fd, .events = POLLIN },
  };

  for (;;) {
    struct signalfd_siginfo info;

    if (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
      continue;
    if (fds[1].revents != 0)
      return NULL;
    if (read (self->signal_fd, &info, sizeof info) != (ssize_t) sizeof info)
      continue;
    if (g_atomic_int_get (&self->asked)) {
      /* The second one: end as a program ends that never asked to be spared. */
      set_handlers (NULL);
      pthread_sigmask (SIG_UNBLOCK, &self->signals, NULL);
      kill (getpid (), (int) info.ssi_signo);
      return NULL;
    }
    g_atomic_int_set (&self->asked, TRUE);
    if (self->message != NULL)
      g_printerr ("\n%s\n", self->message);
    g_cancellable_cancel (self->cancellable);
  }
}

SkInterrupt *
sk_interrupt_new (const char *message) {
  SkInterrupt *self = g_new0 (SkInterrupt, 1);

  self->message = g_strdup (message);
  self->cancellable = g_cancellable_new ();
  sigemptyset (&self->signals);
  sigaddset (&self->signals, SIGINT);
  sigaddset (&self->signals, SIGTERM);
  set_handlers (pass_on);
  pthread_sigmask (SIG_BLOCK, &self->signals, NULL);
  self->signal_fd = signalfd (-1, &self->signals, SFD_CLOEXEC);
  self->stop_fd = eventfd (0, EFD_CLOEXEC);
  pthread_create (&self->thread, NULL, watch, self);
  return self;
}

void
sk_interrupt_free (SkInterrupt *self) {
  guint64 one = 1;

  if (self == NULL)
    return;
  if (write (self->stop_fd, &one, sizeof one) == (ssize_t) sizeof one)
    pthread_join (self->thread, NULL);
  close (self->signal_fd);
  close (self->stop_fd);
  set_handlers (NULL);
  pthread_sigmask (SIG_UNBLOCK, &self->signals, NULL);
  g_object_unref (self->cancellable);
  g_free (self->message);
  g_free (self);
}

GCancellable *
sk_interrupt_cancellable (SkInterrupt *self) {
  return self->cancellable;
}

const gint *
sk_interrupt_flag (SkInterrupt *self) {
  return &self->asked;
}

gboolean
sk_interrupt_asked (SkInterrupt *self) {
  return g_atomic_int_get (&self->asked);
}
