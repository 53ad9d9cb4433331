/* SPDX-License-Identifier: MIT */
/* office-opening.c: what there is before the first connection, in its order: log, clock, gate, store → hosts
 * (folders, listeners, queues) → trace file, control socket. */
#include "office/office-private.h"
#include "roles/desk.h"
#include "store/store.h"
#include <string.h>

/* Certificates are loaded after so many ms, so that they do not compete with the first greeting for the
 * processor. Who asks for TLS before that waits for them, and no longer. */
#define TLS_AFTER 150

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

gboolean
gpo_office_open (GpoOffice *office, GError **error)
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
  if (!office->fresh && !office->config->no_trace)
    gpo_office_count_mailboxes (office);
  if (!office->config->no_control)
    open_control (office);
  load_tls_later (office);
  return TRUE;
}
