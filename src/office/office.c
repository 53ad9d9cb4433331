/* SPDX-License-Identifier: MIT */
/* office.c: the life of an office: a thread that opens it, runs it, and closes it.
 *
 * Opening:  log, clock, gate, store → hosts (folders, listeners, queues) → trace file, control socket
 * Closing:  nobody new is let in; sessions say 421 when their letter is done, gateways finish what they
 *           send; when all desks are gone, or after GRACE, the disk is awaited and the thread ends.
 *
 * What was answered with 250 is on disk by then, so a shorter end loses nothing either; the order is a
 * courtesy to peers. */
#include "office/office-private.h"
#include "roles/desk.h"
#include "roles/gateway.h"
#include "store/store.h"
#include "wire/tls.h"
#include <glib/gstdio.h>
#include <string.h>

/* How long sessions and gateways may take to finish, real seconds. */
#define GRACE 10

/* Certificates are loaded after so many ms, so that they do not compete with the first greeting for the
 * processor. Who asks for TLS before that waits for them, and no longer. */
#define TLS_AFTER 150

/* --- opening --- */

static gint64
clock_time (gpointer data)
{
  return gpo_clock_now (data);
}

static gboolean
host_shall_go_down (gpointer data)
{
  gpointer *pair = data;
  gpo_office_set_down (pair[0], pair[1], TRUE, NULL);
  return G_SOURCE_REMOVE;
}

/* A fault took a host down. Its sessions are in the middle of something, so wait for the loop. */
static void
on_down (GpoSymbol host, gpointer data)
{
  GpoOffice *office = data;
  for (guint i = 0; i < office->parts.posts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      if (post->host->symbol != host)
        continue;
      gpointer *pair = g_new (gpointer, 2);
      pair[0] = office;
      pair[1] = post;
      GSource *source = g_idle_source_new ();
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, host_shall_go_down, pair, g_free);
      g_source_attach (source, office->context);
      g_source_unref (source);
    }
}

static gboolean
open_gate (GpoOffice *office, GError **error)
{
  GpoOfficeParts *parts = &office->parts;
  parts->gate = gpo_gate_new (parts->log, parts->clock);
  gpo_gate_set_down (parts->gate, on_down, office);
  for (guint i = 0; i < office->scenario->faults->len; i++)
    {
      const GpoScenarioFault *said = office->scenario->faults->pdata[i];
      GpoFault *fault = gpo_fault_new (said->name, said->when, said->action, said->times, error);
      if (!fault)
        return FALSE;
      gpo_gate_add_fault (parts->gate, fault);
    }
  return TRUE;
}

static gboolean
look_whether_quiet (gpointer data)
{
  GpoOffice *office = data;
  g_clear_pointer (&office->look_later, g_source_unref);
  gpo_office_check_quiet (office);
  return G_SOURCE_REMOVE;
}

/* A desk may go while a session hears that its job on the disk is done; what waits for the disk must not
 * begin inside of that. */
static void
on_desk_gone (gpointer data)
{
  GpoOffice *office = data;
  if (!office->closing || office->look_later)
    return;
  office->look_later = g_idle_source_new ();
  g_source_set_priority (office->look_later, G_PRIORITY_DEFAULT);
  g_source_set_callback (office->look_later, look_whether_quiet, office, NULL);
  g_source_attach (office->look_later, office->context);
}

static gboolean
open_store (GpoOffice *office, GError **error)
{
  g_autoptr (GError) own = NULL;
  const char *asked = office->config->store;
  office->temporary = asked == NULL;
  office->store_path = asked ? g_strdup (asked) : g_dir_make_tmp ("glasspost-XXXXXX", error);
  if (!office->store_path)
    return FALSE;
  g_autofree char *counter = g_build_filename (office->store_path, "counter", NULL);
  office->fresh = !g_file_test (counter, G_FILE_TEST_EXISTS);
  office->parts.store = gpo_store_open (office->store_path, office->context, &own);
  if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_BUSY))
    g_propagate_error (error, g_steal_pointer (&own));
  else if (own)
    g_set_error (error, own->domain, own->code,
                 "the store %s cannot be used: %s; choose another with --store", office->store_path,
                 own->message);
  return office->parts.store != NULL;
}

