/* SPDX-License-Identifier: MIT */
/* clock.c: the office's clock: a straight line over the system's monotonic clock, and what waits on it.
 *
 *     now = base_time + (monotonic − base_real) × speed
 *
 * What stays true:
 *  - time never goes back, whatever is done to speed and however jumps are nested;
 *  - timers run in the order of their times, equals in the order they were made;
 *  - a timer made for a time that has passed waits for the loop, even in the midst of a jump: a timer
 *    that makes its own successor at once cannot stop the world.
 *
 * One GSource stands for all timers; its ready time is that of the first one. The lock guards the line
 * only, for readers on other threads: the log asks for the time of every event. */
#include "roles/clock.h"

struct GpoClock
{
  GMutex lock;
  gint64 base_time, base_real; /* µs; under lock */
  double speed;                /* under lock */
  gboolean held;               /* under lock */
  gint64 wall_start;
  GSource *source;
  GSequence *timers; /* of GpoTimer, by due and serial */
  guint64 serial;
};

struct GpoTimer
{
  GpoClock *clock;
  GSequenceIter *place;
  gint64 due;
  guint64 serial;
  gboolean late; /* was due already when it was made */
  void (*call) (gpointer);
  gpointer data;
};

typedef struct
{
  GSource source;
  GpoClock *clock;
} ClockSource;

/* --- the line --- */

static double
pace (GpoClock *clock)
{
  return clock->held ? 0 : clock->speed;
}

static gint64
now_locked (GpoClock *clock)
{
  double speed = pace (clock);
  if (speed == 0)
    return clock->base_time;
  gint64 passed = g_get_monotonic_time () - clock->base_real;
  return clock->base_time + (speed == 1.0 ? passed : (gint64) (passed * speed));
}

/* Begins a new line at `time`, or at now if that is later. */
static void
rebase_locked (GpoClock *clock, gint64 time)
{
  clock->base_time = MAX (time, now_locked (clock));
  clock->base_real = g_get_monotonic_time ();
}

gint64
gpo_clock_now (GpoClock *clock)
{
  g_mutex_lock (&clock->lock);
  gint64 now = now_locked (clock);
  g_mutex_unlock (&clock->lock);
  return now;
}

gint64
gpo_clock_wall (GpoClock *clock)
{
  return clock->wall_start + gpo_clock_now (clock);
}

void
gpo_clock_set_wall (GpoClock *clock, gint64 wall)
{
  clock->wall_start = wall - gpo_clock_now (clock);
}

/* --- timers --- */

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const GpoTimer *x = a, *y = b;
  if (x->due != y->due)
    return x->due < y->due ? -1 : 1;
  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static GpoTimer *
first (GpoClock *clock)
{
  GSequenceIter *i = g_sequence_get_begin_iter (clock->timers);
  return g_sequence_iter_is_end (i) ? NULL : g_sequence_get (i);
}

/* Sets when the loop should look again. */
static void
arm (GpoClock *clock)
{
  GpoTimer *timer = first (clock);
  gint64 ready = -1;
  g_mutex_lock (&clock->lock);
  double speed = pace (clock);
  if (timer && timer->due <= now_locked (clock))
    ready = 0;
  else if (timer && speed > 0)
    {
      double wait = (timer->due - clock->base_time) / speed;
      ready = wait < G_MAXINT64 / 4 ? clock->base_real + (gint64) wait + 1 : -1;
    }
  g_mutex_unlock (&clock->lock);
  g_source_set_ready_time (clock->source, ready);
}

/* The first timer due by `limit`, passing over late ones made after `mark`. */
static GpoTimer *
due_by (GpoClock *clock, gint64 limit, guint64 mark)
{
  for (GSequenceIter *i = g_sequence_get_begin_iter (clock->timers); !g_sequence_iter_is_end (i);
       i = g_sequence_iter_next (i))
    {
      GpoTimer *timer = g_sequence_get (i);
      if (timer->due > limit)
        return NULL;
      if (!timer->late || timer->serial <= mark)
        return timer;
    }
  return NULL;
}

