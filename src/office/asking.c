/* SPDX-License-Identifier: MIT */
/* asking.c: from one thread to another and back. */
#include "office/asking.h"

typedef struct
{
  GpoCarryOut carry_out;
  gpointer owner;
  char *intent, *answer;
  GError *error;
  GMutex lock;
  GCond cond;
  gboolean finished;
  GMainContext *home;
  void (*done) (char *, const GError *, gpointer);
  gpointer data;
} Asking;

static gboolean
ask_here (gpointer data)
{
  Asking *asking = data;
  char *answer = asking->carry_out (asking->owner, asking->intent, &asking->error);
  g_mutex_lock (&asking->lock);
  asking->answer = answer;
  asking->finished = TRUE;
  g_cond_signal (&asking->cond);
  g_mutex_unlock (&asking->lock);
  return G_SOURCE_REMOVE;
}

char *
gpo_ask_on (GMainContext *context, GpoCarryOut carry_out, gpointer owner, const char *intent, GError **error)
{
  Asking asking = { .carry_out = carry_out, .owner = owner, .intent = g_strdup (intent) };
  g_mutex_init (&asking.lock);
  g_cond_init (&asking.cond);
  g_main_context_invoke (context, ask_here, &asking);
  g_mutex_lock (&asking.lock);
  while (!asking.finished)
    g_cond_wait (&asking.cond, &asking.lock);
  g_mutex_unlock (&asking.lock);
  g_mutex_clear (&asking.lock);
  g_cond_clear (&asking.cond);
  g_free (asking.intent);
  if (asking.error)
    g_propagate_error (error, asking.error);
  return asking.answer;
}

static gboolean
told (gpointer data)
{
  Asking *asking = data;
  if (asking->done)
    asking->done (asking->answer, asking->error, asking->data);
  g_clear_error (&asking->error);
  g_free (asking->answer);
  g_free (asking->intent);
  g_main_context_unref (asking->home);
  g_free (asking);
  return G_SOURCE_REMOVE;
}

static gboolean
tell_here (gpointer data)
{
  Asking *asking = data;
  asking->answer = asking->carry_out (asking->owner, asking->intent, &asking->error);
  /* Not by invoke: it would run here if the caller's context happens to have no owner now. */
  GSource *source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, told, asking, NULL);
  g_source_attach (source, asking->home);
  g_source_unref (source);
  return G_SOURCE_REMOVE;
}

void
gpo_tell_on (GMainContext *context, GpoCarryOut carry_out, gpointer owner, const char *intent,
             void (*done) (char *, const GError *, gpointer), gpointer data)
{
  Asking *asking = g_new0 (Asking, 1);
  asking->carry_out = carry_out;
  asking->owner = owner;
  asking->intent = g_strdup (intent);
  asking->home = g_main_context_ref_thread_default ();
  asking->done = done;
  asking->data = data;
  g_main_context_invoke (context, tell_here, asking);
}
