/* SPDX-License-Identifier: MIT */
/* clock.h: the office's clock. It can run fast, stand still, or jump, so that a bounce that takes four
 * days takes a second, and so that nobody is timed out while the class looks at a held line.
 *
 * Everything that waits for minutes (retries, warnings, time-outs of letters) waits on this clock.
 * One clock an office, used on the office's thread, except that gpo_clock_now() may be called by any. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GpoClock GpoClock;
typedef struct GpoTimer GpoTimer;

/* A clock that runs with real time on this context (NULL: the thread's default). */
GpoClock *gpo_clock_new (GMainContext *context);
/* All timers must be gone. */
void gpo_clock_free (GpoClock *clock);
/* µs since the clock was made: the trace's time. */
gint64 gpo_clock_now (GpoClock *clock);
/* µs since 1970, UTC, on this clock: real time plus whatever it ran ahead. */
gint64 gpo_clock_wall (GpoClock *clock);
/* Sets what gpo_clock_wall() says now; the trace's time is untouched. */
void gpo_clock_set_wall (GpoClock *clock, gint64 wall);
/* 1.0: as real time; 60: a minute a second; 0: stands still (timers wait). */
void gpo_clock_set_speed (GpoClock *clock, double speed);
double gpo_clock_speed (GpoClock *clock);
/* Stops the clock while something is held at the gate, whatever its speed is set to, and lets it go on. */
void gpo_clock_hold (GpoClock *clock, gboolean hold);
gboolean gpo_clock_is_held (GpoClock *clock);
/* Jumps ahead to this time; timers due on the way run in order, each at its own time, also those that
 * they make for times on the way. A jump back does nothing but run what is due. */
void gpo_clock_jump (GpoClock *clock, gint64 to);
/* When the next timer is due, or -1 if none waits. */
gint64 gpo_clock_next (GpoClock *clock);
/* Calls `call` once at time `due` (µs on this clock; past: as soon as the loop runs). Freed by
 * itself after the call; gpo_timer_cancel() before that. `call` runs on the clock's context. */
GpoTimer *gpo_clock_at (GpoClock *clock, gint64 due, void (*call) (gpointer), gpointer data);
void gpo_timer_cancel (GpoTimer *timer);

G_END_DECLS