/* Runs what is due by `limit`; with `travel` the clock goes along from timer to timer. */
static void
run_until (GpoClock *clock, gint64 limit, gboolean travel)
{
  guint64 mark = clock->serial;
  for (GpoTimer *timer; (timer = due_by (clock, limit, mark));)
    {
      void (*call) (gpointer) = timer->call;
      gpointer data = timer->data;
      if (travel)
        {
          g_mutex_lock (&clock->lock);
          rebase_locked (clock, timer->due);
          g_mutex_unlock (&clock->lock);
        }
      g_sequence_remove (timer->place);
      call (data);
    }
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  GpoClock *clock = ((ClockSource *) source)->clock;
  run_until (clock, gpo_clock_now (clock), FALSE);
  arm (clock);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

GpoClock *
gpo_clock_new (GMainContext *context)
{
  GpoClock *clock = g_new0 (GpoClock, 1);
  g_mutex_init (&clock->lock);
  clock->base_real = g_get_monotonic_time ();
  clock->speed = 1.0;
  clock->wall_start = g_get_real_time ();
  clock->timers = g_sequence_new (g_free);
  clock->source = g_source_new (&source_funcs, sizeof (ClockSource));
  ((ClockSource *) clock->source)->clock = clock;
  g_source_set_name (clock->source, "office clock");
  g_source_attach (clock->source, context ? context : g_main_context_get_thread_default ());
  return clock;
}

void
gpo_clock_free (GpoClock *clock)
{
  if (!g_sequence_is_empty (clock->timers))
    g_critical ("the clock goes, and %d timers still wait on it", g_sequence_get_length (clock->timers));
  g_source_destroy (clock->source);
  g_source_unref (clock->source);
  g_sequence_free (clock->timers);
  g_mutex_clear (&clock->lock);
  g_free (clock);
}

GpoTimer *
gpo_clock_at (GpoClock *clock, gint64 due, void (*call) (gpointer), gpointer data)
{
  GpoTimer *timer = g_new0 (GpoTimer, 1);
  timer->clock = clock;
  timer->due = due;
  timer->serial = ++clock->serial;
  timer->late = due <= gpo_clock_now (clock);
  timer->call = call;
  timer->data = data;
  timer->place = g_sequence_insert_sorted (clock->timers, timer, compare, NULL);
  arm (clock);
  return timer;
}

void
gpo_timer_cancel (GpoTimer *timer)
{
  GpoClock *clock = timer->clock;
  g_sequence_remove (timer->place);
  arm (clock);
}

gint64
gpo_clock_next (GpoClock *clock)
{
  GpoTimer *timer = first (clock);
  return timer ? timer->due : -1;
}

/* --- pace and jumps --- */

void
gpo_clock_set_speed (GpoClock *clock, double speed)
{
  g_return_if_fail (speed >= 0);
  g_mutex_lock (&clock->lock);
  rebase_locked (clock, 0);
  clock->speed = speed;
  g_mutex_unlock (&clock->lock);
  arm (clock);
}

double
gpo_clock_speed (GpoClock *clock)
{
  g_mutex_lock (&clock->lock);
  double speed = clock->speed;
  g_mutex_unlock (&clock->lock);
  return speed;
}

void
gpo_clock_hold (GpoClock *clock, gboolean hold)
{
  g_mutex_lock (&clock->lock);
  rebase_locked (clock, 0);
  clock->held = hold;
  g_mutex_unlock (&clock->lock);
  arm (clock);
}

gboolean
gpo_clock_is_held (GpoClock *clock)
{
  g_mutex_lock (&clock->lock);
  gboolean held = clock->held;
  g_mutex_unlock (&clock->lock);
  return held;
}

void
gpo_clock_jump (GpoClock *clock, gint64 to)
{
  run_until (clock, to, TRUE);
  g_mutex_lock (&clock->lock);
  rebase_locked (clock, to);
  g_mutex_unlock (&clock->lock);
  arm (clock);
}