static void
open_log (GpoOffice *office)
{
  GpoOfficeParts *parts = &office->parts;
  parts->log = gpo_log_new ();
  parts->clock = gpo_clock_new (office->context);
  if (office->scenario->start)
    gpo_clock_set_wall (parts->clock, office->scenario->start);
  gpo_log_set_clock (parts->log, clock_time, parts->clock);
  gpo_log_set_started (parts->log, gpo_clock_wall (parts->clock) - gpo_clock_now (parts->clock));
  gpo_clock_set_speed (parts->clock, office->scenario->speed);
  if (office->config->trace_events)
    gpo_log_set_limits (parts->log, office->config->trace_events, GPO_LOG_MAX_BYTES);
  gpo_log_set_enabled (parts->log, !office->config->no_trace);
}

static gboolean
load_tls (gpointer data)
{
  GpoOffice *office = data;
  g_clear_pointer (&office->tls_later, g_source_unref);
  gpo_office_load_tls (office);
  return G_SOURCE_REMOVE;
}

static void
load_tls_later (GpoOffice *office)
{
  office->tls_later = g_timeout_source_new (TLS_AFTER);
  g_source_set_callback (office->tls_later, load_tls, office, NULL);
  g_source_attach (office->tls_later, office->context);
}

static char *
carry_out (gpointer office, const char *intent, GError **error)
{
  return gpo_office_carry_out (office, intent, error);
}

static void
guest_gone (gpointer office)
{
  gpo_office_check_quiet (office);
}

/* At the store's socket and, if no other office has it, at the user's. */
static void
open_control (GpoOffice *office)
{
  GpoControlOwner owner = { office->parts.log, office->context, carry_out, guest_gone, office };
  g_autoptr (GError) error = NULL;
  office->control = gpo_control_new (&owner);
  if (!gpo_control_open (office->control, office->store_path, &error))
    g_ptr_array_add (office->warnings,
                     g_strdup_printf ("no control socket in the store: %s", error->message));
  gpo_control_open_users (office->control, office->store_path, office->warnings);
  gpo_control_start (office->control);
}

static gboolean
set_up (GpoOffice *office, GError **error)
{
  GpoOfficeParts *parts = &office->parts;
  parts->world = office->scenario->world;
  parts->posts = g_ptr_array_new ();
  parts->outgoing = g_hash_table_new (NULL, NULL);
  parts->listening = g_hash_table_new (NULL, NULL);
  parts->desk_gone = on_desk_gone;
  parts->desk_gone_data = office;
  open_log (office);
  if (!open_gate (office, error) || !open_store (office, error) || !gpo_office_open_hosts (office, error)
      || !gpo_office_open_walls (office, error) || !gpo_office_open_trace (office, error))
    return FALSE;
  if (office->fresh && !gpo_office_place_letters (office, error))
    return FALSE;
  if (!office->config->no_control)
    open_control (office);
  load_tls_later (office);
  return TRUE;
}

/* --- closing --- */

static gboolean
has_desks (GpoOffice *office)
{
  for (guint i = 0; i < office->parts.posts->len; i++)
    if (g_hash_table_size (((GpoPost *) office->parts.posts->pdata[i])->desks) > 0)
      return TRUE;
  return FALSE;
}

void
gpo_office_check_quiet (GpoOffice *office)
{
  if (!office->closing || office->gateways_running || has_desks (office))
    return;
  if (!office->controls_told)
    {
      GpoEventBuilder b;
      office->controls_told = TRUE;
      gpo_store_flush (office->parts.store);
      gpo_office_event (office, &b, GPO_KIND_OFFICE, "stop");
      gpo_log_append (office->parts.log, &b);
      if (office->control)
        gpo_control_close (office->control);
    }
  if (!office->control || gpo_control_is_quiet (office->control))
    g_main_loop_quit (office->loop);
}

static void
gateway_stopped (gpointer data)
{
  GpoOffice *office = data;
  office->gateways_running--;
  gpo_office_check_quiet (office);
}

