/* SPDX-License-Identifier: MIT */
/* office.c: the life of an office: a thread that opens it (office-opening.c), runs it, and closes it
 * (office-closing.c). */
#include "office/office-private.h"

/* --- the thread --- */

static gpointer
run (gpointer data)
{
  GpoOffice *office = data;
  g_autoptr (GError) error = NULL;
  g_main_context_push_thread_default (office->context);
  gboolean ok = gpo_office_open (office, &error);
  g_ptr_array_add (office->warnings, NULL);
  if (!ok)
    gpo_office_tear_down (office);
  g_mutex_lock (&office->lock);
  office->config = NULL;
  office->error = g_steal_pointer (&error);
  office->started = TRUE;
  g_cond_signal (&office->cond);
  g_mutex_unlock (&office->lock);
  if (ok)
    {
      g_main_loop_run (office->loop);
      gpo_office_tear_down (office);
    }
  g_main_context_pop_thread_default (office->context);
  return NULL;
}

static void
office_free (GpoOffice *office)
{
  g_thread_join (office->thread);
  g_clear_pointer (&office->parts.log, gpo_log_free);
  gpo_scenario_free (office->scenario);
  g_ptr_array_unref (office->counters);
  g_ptr_array_unref (office->typed_calls);
  g_ptr_array_unref (office->warnings);
  g_main_loop_unref (office->loop);
  g_main_context_unref (office->context);
  g_clear_error (&office->error);
  g_mutex_clear (&office->lock);
  g_cond_clear (&office->cond);
  g_free (office->store_path);
  g_free (office);
}

GpoOffice *
gpo_office_start (const GpoOfficeConfig *config, GError **error)
{
  GpoOffice *office = g_new0 (GpoOffice, 1);
  g_mutex_init (&office->lock);
  g_cond_init (&office->cond);
  office->config = config;
  office->scenario = config->scenario;
  office->context = g_main_context_new ();
  office->loop = g_main_loop_new (office->context, FALSE);
  office->counters = gpo_office_counters_new ();
  office->typed_calls = g_ptr_array_new ();
  office->warnings = g_ptr_array_new_with_free_func (g_free);
  office->thread = g_thread_new ("office", run, office);
  g_mutex_lock (&office->lock);
  while (!office->started)
    g_cond_wait (&office->cond, &office->lock);
  g_mutex_unlock (&office->lock);
  if (!office->error)
    return office;
  g_propagate_error (error, g_steal_pointer (&office->error));
  office_free (office);
  return NULL;
}

void
gpo_office_stop (GpoOffice *office)
{
  g_main_context_invoke (office->context, gpo_office_begin_to_close, office);
  office_free (office);
}

/* --- asking --- */

GpoLog *
gpo_office_log (GpoOffice *office)
{
  return office->parts.log;
}

const GpoWorld *
gpo_office_world (GpoOffice *office)
{
  return office->parts.world;
}

guint
gpo_office_port (GpoOffice *office, const GpoHost *host, GpoRole role)
{
  GpoPost *post = gpo_office_post (office, host->name);
  return post ? post->port[role] : 0;
}

const char *
gpo_office_store (GpoOffice *office)
{
  return office->store_path;
}

const char *const *
gpo_office_warnings (GpoOffice *office)
{
  return (const char *const *) office->warnings->pdata;
}

void
gpo_office_set_stop_asked (GpoOffice *office, void (*asked) (gpointer), gpointer data)
{
  office->stop_asked = asked;
  office->stop_asked_data = data;
}
