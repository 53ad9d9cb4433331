/* SPDX-License-Identifier: MIT */
/* hold-fixture.h: what the tests of holding share: a window on an office, curl at the other end of the wire, breakpoints
 * typed into the window. To be included once, by a test. */
#pragma once
#include "history.h"
#include "hold-bar.h"
#include "window-fixture.h"

/* --- curl --- */

typedef struct
{
  GSubprocess *process;
  char *heard; /* all it printed, once it is over */
  gboolean over;
} Curl;

static inline void
on_over (GObject *process, GAsyncResult *result, gpointer data)
{
  Curl *curl = data;
  g_autoptr (GError) error = NULL;
  ck_assert_msg (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (process), result, NULL, &curl->heard, &error), "%s",
                 error ? error->message : "");
  curl->over = TRUE;
}

static inline gboolean
is_over (gpointer data)
{
  return ((Curl *) data)->over;
}

/* Starts it with these arguments; its output tells what was said ("> ") and heard ("< "). */
static inline void
curl_spawn (Curl *curl, const char *const *argv, const char *input)
{
  g_autoptr (GError) error = NULL;
  *curl = (Curl){ NULL };
  curl->process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  ck_assert_msg (curl->process != NULL, "%s", error ? error->message : "");
  g_subprocess_communicate_utf8_async (curl->process, input, NULL, on_over, curl);
}

/* The port of Sparta for this. */
static inline guint
sparta_port (GpoRole role)
{
  GpoOffice *office = gpo_source_get_office (gpo_window_get_source (window));
  return gpo_office_port (office, gpo_world_host ((GpoWorld *) gpo_office_world (office), "sparta"), role);
}

/* Waits for its end; returns its exit status. */
static inline int
curl_end (Curl *curl)
{
  ck_assert_msg (turn_until (is_over, curl), "curl does not end");
  return g_subprocess_get_exit_status (curl->process);
}

static inline void
curl_clear (Curl *curl)
{
  g_clear_object (&curl->process);
  g_clear_pointer (&curl->heard, g_free);
}

/* --- the window --- */

static inline GpoHoldModel *
model (void)
{
  return gpo_hold_bar_get_model (gpo_hold_bar_of (window));
}

static inline gboolean
n_held_is (gpointer data)
{
  return gpo_hold_model_n_held (model ()) == GPOINTER_TO_UINT (data);
}

static inline gboolean
n_breaks_is (gpointer data)
{
  return gpo_hold_model_n_breaks (model ()) == GPOINTER_TO_UINT (data);
}

static inline gboolean
holds_all_is (gpointer data)
{
  return gpo_hold_model_get_all (model ()) == GPOINTER_TO_INT (data);
}

static inline void
hold (gboolean on)
{
  ck_assert (act ("win.hold"));
  ck_assert (turn_until (holds_all_is, GINT_TO_POINTER (on)));
}

/* Types a breakpoint into the list. */
static inline void
add_break (const char *filter)
{
  GpoBreakList *list = gpo_hold_bar_get_breaks (gpo_hold_bar_of (window));
  guint before = gpo_hold_model_n_breaks (model ());
  gpo_filter_entry_set_text (gpo_break_list_get_entry (list), filter);
  ck_assert (gpo_break_list_add (list));
  ck_assert (turn_until (n_breaks_is, GUINT_TO_POINTER (before + 1)));
}

static inline void
setup (void)
{
  setup_app ();
  open_office ();
  ck_assert_ptr_nonnull (gpo_hold_bar_of (window));
}

static inline void
teardown (void)
{
  close_window ();
  teardown_app ();
}

/* Another event is held than `data`, or curl is over. */
typedef struct
{
  Curl *curl;
  guint64 event;
} Next;

static inline gboolean
next_is_held (gpointer data)
{
  Next *next = data;
  return next->curl->over || (gpo_hold_model_n_held (model ()) && gpo_hold_model_held (model (), 0)->event != next->event);
}