/* Calls for every desk that there is now and still is when its turn comes. */
static void
each_desk (GpoOffice *office, void (*call) (GpoDesk *desk))
{
  for (guint i = 0; i < office->parts.posts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      g_autoptr (GList) desks = g_hash_table_get_keys (post->desks);
      for (GList *d = desks; d; d = d->next)
        if (g_hash_table_contains (post->desks, d->data))
          call (d->data);
    }
}

static void
say_goodbye (GpoDesk *desk)
{
  if (!gpo_desk_session (desk)->client)
    gpo_desk_shutdown (desk);
}

static void
cut (GpoDesk *desk)
{
  gpo_desk_cut (desk, "the office closed");
}

static gboolean
grace_is_over (gpointer data)
{
  GpoOffice *office = data;
  g_clear_pointer (&office->deadline, g_source_unref);
  each_desk (office, cut);
  office->gateways_running = 0;
  gpo_office_check_quiet (office);
  return G_SOURCE_REMOVE;
}

static gboolean
begin_to_close (gpointer data)
{
  GpoOffice *office = data;
  if (office->closing)
    return G_SOURCE_REMOVE;
  office->closing = TRUE;
  office->parts.stopping = TRUE;
  gpo_office_close_walls (office);
  gpo_office_close_listeners (office);
  gpo_gate_unbreak (office->parts.gate, 0);
  gpo_gate_hold_all (office->parts.gate, FALSE);
  office->deadline = g_timeout_source_new_seconds (GRACE);
  g_source_set_callback (office->deadline, grace_is_over, office, NULL);
  g_source_attach (office->deadline, office->context);
  office->gateways_running = office->parts.posts->len;
  for (guint i = 0; i < office->parts.posts->len; i++)
    gpo_gateway_stop (((GpoPost *) office->parts.posts->pdata[i])->gateway, gateway_stopped, office);
  while (office->typed_calls->len)
    gpo_typed_call_cut (office->typed_calls->pdata[0], "the office closes");
  each_desk (office, say_goodbye);
  gpo_office_check_quiet (office);
  return G_SOURCE_REMOVE;
}

static gboolean
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_tree (inner);
    }
  return g_remove (path) == 0;
}

/* Takes down whatever was set up. */
static void
tear_down (GpoOffice *office)
{
  GpoOfficeParts *parts = &office->parts;
  if (office->deadline)
    g_source_destroy (office->deadline);
  g_clear_pointer (&office->deadline, g_source_unref);
  if (office->tls_later)
    g_source_destroy (office->tls_later);
  g_clear_pointer (&office->tls_later, g_source_unref);
  if (office->look_later)
    g_source_destroy (office->look_later);
  g_clear_pointer (&office->look_later, g_source_unref);
  gpo_office_close_walls (office);
  gpo_office_close_listeners (office);
  g_clear_pointer (&office->control, gpo_control_free);
  if (parts->store)
    gpo_store_flush (parts->store);
  gpo_office_free_hosts (office);
  gpo_tls_await_work ();
  g_clear_pointer (&parts->store, gpo_store_close);
  while (g_main_context_iteration (office->context, FALSE))
    ;
  if (office->temporary && office->store_path)
    remove_tree (office->store_path);
  if (parts->gate)
    gpo_gate_free (parts->gate);
  g_ptr_array_unref (parts->posts);
  g_hash_table_unref (parts->outgoing);
  g_hash_table_unref (parts->listening);
  g_clear_pointer (&office->trace, gpo_trace_file_close);
  gpo_clock_free (parts->clock);
}

/* --- the thread --- */

static gpointer
run (gpointer data)
{
  GpoOffice *office = data;
  g_autoptr (GError) error = NULL;
  g_main_context_push_thread_default (office->context);
  gboolean ok = set_up (office, &error);
  g_ptr_array_add (office->warnings, NULL);
  if (!ok)
    tear_down (office);
  g_mutex_lock (&office->lock);
  office->config = NULL;
  office->error = g_steal_pointer (&error);
  office->started = TRUE;
  g_cond_signal (&office->cond);
  g_mutex_unlock (&office->lock);
  if (ok)
    {
      g_main_loop_run (office->loop);
      tear_down (office);
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
  g_main_context_invoke (office->context, begin_to_close, office);
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
