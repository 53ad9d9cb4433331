/* SPDX-License-Identifier: MIT */
/* office-closing.c: nobody new is let in; sessions say 421 when their letter is done, gateways finish what
 * they send; when all desks are gone, or after GRACE and a last 421, the disk is awaited and the thread ends.
 *
 * What was answered with 250 is on disk by then, so a shorter end loses nothing either; the order is a
 * courtesy to peers. */
#include "office/office-private.h"
#include "roles/desk.h"
#include "roles/gateway.h"
#include "store/store.h"
#include "wire/tls.h"
#include <glib/gstdio.h>

/* How long sessions and gateways may take to finish, real seconds. */
#define GRACE 10
/* And then for the last 421 to be read. */
#define LAST_WORDS 1

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
nobody_is_awaited (gpointer data)
{
  GpoOffice *office = data;
  g_clear_pointer (&office->deadline, g_source_unref);
  each_desk (office, cut);
  office->gateways_running = 0;
  gpo_office_check_quiet (office);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (GpoOffice *office, guint seconds, GSourceFunc func)
{
  g_clear_pointer (&office->deadline, g_source_unref);
  office->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (office->deadline, func, office, NULL);
  g_source_attach (office->deadline, office->context);
}

/* Whoever is in the middle of a letter still hears 421 now. */
static gboolean
grace_is_over (gpointer data)
{
  GpoOffice *office = data;
  set_deadline (office, LAST_WORDS, nobody_is_awaited);
  each_desk (office, say_goodbye);
  gpo_office_check_quiet (office);
  return G_SOURCE_REMOVE;
}

gboolean
gpo_office_begin_to_close (gpointer data)
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
  set_deadline (office, GRACE, grace_is_over);
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

void
gpo_office_tear_down (GpoOffice *office)
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
